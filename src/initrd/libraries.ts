/**
 * Programs and the shared libraries they need, found as the dynamic loader will find them inside
 * the image. Source: ld.so(8) for the order, Debian's multiarch directories for the places.
 */
import type { Bytes } from './bytes';
import { decodeText } from './bytes';
import { type ElfFile, isElf, readElf } from './elf';
import { naming } from './errors';
import { normalise, parentOf } from './archive/tree';
import type { Selection } from './selection';

/** Debian's multiarch tuple, and the loader's $PLATFORM, for each architecture. */
const MULTIARCH: ReadonlyMap<string, { tuple: string; platform: string }> = new Map([
  ['arm64', { tuple: 'aarch64-linux-gnu', platform: 'aarch64' }],
  ['arm', { tuple: 'arm-linux-gnueabihf', platform: 'v7l' }],
  ['amd64', { tuple: 'x86_64-linux-gnu', platform: 'x86_64' }],
  ['i386', { tuple: 'i386-linux-gnu', platform: 'i686' }],
  ['riscv', { tuple: 'riscv64-linux-gnu', platform: 'riscv64' }],
]);

/** Where a program's name is looked for, in the order of a login's PATH. */
export const PROGRAM_PATH = [
  '/usr/local/sbin',
  '/usr/local/bin',
  '/usr/sbin',
  '/usr/bin',
  '/sbin',
  '/bin',
];

/**
 * The directories ld.so searches by itself: an image has no ld.so.cache, so what a distribution
 * adds in /etc/ld.so.conf is not searched.
 */
export function defaultLibraryPath(machine: string): string[] {
  const tuple = MULTIARCH.get(machine)?.tuple;
  const multiarch = tuple === undefined ? [] : [`/lib/${tuple}`, `/usr/lib/${tuple}`];
  return [...multiarch, '/lib64', '/usr/lib64', '/lib', '/usr/lib'];
}

interface Loaded {
  path: string;
  /** The directory it was found in, links not followed: what $ORIGIN stands for. */
  origin: string;
  elf: ElfFile;
  /** Who loaded it: its RPATH counts for this one as well (ld.so(8), DT_RPATH without RUNPATH). */
  parent: Loaded | undefined;
}

/** Replaces $ORIGIN, $LIB and $PLATFORM (with or without braces): ld.so(8), "Dynamic string tokens". */
function expand(entry: string, object: Loaded): string {
  const arch = MULTIARCH.get(object.elf.machine);
  return entry
    .replace(/\$(ORIGIN\b|\{ORIGIN\})/g, () => object.origin)
    .replace(/\$(LIB\b|\{LIB\})/g, () => (arch === undefined ? 'lib' : `lib/${arch.tuple}`))
    .replace(/\$(PLATFORM\b|\{PLATFORM\})/g, () => arch?.platform ?? '');
}

function searchPath(object: Loaded): string[] {
  const own = object.elf.runpath.map((entry) => expand(entry, object));
  const inherited: string[] = [];
  if (object.elf.runpath.length === 0) {
    for (let at: Loaded | undefined = object; at !== undefined; at = at.parent) {
      if (at.elf.runpath.length > 0) continue;
      const holder: Loaded = at;
      inherited.push(...at.elf.rpath.map((entry) => expand(entry, holder)));
    }
  }
  return [...inherited, ...own, ...defaultLibraryPath(object.elf.machine)];
}

export class ProgramCollector {
  private readonly elves = new Map<string, ElfFile | undefined>();
  private readonly done = new Set<string>();

  /**
   * @param machine the architecture everything has to be for (Debian's name), once known;
   * a program for another one is reported.
   */
  constructor(
    private readonly selection: Selection,
    private machine: string | undefined = undefined,
    /** Programs that busybox gives, so that a script's `#!/bin/sh` is not missing. */
    private readonly applets: ReadonlySet<string> = new Set(),
  ) {}

  /**
   * Takes the program `name` (a name to be found on the path, or an absolute path) with its
   * loader, libraries and, of a script, its interpreter. Gives its path as asked for in the tree.
   */
  async program(name: string, reason: string): Promise<string | undefined> {
    const { tree } = this.selection;
    const places = name.startsWith('/') ? [name] : PROGRAM_PATH.map((dir) => `${dir}/${name}`);
    for (const place of places) {
      const found = tree.lookup(place);
      if (found.node?.kind !== 'file') continue;
      this.selection.take(found, reason);
      await this.needs(found.path);
      return place;
    }
    const dangling = places
      .map((place) => tree.lookup(place))
      .find((found) => found.links.length > 0);
    this.selection.lack({
      kind: 'program',
      what: name,
      neededBy: reason,
      advice:
        dangling === undefined
          ? 'Add the package, folder or archive that holds it'
          : `${dangling.links[0] ?? name} is a link to ${dangling.path}, which is not there: add the package that holds it`,
    });
    return undefined;
  }

