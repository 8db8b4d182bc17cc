import { computed, signal } from '@preact/signals';
import * as v from 'valibot';
import { BUSYBOX_FILE, EngineManifest, engineFileUrl } from '../../engine/common/manifest.js';
import type { Failure } from '../../engine/common/failure.js';
import {
  buildInitrd,
  fileOf,
  FileTree,
  InitrdError,
  kernelReleases,
  loadGzip,
  openArchive,
  ParseError,
  type InitrdOptions,
  type InitrdResult,
} from '../../initrd/index.js';
import type { DroppedFiles } from '../../storage/common/dropped.js';

/** Something the image is made from: a package, an archive, a folder, a file. */
export interface SourcePart {
  name: string;
  tree: FileTree;
}

/** What the visitor chose; lists are text, one entry a line or between spaces. */
export interface Choices {
  programs: string;
  copy: string;
  modules: string;
  release: string;
  run: string;
  compression: 'gzip' | 'none';
  /** The visitor's own /init; undefined for the one that is written for these choices. */
  init: string | undefined;
}

export const choices = signal<Choices>({
  programs: '',
  copy: '',
  modules: '',
  release: '',
  run: '',
  compression: 'gzip',
  init: undefined,
});
export const parts = signal<readonly SourcePart[]>([]);
export const built = signal<(InitrdResult & { ms: number }) | undefined>(undefined);
export const building = signal<string | undefined>(undefined);
export const failure = signal<Failure | undefined>(undefined);

/** Kernel releases of which the sources hold modules. */
export const releases = computed(() => kernelReleases(wholeTree(parts.value)));

function wholeTree(all: readonly SourcePart[]): FileTree {
  const tree = new FileTree();
  for (const { tree: part } of all) tree.merge(part);
  return tree;
}

function failureOf(error: unknown, input: string): Failure {
  if (error instanceof InitrdError) {
    return { what: `${error.message}.`, input, remedy: error.advice };
  }
  if (error instanceof ParseError) {
    return {
      what: `${input} could not be read.`,
      input: error.input ?? input,
      remedy: 'It is damaged or cut short: fetch it again.',
      detail: `${error.format}, byte ${error.offset}: ${error.message}`,
    };
  }
  return {
    what: 'The initrd could not be built.',
    input,
    remedy: 'Take away what was added last and try again.',
    detail: String(error),
  };
}

let base: Promise<SourcePart> | undefined;

/** BusyBox as set-up has put it beside the engine. */
async function busybox(): Promise<SourcePart> {
  // Fetched side by side; the build that wants it says so when it cannot be had.
  void loadGzip().catch(() => undefined);
  const engine = new URL('engine/', document.baseURI).href;
  const manifest = v.parse(
    EngineManifest,
    await (await fetch(new URL('manifest.json', engine), { cache: 'no-cache' })).json(),
  );
  const response = await fetch(engineFileUrl(manifest, engine, BUSYBOX_FILE));
  if (!response.ok) throw new Error(`${BUSYBOX_FILE}: HTTP ${response.status}`);
  const tree = new FileTree();
  const bytes = new Uint8Array(await response.arrayBuffer());
  tree.add('/usr/bin/busybox', fileOf(bytes, 0o755, 'busybox-static'));
  return { name: 'busybox-static', tree };
}

const words = (text: string): string[] => text.split(/[\s]+/).filter((word) => word !== '');
const lines = (text: string): string[] =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');

function optionsOf(chosen: Choices): InitrdOptions {
  return {
    programs: words(chosen.programs),
    copy: lines(chosen.copy),
    modules: lines(chosen.modules),
    compression: chosen.compression,
    ...(chosen.release === '' ? {} : { kernelRelease: chosen.release }),
    ...(chosen.run === '' ? {} : { run: chosen.run }),
    ...(chosen.init === undefined ? {} : { init: chosen.init }),
  };
}

let current: AbortController | undefined;

/** Builds what is chosen; a build that is under way for older choices is given up. */
export async function build(): Promise<void> {
  current?.abort();
  const control = new AbortController();
  current = control;
  const { signal: stop } = control;
  building.value = 'reading busybox';
  try {
    base ??= busybox();
    const shell = await base.catch((error: unknown) => {
      base = undefined;
      throw error;
    });
    const start = performance.now();
    const tree = wholeTree([shell, ...parts.value]);
    const result = await buildInitrd(tree, optionsOf(choices.value), {
      signal: stop,
      progress: (step) => (building.value = step),
    });
    stop.throwIfAborted();
    built.value = { ...result, ms: performance.now() - start };
    failure.value = undefined;
  } catch (error) {
    if (stop.aborted) return;
    failure.value = failureOf(error, 'initrd');
  }
  if (current === control) building.value = undefined;
}

/** Changes a choice and builds again. */
export function choose(change: Partial<Choices>): void {
  choices.value = { ...choices.value, ...change };
  void build();
}

const isArchive = (name: string): boolean =>
  /\.(deb|tar|tgz|txz|cpio|initrd)$|\.(tar|cpio|img)\.(gz|xz|zst)$|^initrd|^initramfs/i.test(name);

/** Adds what was dropped: archives are opened, other files are taken at their paths. */
export async function addFiles({ files, emptyFolders, folder }: DroppedFiles): Promise<void> {
  building.value = 'reading files';
  const loose = new FileTree();
  let isLoose = false;
  try {
    for (const path of emptyFolders) {
      loose.add(`/${path}`, { kind: 'directory', mode: 0o755, origin: folder ?? path });
      isLoose = true;
    }
    for (const { path, file } of files) {
      if (folder === undefined && isArchive(file.name)) {
        const bytes = new Uint8Array(await file.arrayBuffer());
        const { tree } = await openArchive(file.name, bytes);
        parts.value = [...parts.value, { name: file.name, tree }];
        continue;
      }
      // A lone file is a program or a module; a folder keeps its paths.
      const start = new Uint8Array(await file.slice(0, 4).arrayBuffer());
      const isProgram = start[0] === 0x7f || (start[0] === 0x23 && start[1] === 0x21);
      const isLibrary = /\.so(\.|$)/.test(file.name);
      const place =
        folder !== undefined
          ? `/${path}`
          : isLibrary
            ? `/usr/lib/${path}`
            : isProgram
              ? `/usr/bin/${path}`
              : `/root/${path}`;
      loose.add(place, {
        kind: 'file',
        mode: isProgram ? 0o755 : 0o644,
        origin: folder ?? file.name,
        size: file.size,
        read: async () => new Uint8Array(await file.arrayBuffer()),
      });
      isLoose = true;
      if (folder === undefined) {
        const { programs, copy } = choices.value;
        choices.value =
          isProgram && !isLibrary
            ? { ...choices.value, programs: `${programs} ${place}`.trim() }
            : { ...choices.value, copy: isLibrary ? copy : `${copy}\n${place}`.trim() };
      }
    }
    if (isLoose) {
      const name = folder ?? files.map(({ file }) => file.name).join(', ');
      parts.value = [...parts.value, { name, tree: loose }];
    }
    await build();
  } catch (error) {
    failure.value = failureOf(error, files.map(({ file }) => file.name).join(', '));
    building.value = undefined;
  }
}

export function removePart(part: SourcePart): void {
  parts.value = parts.value.filter((each) => each !== part);
  void build();
}
