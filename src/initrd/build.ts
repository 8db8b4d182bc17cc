/** From options and a tree of files to an image: the folder's one entry point. */
import type { Bytes } from './bytes';
import type { FileTree } from './archive/tree';
import { busyboxApplets } from './busybox';
import { gzip } from './compression';
import { type CpioEntry, writeCpio } from './cpio';
import { isElf, readElf } from './elf';
import { InitrdError, naming } from './errors';
import { BUSYBOX_INSMOD, type InitOptions, initScript, neededApplets } from './init';
import { MADE, layOut } from './layout';
import { ProgramCollector } from './libraries';
import { type LoadedModule, collectModules } from './modules';
import { type Missing, Selection } from './selection';

export type { Missing } from './selection';

export interface InitrdOptions {
  /** Programs to put in, with all they need: names found on the path, or absolute paths. */
  programs?: readonly string[];
  /** Files and directories to put in at the same path. */
  copy?: readonly string[];
  /** Kernel modules, `NAME [PARAMETER=VALUE …]`, loaded by init in this order. */
  modules?: readonly string[];
  /** The kernel's release, where the sources hold modules of several. */
  kernelRelease?: string;
  /** Leave modules compressed (the kernel must have CONFIG_MODULE_DECOMPRESS). */
  keepModulesCompressed?: boolean;
  /** A command to run instead of the shell; then power off. */
  run?: string;
  /** The text of /init, instead of the one written here. `run` has no meaning then. */
  init?: string;
  /** Default `gzip`. */
  compression?: 'none' | 'gzip';
  /** Time of every file, seconds since 1970 (default 0). */
  mtime?: number;
}

export interface BuildProgress {
  /** Called between steps with what is being done. */
  progress?: (step: string) => void;
  /** Stops the build at the next step with the signal's reason. */
  signal?: AbortSignal;
}

export interface ListedFile {
  /** In the image, absolute. */
  path: string;
  kind: CpioEntry['kind'];
  /** Permission bits. */
  mode: number;
  /** Bytes of content in the image, before compression. */
  size: number;
  /** Of a link. */
  target?: string;
  /** Who asked for it, in words: `--kmod nvme`, `a library of /usr/bin/bash`. */
  reasons: string[];
  /** The source it came from; empty for what the builder made. */
  origin: string;
}

export interface InitrdResult {
  image: Bytes;
  /** Size of the archive before compression. */
  unpackedSize: number;
  listing: ListedFile[];
  /** Non-empty: the image was made without these and may not do what it should. */
  missing: Missing[];
  notes: string[];
  /** The text of /init in the image. */
  init: string;
  /** Modules in load order. */
  modules: Omit<LoadedModule, 'data'>[];
}

const BUSYBOX = '/usr/bin/busybox';
/**
 * Builds an initrd from what is in `tree`. The same tree and options give the same bytes.
 * Pieces that are not there are listed in `missing`; the image is made all the same.
 * @throws InitrdError for options that contradict the sources; ParseError for a damaged source.
 */