  /** Takes what the file at `path` (already selected) needs to run; a library as well. */
  async needs(path: string): Promise<void> {
    if (this.done.has(path)) return;
    this.done.add(path);
    const bytes = await this.read(path);
    if (bytes === undefined) return;
    if (bytes[0] === 0x23 && bytes[1] === 0x21) return this.scriptNeeds(path, bytes);
    const elf = await this.elf(path, bytes);
    if (elf === undefined) return;
    this.machine ??= elf.machine;
    if (elf.machine !== this.machine) {
      this.selection.lack({
        kind: 'program',
        what: path,
        neededBy: `it is for ${elf.machine}, the image for ${this.machine}`,
        advice: `Add the package for ${this.machine} that holds it`,
      });
      return;
    }
    if (elf.interpreter !== undefined) await this.loader(elf.interpreter, path);
    await this.libraries({ path, origin: parentOf(path), elf, parent: undefined });
  }

  private async loader(interpreter: string, path: string): Promise<void> {
    const found = this.selection.tree.lookup(interpreter);
    if (found.node?.kind === 'file') {
      this.selection.take(found, `the loader of ${path}`);
      await this.needs(found.path);
      return;
    }
    this.selection.lack({
      kind: 'loader',
      what: interpreter,
      neededBy: path,
      advice: 'Add the package that holds it (libc6 of the same architecture)',
    });
  }

  /** Breadth first over DT_NEEDED, as ld.so: a name already loaded is not searched again. */
  private async libraries(root: Loaded): Promise<void> {
    const queue: Loaded[] = [root];
    const names = new Set<string>();
    for (let object = queue.shift(); object !== undefined; object = queue.shift()) {
      for (const name of object.elf.needed) {
        if (names.has(name)) continue;
        names.add(name);
        const found = await this.library(name, object);
        if (found !== undefined) queue.push(found);
      }
    }
  }

  private async library(name: string, object: Loaded): Promise<Loaded | undefined> {
    const { tree } = this.selection;
    const searched = name.includes('/')
      ? [expand(name, object)]
      : searchPath(object).map((dir) => `${dir}/${name}`);
    let wrong = '';
    for (const place of searched) {
      const found = tree.lookup(place);
      if (found.node?.kind !== 'file') continue;
      const elf = await this.elf(found.path);
      // ld.so passes over libraries of another machine or class.
      if (elf?.machine !== object.elf.machine || elf.bits !== object.elf.bits) {
        wrong = `${found.path} is ${elf === undefined ? 'no ELF file' : `for ${elf.machine}`}`;
        continue;
      }
      this.selection.take(found, `a library of ${object.path}`);
      return { path: found.path, origin: parentOf(normalise(place)), elf, parent: object };
    }
    const elsewhere = this.elsewhere(name, searched);
    this.selection.lack({
      kind: 'library',
      what: name,
      neededBy: object.path,
      advice:
        wrong !== ''
          ? `${wrong}: add the one for ${object.elf.machine}`
          : elsewhere !== undefined
            ? `${elsewhere} is there, but the loader does not search that directory: copy it into /usr/lib`
            : 'Add the package or the file that holds it',
    });
    return undefined;
  }

  private elsewhere(name: string, searched: readonly string[]): string | undefined {
    const places = new Set(searched.map((place) => normalise(place)));
    for (const [path, node] of this.selection.tree.walk('/')) {
      if (node.kind === 'file' && path.endsWith(`/${name}`) && !places.has(path)) return path;
    }
    return undefined;
  }

  /** `#!INTERPRETER [ARGUMENT]`; after env, the program it is to find. Source: execve(2). */
  private async scriptNeeds(path: string, bytes: Bytes): Promise<void> {
    const line = decodeText(bytes.subarray(2, 256)).split('\n', 1)[0] ?? '';
    const [interpreter, ...rest] = line.trim().split(/[ \t]+/);
    if (interpreter === undefined || interpreter === '') return;
    const reason = `the interpreter of ${path}`;
    await this.interpreter(interpreter, reason);
    if (/\/env$/.test(interpreter)) {
      const program = rest.find((word) => !word.startsWith('-') && !word.includes('='));
      if (program !== undefined) await this.interpreter(program, reason);
    }
  }

  private async interpreter(program: string, reason: string): Promise<void> {
    const name = program.slice(program.lastIndexOf('/') + 1);
    const inTree = this.selection.tree.lookup(program).node?.kind === 'file';
    if (!inTree && this.applets.has(name)) return;
    await this.program(program, reason);
  }

  private async read(path: string): Promise<Bytes | undefined> {
    const found = this.selection.tree.lookup(path);
    return found.node?.kind === 'file' ? found.node.read() : undefined;
  }

  private async elf(path: string, known?: Bytes): Promise<ElfFile | undefined> {
    if (this.elves.has(path)) return this.elves.get(path);
    const bytes = known ?? (await this.read(path));
    const elf =
      bytes !== undefined && isElf(bytes) ? await naming(path, () => readElf(bytes)) : undefined;
    this.elves.set(path, elf);
    return elf;
  }
}
