/**
 * The files an initrd is made from, whatever they came in: one tree of nodes laid out with
 * merged /usr (/bin, /sbin, /lib, /lib64 are links into /usr, as Debian requires since 12), so
 * that packages, root trees and old initrds agree on where a file is.
 */
import type { Bytes } from '../bytes';
import { byName } from '../bytes';

interface Common {
  /** Permission bits, 0 to 0o7777. */
  mode: number;
  /** Where it came from, for the listing: a package's or archive's name. */
  origin: string;
}

export interface FileNode extends Common {
  kind: 'file';
  /** Bytes. */
  size: number;
  /** The content; read only when the image needs it. */
  read(): Bytes | Promise<Bytes>;
}
export interface DirectoryNode extends Common {
  kind: 'directory';
}
export interface SymlinkNode extends Common {
  kind: 'symlink';
  target: string;
}
export interface DeviceNode extends Common {
  kind: 'character' | 'block' | 'fifo' | 'socket';
  major: number;
  minor: number;
}
export type TreeNode = FileNode | DirectoryNode | SymlinkNode | DeviceNode;

export type Lookup =
  | { node: TreeNode; path: string; links: string[] }
  | { node: undefined; why: 'absent' | 'loop' | 'not a directory'; path: string; links: string[] };

/** The top-level directories that are links into /usr. */
export const MERGED: ReadonlySet<string> = new Set(['bin', 'sbin', 'lib', 'lib32', 'lib64']);

/** As Linux does (MAXSYMLINKS). */
const MOST_LINKS = 40;

/** `/usr//bin/../lib` → `/usr/lib`, by name only; `..` at the root stays there. */
export function normalise(path: string): string {
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  return `/${parts.join('/')}`;
}

/** The normal path with merged /usr: `/bin/sh` → `/usr/bin/sh`. */
export function canonical(path: string): string {
  const normal = normalise(path);
  return MERGED.has(normal.split('/')[1] ?? '') ? `/usr${normal}` : normal;
}

export function parentOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/')) || '/';
}