export async function buildInitrd(
  tree: FileTree,
  options: InitrdOptions = {},
  { progress, signal }: BuildProgress = {},
): Promise<InitrdResult> {
  const step = (what: string): void => {
    signal?.throwIfAborted();
    progress?.(what);
  };
  const selection = new Selection(tree);
  step('reading busybox');
  const busybox = await readBusybox(selection);
  const applets = new Set(busybox?.applets);
  const programs = new ProgramCollector(selection, busybox?.machine, applets);
  if (busybox !== undefined) await programs.needs(busybox.path);
  for (const name of options.programs ?? []) {
    step(`collecting ${name}`);
    await collectProgram(selection, programs, applets, name);
  }
  for (const path of options.copy ?? []) {
    step(`copying ${path}`);
    await copy(selection, programs, path);
  }
  let modules: LoadedModule[] = [];
  let insmod = BUSYBOX_INSMOD;
  if ((options.modules ?? []).length > 0) {
    step('collecting kernel modules');
    ({ modules } = await collectModules(selection, options.modules ?? [], {
      release: options.kernelRelease,
      keepCompressed: options.keepModulesCompressed ?? false,
      machine: busybox?.machine,
      step,
    }));
    if (modules.length > 0 && busybox !== undefined && !applets.has('insmod')) {
      insmod = (await programs.program('insmod', 'to load kernel modules')) ?? insmod;
    }
  }
  const initOptions: InitOptions = {
    run: options.run,
    modules,
    insmod,
    applets: applets.size > 0 ? applets : undefined,
  };
  const init = options.init ?? initScript(initOptions);
  if (options.init === undefined && busybox !== undefined) {
    for (const [applet, why] of neededApplets(initOptions)) {
      if (applets.has(applet)) continue;
      selection.lack({
        kind: 'applet',
        what: applet,
        neededBy: `/init, ${why}`,
        advice: 'This busybox was built without it: add one that has it (Debian’s busybox-static)',
      });
    }
  }
  step('writing the archive');
  const files = await layOut(selection, modules, busybox?.applets ?? [], init, step);
  const archive = writeCpio(
    files.map(({ entry }) => entry),
    { mtime: options.mtime ?? 0 },
  );
  if ((options.compression ?? 'gzip') === 'gzip') step('compressing');
  const image = (options.compression ?? 'gzip') === 'gzip' ? await gzip(archive) : archive;
  return {
    image,
    unpackedSize: archive.length,
    listing: files.map(({ entry, reasons, origin }) => ({
      path: `/${entry.path}`,
      kind: entry.kind,
      mode: entry.mode,
      size: entry.data.length,
      ...(entry.kind === 'symlink' ? { target: entry.target } : {}),
      reasons,
      origin,
    })),
    missing: selection.missing,
    notes: selection.notes,
    init,
    modules: modules.map(({ name, source, path, parameters }) => ({
      name,
      source,
      path,
      parameters,
    })),
  };
}

async function readBusybox(
  selection: Selection,
): Promise<{ path: string; machine: string; applets: string[] } | undefined> {
  const found = selection.tree.lookup(BUSYBOX);
  const path = found.path;
  if (found.node?.kind !== 'file') {
    selection.lack({
      kind: 'busybox',
      what: BUSYBOX,
      neededBy: '/init',
      advice:
        'Add a busybox for the machine’s architecture, such as Debian’s busybox-static package',
    });
    return undefined;
  }
  selection.take(found, MADE);
  const bytes = await found.node.read();
  if (!isElf(bytes))
    throw new InitrdError(`${path} is no ELF program`, 'Add a real busybox binary.');
  const { machine } = await naming(path, () => readElf(bytes));
  const applets = busyboxApplets(bytes);
  if (applets.length === 0) {
    selection.note(
      'The table of applets in this busybox was not found: its commands run as “busybox NAME” only.',
    );
  }
  return { path, machine, applets };
}

async function collectProgram(
  selection: Selection,
  programs: ProgramCollector,
  applets: ReadonlySet<string>,
  name: string,
): Promise<void> {
  const onlyApplet =
    applets.has(name) &&
    !['sbin', 'bin'].some((dir) => {
      const { node } = selection.tree.lookup(`/usr/${dir}/${name}`);
      return node?.kind === 'file';
    });
  if (onlyApplet) selection.note(`${name} is busybox’s: no source has another.`);
  else await programs.program(name, 'the list of programs');
}

async function copy(selection: Selection, programs: ProgramCollector, path: string): Promise<void> {
  const reason = `--copy ${path}`;
  const found = selection.tree.lookup(path);
  if (found.node === undefined) {
    selection.lack({
      kind: 'file',
      what: path,
      neededBy: reason,
      advice:
        found.why === 'loop'
          ? `${found.path} is a link that leads back to itself`
          : `No source has it (${found.path} is not there): add the one that does`,
    });
    return;
  }
  selection.take(found, reason);
  if (found.node.kind !== 'directory') return programs.needs(found.path);
  for (const [at, node] of selection.tree.walk(found.path)) {
    selection.because(at, reason);
    if (node.kind === 'file' && (node.mode & 0o111) !== 0) await programs.needs(at);
  }
}
