/** What a kernel module says of itself: section .modinfo, NUL-separated KEY=VALUE (Linux include/linux/module.h, scripts/mod/modpost.c). */
import { type Bytes, decodeText } from './bytes';
import { readElf, readElfSections } from './elf';
import { ParseError } from './errors';

export interface ModuleInfo {
  /** Names with underscores, as the kernel has them. */
  name: string | undefined;
  /** Modules whose symbols it uses, all needed before it. */
  depends: string[];
  /** Modules to be tried before and after it: modprobe.d(5), softdep. */
  softBefore: string[];
  softAfter: string[];
  /** Patterns of what it can drive or provide, for modules.alias. */
  aliases: string[];
  /** Release of the kernel it was built for: the first word of vermagic. */
  release: string | undefined;
  machine: string;
}

/** `i2c-i801` and `i2c_i801` are one module; the kernel's form has underscores. */
export function moduleName(name: string): string {
  return name.replaceAll('-', '_');
}

/** `/…/kernel/drivers/virtio/virtio-rng.ko.xz` → `virtio_rng`; undefined when it is no module's file. */
export function moduleOfFile(path: string): string | undefined {
  const match = /([^/]+)\.ko(?:\.(?:gz|xz|zst))?$/.exec(path);
  return match?.[1] === undefined ? undefined : moduleName(match[1]);
}

/** `pre: a b post: c` of modprobe.d(5). */
export function softDependencies(text: string): { before: string[]; after: string[] } {
  const before: string[] = [];
  const after: string[] = [];
  let into: string[] | undefined;
  for (const word of text.split(/\s+/)) {
    if (word === 'pre:') into = before;
    else if (word === 'post:') into = after;
    else if (word !== '') into?.push(moduleName(word));
  }
  return { before, after };
}

/** @throws ParseError when it is no ELF file or has no .modinfo. */
export function readModuleInfo(bytes: Bytes): ModuleInfo {
  const { machine } = readElf(bytes);
  const section = readElfSections(bytes).find((s) => s.name === '.modinfo');
  if (section === undefined)
    throw new ParseError('modinfo', 0, 'no kernel module: no .modinfo section');
  const info: ModuleInfo = {
    name: undefined,
    depends: [],
    softBefore: [],
    softAfter: [],
    aliases: [],
    release: undefined,
    machine,
  };
  for (const pair of decodeText(section.data).split('\0')) {
    const equals = pair.indexOf('=');
    const value = pair.slice(equals + 1);
    if (equals < 0) continue;
    const key = pair.slice(0, equals);
    if (key === 'name') info.name = moduleName(value);
    else if (key === 'depends') {
      info.depends.push(...value.split(',').filter(Boolean).map(moduleName));
    } else if (key === 'softdep') {
      const { before, after } = softDependencies(value);
      info.softBefore.push(...before);
      info.softAfter.push(...after);
    } else if (key === 'alias') info.aliases.push(value);
    else if (key === 'vermagic') info.release = value.split(' ', 1)[0];
  }
  return info;
}
