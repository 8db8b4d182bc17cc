import type { MachinePath } from './diagnostics';
import { fileTexts, imageNamed, splitFileName } from './files';
import type { Drive, Machine } from './schema';
import type { Json } from './schema/text';

/**
 * Drives and block nodes that a tab has in another form: a folder of the host becomes an image of
 * a FAT drive, made of the folder that the reader chooses; a filter that only slows or copies is
 * seen through.
 */
export interface BlockThing {
  path: MachinePath;
  code: 'fat-folder' | 'block-filter';
  message: string;
}

/** A node, or an option of a drive, that has a driver. */
interface Found {
  path: MachinePath;
  driver: string;
}

/** Filters that pass every byte on as it is (QEMU's block/throttle.c, block/copy-on-read.c). */
const filters: Record<string, { what: string; own: readonly string[] }> = {
  throttle: { what: 'limits the speed of a drive', own: ['throttle-group'] },
  'copy-on-read': { what: 'copies what is read into the image on top', own: ['bottom'] },
};

/** What vvfat takes besides `dir` (QEMU's block/vvfat.c); the drive made here has none of them. */
const folderOptions = ['rw', 'floppy', 'fat-type', 'label'];

const isFolder = (file: string | undefined): boolean =>
  file !== undefined && splitFileName(file)?.use === 'folder';

/** The prefix of a dotted key that names a driver: `file.` of `file.driver`. */
const driverKey = /^(|.*\.)driver$/;

function* nodes(value: Json, path: MachinePath): Generator<Found> {
  if (typeof value !== 'object' || value === null) return;
  if (!Array.isArray(value) && typeof value['driver'] === 'string') {
    yield { path, driver: value['driver'] };
  }
  for (const [key, below] of Object.entries(value)) {
    yield* nodes(below, [...path, Array.isArray(value) ? Number(key) : key]);
  }
}

function* found(machine: Machine): Generator<Found> {
  for (const [i, node] of (machine.blockdevs ?? []).entries()) yield* nodes(node, ['blockdevs', i]);
  for (const [i, drive] of (machine.drives ?? []).entries()) {
    if (isFolder(drive.file)) yield { path: ['drives', i, 'file'], driver: 'vvfat' };
    for (const [key, driver] of Object.entries(drive)) {
      if (driverKey.test(key)) yield { path: ['drives', i, key], driver };
    }
  }
}

/** What `settleBlock` changes, in the machine's order. */
export function blockThings(machine: Machine): BlockThing[] {
  return Array.from(found(machine)).flatMap(({ path, driver }): BlockThing[] => {
    if (driver === 'vvfat') {
      const message =
        'A folder of the host: choose one, and the page makes a FAT drive of it. What the guest writes (with rw) is kept in Disks, not in the folder.';
      return [{ path, code: 'fat-folder', message }];
    }
    const filter = filters[driver];
    // In -drive QEMU has the filter itself; only block nodes are made anew (to-guest.ts).
    if (filter === undefined || path[0] !== 'blockdevs') return [];
    const message = `Block node "${driver}" ${filter.what}; it is left out, and the drive below it is used.`;
    return [{ path, code: 'block-filter', message }];
  });
}

function settleNode(value: Json): Json {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(settleNode);
  const node = Object.fromEntries(
    Object.entries(value).map(([key, below]): [string, Json] => [key, settleNode(below)]),
  );
  const { driver } = node;
  if (driver === 'vvfat') return folderNode(node);
  const filter = typeof driver === 'string' ? filters[driver] : undefined;
  if (filter === undefined) return node;
  // The format "raw" without an offset passes everything on, as a filter does.
  const kept = Object.entries(node).filter(([key]) => !filter.own.includes(key));
  return { ...Object.fromEntries(kept), driver: 'raw' };
}

function folderNode(node: { [key: string]: Json }): Json {
  const entries = Object.entries(node).filter(([key]) => !folderOptions.includes(key));
  return Object.fromEntries(
    entries.map(([key, value]): [string, Json] =>
      key === 'driver' ? [key, 'file'] : key === 'dir' ? ['filename', value] : [key, value],
    ),
  );
}

/** Names of the images that stand for folders which the guest may write to (`fat:rw:`, `rw=on`). */
export function writableFolders(machine: Machine): Set<string> {
  const folders = fileTexts(machine).filter(({ use }) => use === 'folder');
  const writable = folders.filter(({ path, prefix }) => {
    if (prefix !== '') return /:rw:/.test(prefix);
    const parent = path
      .slice(0, -1)
      .reduce<Json | undefined>(
        (value, key) => (value as { [key: string]: Json } | undefined)?.[key],
        machine as unknown as Json,
      );
    const rw = String(path.at(-1)).replace(/dir$/, 'rw');
    return /^(?:true|on)$/.test(String((parent as { [key: string]: Json })[rw]));
  });
  return new Set(writable.flatMap(({ name }) => imageNamed(name) ?? []));
}

/** An IDE disk asks for permission to write (QEMU's hw/ide/ide-dev.c); sbsa-ref's drives are such. */
function mayBeReadOnly(drive: Drive, board: string | undefined): boolean {
  const interfaceName = drive['if'] ?? (board === 'sbsa-ref' ? 'ide' : undefined);
  const isDisk = interfaceName === 'ide' && drive['media'] !== 'cdrom';
  return drive.form === undefined && !isDisk && drive['readonly'] === undefined;
}

function settleDrive(drive: Drive, board: string | undefined): Drive {
  const split = splitFileName(drive.file ?? '');
  if (split?.use === 'folder') {
    const settled: Drive = { ...drive, file: split.name };
    if (settled['format'] === 'vvfat') settled['format'] = 'raw';
    // A virtual FAT drive is read-only unless it says otherwise.
    const isReadOnly = !/:rw:/.test(split.prefix) && mayBeReadOnly(drive, board);
    return isReadOnly ? { ...settled, readonly: 'on' } : settled;
  }
  const prefixes = Object.entries(drive).flatMap(([key, driver]) => {
    const prefix = driverKey.exec(key)?.[1];
    return prefix !== undefined && driver === 'vvfat' ? [prefix] : [];
  });
  return prefixes.reduce(folderKeys, drive);
}

/** The same where a drive names the driver and its folder by dotted keys. */
function folderKeys(drive: Drive, prefix: string): Drive {
  const dropped = new Set(folderOptions.map((option) => prefix + option));
  return Object.fromEntries(
    Object.entries(drive).flatMap(([key, value]): [string, string][] => {
      if (dropped.has(key)) return [];
      if (key === `${prefix}driver`) return [[key, 'file']];
      return [[key === `${prefix}dir` ? `${prefix}filename` : key, value]];
    }),
  ) as Drive;
}

/** The machine with folders as images, and without filters. */
export function settleBlock(machine: Machine): Machine {
  const next: Machine = { ...machine };
  if (machine.blockdevs !== undefined) {
    next.blockdevs = machine.blockdevs.map(
      (node) => settleNode(node) as NonNullable<Machine['blockdevs']>[number],
    );
  }
  if (machine.drives !== undefined) {
    next.drives = machine.drives.map((drive) => settleDrive(drive, machine.board?.type));
  }
  return next;
}
