/**
 * Kernel modules with all that they depend on, in the order they have to be loaded.
 * From an installed tree (modules.dep written by depmod) or a kernel package as it comes, which
 * has no modules.dep: then from each module's own .modinfo. Sources: modules.dep(5), modprobe.d(5).
 */
import { type Bytes, decodeText } from './bytes';
import { DEFAULT_LIMIT, decompressAll, detectCompression } from './compression';
import { InitrdError, ParseError, naming } from './errors';
import { globMatches } from './glob';
import {
  type ModuleInfo,
  moduleName,
  moduleOfFile,
  readModuleInfo,
  softDependencies,
} from './modinfo';
import type { FileTree } from './archive/tree';
import type { Selection } from './selection';

/** Both places a release's modules may be; /lib is a link to /usr/lib in the tree. */
const MODULES = '/usr/lib/modules';

export interface LoadedModule {
  /** With underscores. */
  name: string;
  /** The file in the tree, perhaps compressed. */
  source: string;
  /** The path in the image: the same, without .xz and its like unless kept compressed. */
  path: string;
  /** As it goes into the image. */
  data: Bytes;
  /** Parameters for insmod, as given: `heartbeat=10`. */
  parameters: string;
}

export interface ModuleOptions {
  /** The kernel's release, where the tree has modules of several. */
  release?: string | undefined;
  /** Keep .ko.xz and its like as they are: for kernels with CONFIG_MODULE_DECOMPRESS only. */
  keepCompressed?: boolean;
  /** Called before each module that is read, with what is being done; may throw to stop. */
  step?: (what: string) => void;
  /** The architecture the modules have to be for; undefined when not known. */
  machine?: string | undefined;
}

/** The kernel releases that a tree has modules of. */
export function kernelReleases(tree: FileTree): string[] {
  return tree
    .list(MODULES)
    .filter((release) => tree.lookup(`${MODULES}/${release}`).node?.kind === 'directory');
}

type Step = (what: string) => void;

interface Alias {
  pattern: string;
  name: string;
}

interface ModuleIndex {
  release: string;
  directory: string;
  files: Map<string, string>;
  builtin: Set<string>;
  /** Module → its direct or indirect needs, from modules.dep; undefined where there is none. */
  dependencies: Map<string, string[]> | undefined;
  soft: Map<string, { before: string[]; after: string[] }>;
  /** Undefined until needed, where there is no modules.alias. */
  aliases: Alias[] | undefined;
}

async function linesOf(tree: FileTree, path: string): Promise<string[] | undefined> {
  const found = tree.lookup(path);
  if (found.node?.kind !== 'file') return undefined;
  return decodeText(await found.node.read())
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'));
}

