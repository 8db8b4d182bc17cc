import type { MachinePath } from './diagnostics';
import type { Machine } from './schema';
import type { Json } from './schema/text';

/**
 * Which texts of a machine name a file that QEMU opens. In a machine they say `image:NAME`;
 * on a pasted line they are paths.
 */
export type FileUse =
  /** Read once at start-up: firmware, kernel, blobs. */
  | 'file'
  /** Behind a block device. */
  | 'disk'
  /** A folder that becomes a virtual FAT drive. */
  | 'folder';

export interface FileText {
  path: MachinePath;
  /** What stands before the name and is kept: `fat:rw:`, `file:`. */
  prefix: string;
  name: string;
  use: FileUse;
}

const imageReference = /^image:([A-Za-z0-9._-]+)$/;

/** The image a file text names, if it names one. */
export function imageNamed(name: string): string | undefined {
  return imageReference.exec(name)?.[1];
}

/**
 * Splits what a drive's `file` says (block.c, `bdrv_parse_filename` and friends): a virtual
 * FAT folder, `file:PATH`, or a path. Undefined for the other protocols (`nbd:`, `json:`).
 */
export function splitFileName(
  text: string,
): { prefix: string; name: string; use: FileUse } | undefined {
  if (imageNamed(text) !== undefined) return { prefix: '', name: text, use: 'disk' };
  const fat = /^fat:(?:(?:rw|ro|floppy|12|16|32):)*/.exec(text);
  if (fat !== null) {
    return { prefix: fat[0], name: text.slice(fat[0].length), use: 'folder' };
  }
  if (text.startsWith('file:')) return { prefix: 'file:', name: text.slice(5), use: 'disk' };
  if (/^[A-Za-z][A-Za-z0-9+.-]*:/.test(text)) return undefined;
  return { prefix: '', name: text, use: 'disk' };
}

class Files {
  readonly found: FileText[] = [];

  plain(path: MachinePath, text: Json | undefined, use: FileUse = 'file') {
    if (typeof text === 'string' && text !== '') {
      this.found.push({ path, prefix: '', name: text, use });
    }
  }

  drive(path: MachinePath, text: Json | undefined) {
    if (typeof text !== 'string') return;
    const split = splitFileName(text);
    if (split !== undefined && split.name !== '') this.found.push({ path, ...split });
  }

  /** Nodes of a block graph: `filename` of the file driver, `dir` of vvfat, at every level. */
  node(path: MachinePath, value: Json) {
    if (typeof value !== 'object' || value === null) return;
    if (Array.isArray(value)) {
      for (const [i, element] of value.entries()) this.node([...path, i], element);
      return;
    }
    const driver = value['driver'];
    if (driver === undefined || driver === 'file') {
      this.plain([...path, 'filename'], value['filename'], 'disk');
    }
    if (driver === 'vvfat') this.plain([...path, 'dir'], value['dir'], 'folder');
    for (const [key, below] of Object.entries(value)) this.node([...path, key], below);
  }
}

/** Every text that names a file, in the machine's order. */
export function fileTexts(machine: Machine): FileText[] {
  const files = new Files();
  for (const key of ['kernel', 'initrd', 'dtb', 'firmware'] as const) {
    files.plain(['board', key], machine.board?.[key]);
  }
  files.plain(['firmware', 'bios'], machine.firmware?.bios);
  for (const key of ['kernel', 'initrd', 'dtb'] as const) files.plain([key], machine[key]);
  const drives = (list: Machine['drives'], path: MachinePath) => {
    for (const [i, drive] of (list ?? []).entries()) {
      files.drive([...path, i, 'file'], drive.file);
      for (const [key, text] of Object.entries(drive)) {
        const [, parent, leaf] = /^(.*?)\.?(filename|dir)$/.exec(key) ?? [];
        if (parent === undefined) continue;
        const driver = drive[parent === '' ? 'driver' : `${parent}.driver`];
        const here = [...path, i, key];
        if (leaf === 'filename' && (driver === undefined || driver === 'file')) {
          files.plain(here, text, 'disk');
        }
        if (leaf === 'dir' && driver === 'vvfat') files.plain(here, text, 'folder');
      }
    }
  };
  drives(machine.firmware?.flash, ['firmware', 'flash']);
  for (const [i, node] of (machine.blockdevs ?? []).entries()) files.node(['blockdevs', i], node);
  drives(machine.drives, ['drives']);
  for (const [i, device] of (machine.devices ?? []).entries()) {
    const at = ['devices', i];
    files.plain([...at, 'romfile'], device['romfile']);
    if (device.driver === 'loader') files.plain([...at, 'file'], device['file']);
    if (device.driver === 'guest-loader') {
      files.plain([...at, 'kernel'], device['kernel']);
      files.plain([...at, 'initrd'], device['initrd']);
    }
  }
  for (const [i, item] of (machine.fwCfg ?? []).entries()) {
    files.plain(['fwCfg', i, 'file'], item.file);
  }
  return files.found;
}

/** A copy of `machine` with the text at `path` replaced. */
function setText(value: Json, path: MachinePath, text: string): Json {
  const [key, ...rest] = path;
  if (key === undefined) return text;
  if (Array.isArray(value)) {
    return value.map((element, i) => (i === key ? setText(element, rest, text) : element));
  }
  const object = value as { [key: string]: Json };
  return { ...object, [key]: setText(object[key] ?? null, rest, text) };
}

/** The machine with every name of a file replaced by what `change` says. */
export function mapFiles(machine: Machine, change: (file: FileText) => string): Machine {
  let mapped = machine as unknown as Json;
  for (const file of fileTexts(machine)) {
    const name = change(file);
    if (name !== file.name) mapped = setText(mapped, file.path, file.prefix + name);
  }
  return mapped as unknown as Machine;
}

/** How each image of the machine is used, by name; `disk` wins over `file`. */
export function imageUses(machine: Machine): Map<string, FileUse> {
  const uses = new Map<string, FileUse>();
  for (const { name, use } of fileTexts(machine)) {
    const image = imageNamed(name);
    if (image !== undefined && (use !== 'file' || !uses.has(image))) uses.set(image, use);
  }
  return uses;
}