/** `name` in the real directory `parent`: /bin and its like are in /usr. */
function inside(parent: string, name: string): string {
  return canonical(`${parent}/${name}`);
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

export function fileOf(content: Bytes, mode: number, origin: string): FileNode {
  return { kind: 'file', mode, origin, size: content.length, read: () => content };
}

export class FileTree {
  private readonly nodes = new Map<string, TreeNode>([
    ['/', { kind: 'directory', mode: 0o755, origin: '' }],
    // Always a directory, never a link, since /bin and its like are laid out in it.
    ['/usr', { kind: 'directory', mode: 0o755, origin: '' }],
  ]);
  private readonly children = new Map<string, Set<string>>([
    ['/', new Set(['usr'])],
    ['/usr', new Set()],
  ]);

  /**
   * Puts a node at `path` as dpkg and tar would: through directories that are links, making
   * missing ones, replacing what was there; but a directory with content is never replaced.
   */
  add(path: string, node: TreeNode): void {
    const wanted = canonical(path);
    if (wanted === '/') return;
    const moved = node.kind === 'symlink' ? relink(normalise(path), wanted, node) : node;
    // /lib -> usr/lib, in a merged layout, is what the layout already says.
    if (moved.kind === 'symlink' && canonicalTarget(wanted, moved.target) === wanted) return;
    const parent = this.directory(parentOf(wanted), node.origin);
    const at = inside(parent, nameOf(wanted));
    // Reached through a link to the root: /usr is still a directory, always.
    if (at === '/usr' && moved.kind !== 'directory') return;
    const before = this.nodes.get(at);
    if (before?.kind === 'directory') {
      if (moved.kind === 'directory') this.nodes.set(at, moved);
      else if (this.children.get(at)?.size === 0) this.put(at, moved);
      return;
    }
    if (moved.kind === 'directory' && before?.kind === 'symlink') {
      const behind = this.lookup(at);
      if (behind.node?.kind === 'directory') return;
    }
    this.put(at, moved);
  }

  /** Takes over every node of `other`; where both have a path, `other` wins. */
  merge(other: FileTree): void {
    for (const [path, node] of other.nodes) this.add(path, node);
  }

  private put(at: string, node: TreeNode): void {
    this.nodes.set(at, node);
    this.children.get(parentOf(at))?.add(nameOf(at));
    if (node.kind === 'directory') this.children.set(at, this.children.get(at) ?? new Set());
    else this.children.delete(at);
  }

  /** The real path of the directory `path`, made where it is missing. */
  private directory(path: string, origin: string): string {
    if (path === '/') return path;
    const found = this.lookup(path);
    if (found.node?.kind === 'directory') return found.path;
    if (found.node === undefined && found.links.length > 0 && found.why === 'absent') {
      // A link into nowhere yet, such as /var/run -> /run: make what it points to.
      const parent = this.directory(parentOf(found.path), origin);
      const at = inside(parent, nameOf(found.path));
      if (!this.nodes.has(at)) this.put(at, { kind: 'directory', mode: 0o755, origin });
      const rest = this.lookup(path);
      if (rest.node?.kind === 'directory') return rest.path;
    }
    const parent = this.directory(parentOf(path), origin);
    const at = inside(parent, nameOf(path));
    this.put(at, { kind: 'directory', mode: 0o755, origin });
    return at;
  }

  /**
   * Finds `path` as the kernel would, links followed (the last one too, unless `followLast` is
   * false). `links` are the links passed on the way: an image needs them as well. When nothing
   * is found, `path` is the place where the search ended.
   */
  lookup(path: string, followLast = true): Lookup {
    const links: string[] = [];
    let rest = canonical(path).split('/').slice(1).filter(Boolean);
    let at = '';
    for (;;) {
      const name = rest.shift();
      if (name === undefined) {
        const node = this.nodes.get(at || '/');
        return node === undefined
          ? { node, why: 'absent', path: at, links }
          : { node, path: at || '/', links };
      }
      const here = this.nodes.get(at || '/');
      if (here !== undefined && here.kind !== 'directory') {
        return { node: undefined, why: 'not a directory', path: at, links };
      }
      const next = `${at}/${name}`;
      const node = this.nodes.get(next);
      if (node === undefined) return { node, why: 'absent', path: next, links };
      if (node.kind === 'symlink' && (followLast || rest.length > 0)) {
        if (links.length >= MOST_LINKS) return { node: undefined, why: 'loop', path: next, links };
        links.push(next);
        const beyond = `${canonicalTarget(next, node.target)}/${rest.join('/')}`;
        rest = canonical(beyond).split('/').slice(1).filter(Boolean);
        at = '';
      } else at = next;
    }
  }

  /** Names in a directory, sorted; empty when there is none. */
  list(path: string): string[] {
    const found = this.lookup(path);
    return found.node?.kind === 'directory'
      ? [...(this.children.get(found.path) ?? [])].sort(byName)
      : [];
  }

  /** Every path at and below `path`, parents first, in order; links are not followed. */
  *walk(path = '/'): Generator<[string, TreeNode]> {
    const found = this.lookup(path, false);
    if (found.node === undefined) return;
    yield [found.path, found.node];
    if (found.node.kind !== 'directory') return;
    for (const name of [...(this.children.get(found.path) ?? [])].sort(byName)) {
      yield* this.walk(found.path === '/' ? `/${name}` : `${found.path}/${name}`);
    }
  }

  /** Number of nodes, the root and /usr included. */
  get size(): number {
    return this.nodes.size;
  }
}

/** What a link at `at` points to, by name, merged. */
function canonicalTarget(at: string, target: string): string {
  return canonical(target.startsWith('/') ? target : `${parentOf(at)}/${target}`);
}

/** A relative link that moved into /usr keeps its meaning: `/bin/x -> ../etc/x` becomes absolute. */
function relink(from: string, to: string, node: SymlinkNode): SymlinkNode {
  if (from === to || node.target.startsWith('/')) return node;
  const meant = normalise(`${parentOf(from)}/${node.target}`);
  return canonical(meant) === canonicalTarget(to, node.target) ? node : { ...node, target: meant };
}