async function readIndex(tree: FileTree, release: string): Promise<ModuleIndex> {
  const directory = `${MODULES}/${release}`;
  const files = new Map<string, string>();
  for (const [path, node] of tree.walk(directory)) {
    const name = moduleOfFile(path);
    if (name === undefined || (node.kind !== 'file' && node.kind !== 'symlink')) continue;
    // depmod prefers updates/ over the kernel's own (depmod.d(5)); else the first stands.
    if (!files.has(name) || path.startsWith(`${directory}/updates/`)) files.set(name, path);
  }
  const lines = (name: string): Promise<string[] | undefined> =>
    linesOf(tree, `${directory}/${name}`);
  const dep = await lines('modules.dep');
  const dependencies = dep === undefined ? undefined : new Map<string, string[]>();
  for (const line of dep ?? []) {
    const colon = line.indexOf(':');
    const name = moduleOfFile(line.slice(0, colon));
    if (colon < 0 || name === undefined) continue;
    const needs = line
      .slice(colon + 1)
      .trim()
      .split(/\s+/)
      .map(moduleOfFile);
    // The line lists what is to be loaded from right to left.
    dependencies?.set(name, needs.filter((need) => need !== undefined).reverse());
  }
  const soft: ModuleIndex['soft'] = new Map();
  for (const line of (await lines('modules.softdep')) ?? []) {
    const match = /^softdep\s+(\S+)\s+(.*)$/.exec(line);
    if (match?.[1] === undefined || match[2] === undefined) continue;
    const name = moduleName(match[1]);
    const { before, after } = softDependencies(match[2]);
    const so = soft.get(name);
    soft.set(name, {
      before: [...(so?.before ?? []), ...before],
      after: [...(so?.after ?? []), ...after],
    });
  }
  const aliasLines = await lines('modules.alias');
  const aliases: Alias[] | undefined = aliasLines === undefined ? undefined : [];
  for (const line of aliasLines ?? []) {
    const match = /^alias\s+(\S+)\s+(\S+)$/.exec(line);
    if (match?.[1] === undefined || match[2] === undefined) continue;
    aliases?.push({ pattern: match[1], name: moduleName(match[2]) });
  }
  const builtin = ((await lines('modules.builtin')) ?? []).map(moduleOfFile);
  return {
    release,
    directory,
    files,
    builtin: new Set(builtin.filter((name) => name !== undefined)),
    dependencies,
    soft,
    aliases,
  };
}

function chooseRelease(tree: FileTree, wanted: string | undefined): string {
  const releases = kernelReleases(tree);
  if (wanted !== undefined) {
    if (releases.includes(wanted)) return wanted;
    throw new InitrdError(
      `There are no modules of kernel ${wanted}`,
      releases.length === 0
        ? 'Add its kernel package or modules tree.'
        : `There are modules of ${releases.join(', ')}.`,
    );
  }
  const [only, ...others] = releases;
  if (only === undefined) {
    throw new InitrdError(
      'Modules were asked for, but no source has a modules tree (/lib/modules/RELEASE)',
      'Add the kernel package (linux-image-…) of the kernel that will boot.',
    );
  }
  if (others.length > 0) {
    throw new InitrdError(
      `There are modules of several kernels: ${releases.join(', ')}`,
      'Say which release will boot.',
    );
  }
  return only;
}

/**
 * Selects the modules `requests` (each `NAME [PARAMETER=VALUE …]`; `-` and `_` are the same) and
 * their dependencies; gives them in load order. What is not there goes into the selection's
 * `missing`; what is built into the kernel, into its notes.
 * @throws InitrdError when the release is not clear; ParseError for a damaged module.
 */
export async function collectModules(
  selection: Selection,
  requests: readonly string[],
  options: ModuleOptions = {},
): Promise<{ release: string; modules: LoadedModule[] }> {
  const { tree } = selection;
  const step: Step = options.step ?? (() => undefined);
  const index = await readIndex(tree, chooseRelease(tree, options.release));
  const loaded = new Map<string, LoadedModule>();
  const visiting = new Set<string>();

  async function load(
    name: string,
    reason: string,
    optional: boolean,
    parameters: string,
  ): Promise<void> {
    const before = loaded.get(name);
    if (before !== undefined) {
      selection.because(before.source, reason);
      if (parameters !== '') before.parameters = parameters;
      return;
    }
    if (visiting.has(name)) return; // Soft dependencies may go round in circles; hard ones do not.
    const source = index.files.get(name);
    if (source === undefined) {
      if (optional || index.builtin.has(name)) {
        if (!optional) selection.note(`${name} is built into the kernel: nothing to load.`);
        return;
      }
      selection.lack({
        kind: 'module',
        what: name,
        neededBy: reason,
        advice: `Kernel ${index.release} has no such module in its tree: look for the name, or add the package that holds it`,
      });
      return;
    }
    visiting.add(name);
    step(`reading module ${name}`);
    const found = tree.lookup(source);
    if (found.node?.kind !== 'file') return;
    const packed = await found.node.read();
    const { data, info } = await naming(source, () => unpack(packed));
    check(name, info);
    const soft = index.soft.get(name) ?? { before: info.softBefore, after: info.softAfter };
    const because = `a dependency of ${name}`;
    await loadSoft(soft.before, name);
    for (const other of index.dependencies?.get(name) ?? info.depends) {
      await load(other, because, false, '');
    }
    selection.because(source, reason);
    loaded.set(name, {
      name,
      source,
      path: options.keepCompressed === true ? source : source.replace(/\.(gz|xz|zst)$/, ''),
      data: options.keepCompressed === true ? packed : data,
      parameters,
    });
    await loadSoft(soft.after, name);
  }

  /** A soft dependency may be an alias (btrfs: blake2b-256), and may be missing. */
  async function loadSoft(names: readonly string[], by: string): Promise<void> {
    for (const request of names) {
      for (const name of await namesOf(tree, index, request, step)) {
        await load(name, `a soft dependency of ${by}`, true, '');
      }
    }
  }

  function check(name: string, info: ModuleInfo): void {
    if (options.machine !== undefined && info.machine !== options.machine) {
      selection.lack({
        kind: 'module',
        what: name,
        neededBy: `it is for ${info.machine}, the image for ${options.machine}`,
        advice: `Add the kernel package for ${options.machine}`,
      });
    }
    if (info.release !== undefined && info.release !== index.release) {
      selection.note(
        `${name} was built for kernel ${info.release} but lies among the modules of ${index.release}: the kernel may refuse it.`,
      );
    }
  }

  for (const request of requests) {
    const [first = '', ...parameters] = request.trim().split(/\s+/);
    const reason = `--kmod ${first}`;
    for (const name of await resolveName(tree, index, first, step)) {
      await load(name, reason, false, parameters.join(' '));
    }
  }
  return { release: index.release, modules: [...loaded.values()] };
}

/** The modules a name or an alias (`pci:v00008086…`, `fs-ext4`) stands for; none when unknown. */
async function namesOf(
  tree: FileTree,
  index: ModuleIndex,
  request: string,
  step: Step,
): Promise<string[]> {
  const name = moduleName(request);
  if (index.files.has(name) || index.builtin.has(name)) return [name];
  index.aliases ??= await readAliases(tree, index, step);
  const aliased = index.aliases.filter(({ pattern }) => globMatches(moduleName(pattern), name));
  return [...new Set(aliased.map((alias) => alias.name))];
}

/** What depmod would write into modules.alias: for a kernel package, which has no such file. */
async function readAliases(tree: FileTree, index: ModuleIndex, step: Step): Promise<Alias[]> {
  const aliases: Alias[] = [];
  for (const [name, path] of index.files) {
    const { node } = tree.lookup(path);
    if (node?.kind !== 'file') continue;
    step(`reading the aliases of ${name}`);
    const packed = await node.read();
    const { info } = await naming(path, () => unpack(packed));
    for (const pattern of info.aliases) aliases.push({ pattern, name });
  }
  return aliases;
}

/** What a request stands for; an unknown name stays, to be reported as missing. */
async function resolveName(
  tree: FileTree,
  index: ModuleIndex,
  request: string,
  step: Step,
): Promise<string[]> {
  const names = await namesOf(tree, index, request.replace(/\.ko(\.(gz|xz|zst))?$/, ''), step);
  return names.length > 0 ? names : [moduleName(request)];
}

async function unpack(packed: Bytes): Promise<{ data: Bytes; info: ModuleInfo }> {
  const compression = detectCompression(packed);
  if (compression === undefined) return { data: packed, info: readModuleInfo(packed) };
  if ('other' in compression) {
    throw new ParseError(
      'modinfo',
      0,
      `compressed with ${compression.other}, which is not read here`,
    );
  }
  const data = await decompressAll(packed, compression.kind, DEFAULT_LIMIT);
  return { data, info: readModuleInfo(data) };
}
