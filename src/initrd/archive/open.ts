/** Opens whatever was dropped in (package, tar, initrd, plain file) as a {@link FileTree}. */
import { type Bytes, decodeText } from '../bytes';
import {
  type Compression,
  DEFAULT_LIMIT,
  type Member,
  decompressAll,
  decompressMember,
  detectCompression,
} from '../compression';
import { readCpio } from '../cpio';
import { ParseError, naming } from '../errors';
import { isAr, readAr } from './ar';
import { isTar, readTar } from './tar';
import { FileTree, canonical, fileOf } from './tree';

export type ArchiveKind = 'deb' | 'tar' | 'initrd';

export interface OpenOptions {
  /** Most bytes all compressed parts of one input may become (default 1 GiB). */
  limit?: number;
}

export interface OpenedArchive {
  kind: ArchiveKind;
  tree: FileTree;
  /** Of a package: its control fields (Package, Version, Architecture …); else empty. */
  control: ReadonlyMap<string, string>;
}

const NO_CONTROL: ReadonlyMap<string, string> = new Map();

/**
 * Opens a `.deb`, a `.tar` (plain, gz, xz, zst) or an initrd (one or several cpio archives,
 * each plain or compressed), recognised by content; `name` is for messages and the listing.
 * @throws ParseError naming the input, when it is none of these or is damaged.
 */
export async function openArchive(
  name: string,
  bytes: Bytes,
  options: OpenOptions = {},
): Promise<OpenedArchive> {
  const limit = options.limit ?? DEFAULT_LIMIT;
  return naming(name, async () => {
    if (isAr(bytes)) return openDeb(name, bytes, limit);
    const first = await firstMember(bytes, limit);
    const plain = first?.data ?? bytes;
    if (isTar(plain)) {
      const whole =
        first === undefined || first.end >= bytes.length
          ? plain
          : await decompressAll(bytes, first.kind, limit);
      return { kind: 'tar' as const, tree: treeOfTar(name, whole), control: NO_CONTROL };
    }
    if (!startsCpio(plain, 0)) {
      throw new ParseError('initrd', 0, 'neither a .deb, nor a tar, nor an initrd (cpio newc)');
    }
    const tree = await openInitrd(name, bytes, limit, first);
    return { kind: 'initrd' as const, tree, control: NO_CONTROL };
  });
}

/** The first compressed member, if the input begins with one. */
async function firstMember(
  bytes: Bytes,
  limit: number,
): Promise<(Member & { kind: Compression }) | undefined> {
  const compression = detectCompression(bytes);
  if (compression === undefined) return undefined;
  if ('other' in compression) {
    throw new ParseError(
      'initrd',
      0,
      `compressed with ${compression.other}, which is not read here`,
    );
  }
  return {
    ...(await decompressMember(bytes, compression.kind, 0, limit)),
    kind: compression.kind,
  };
}

function startsCpio(bytes: Bytes, at: number): boolean {
  return /^07070[12]$/.test(decodeText(bytes.subarray(at, at + 6)));
}

/** A Debian package: deb(5), format 2.0. */
async function openDeb(name: string, bytes: Bytes, limit: number): Promise<OpenedArchive> {
  const members = readAr(bytes);
  const version = members[0];
  if (version?.name !== 'debian-binary') {
    throw new ParseError('deb', version?.offset ?? 8, 'the first member is not debian-binary');
  }
  if (!decodeText(version.data).startsWith('2.')) {
    throw new ParseError('deb', version.offset + 60, 'only format 2 is read');
  }
  const tarOf = async (stem: string): Promise<Bytes> => {
    const member = members.find((m) => m.name === stem || m.name.startsWith(`${stem}.`));
    if (member === undefined)
      throw new ParseError('deb', bytes.length, `no ${stem} in the package`);
    const compression = detectCompression(member.data);
    if (compression === undefined) return member.data;
    if ('other' in compression) {
      throw new ParseError(
        'deb',
        member.offset + 60,
        `${member.name} is compressed with ${compression.other}, which is not read here`,
      );
    }
    return naming(`${name}: ${member.name}`, () =>
      decompressAll(member.data, compression.kind, limit),
    );
  };
  const controlTree = treeOfTar(name, await tarOf('control.tar'));
  const control = controlTree.lookup('/control');
  const fields =
    control.node?.kind === 'file'
      ? controlFields(decodeText(await control.node.read()))
      : NO_CONTROL;
  return { kind: 'deb', tree: treeOfTar(name, await tarOf('data.tar')), control: fields };
}

/** deb822 fields, without continuation lines. */
function controlFields(text: string): Map<string, string> {
  const fields = new Map<string, string>();
  for (const line of text.split('\n')) {
    const match = /^([!-9;-~]+):\s*(.*)$/.exec(line);
    if (match?.[1] !== undefined && match[2] !== undefined) fields.set(match[1], match[2].trim());
  }
  return fields;
}

function treeOfTar(origin: string, bytes: Bytes): FileTree {
  const tree = new FileTree();
  for (const entry of readTar(bytes)) {
    const { path, mode, kind } = entry;
    if (path.split('/').includes('..')) {
      throw new ParseError('tar', entry.offset, `the name “${path}” leaves the archive by ..`);
    }
    if (kind === 'file') tree.add(path, fileOf(entry.data, mode, origin));
    else if (kind === 'directory') tree.add(path, { kind, mode, origin });
    else if (kind === 'symlink')
      tree.add(path, { kind, mode: 0o777, origin, target: entry.target });
    else if (kind === 'hardlink') {
      const other = tree.lookup(entry.target, false);
      if (other.node?.kind !== 'file') {
        throw new ParseError(
          'tar',
          entry.offset,
          `“${path}” is a hard link to “${entry.target}”, which is not before it`,
        );
      }
      tree.add(path, other.node);
    } else tree.add(path, { kind, mode, origin, major: entry.major, minor: entry.minor });
  }
  return tree;
}

/**
 * An initrd as the kernel unpacks it (init/initramfs.c): archives and compressed members in a row,
 * zeroes between them skipped, later entries over earlier ones.
 */
async function openInitrd(
  origin: string,
  bytes: Bytes,
  limit: number,
  first: Member | undefined,
): Promise<FileTree> {
  const tree = new FileTree();
  let room = limit;
  let at = 0;
  for (;;) {
    while (at < bytes.length && bytes[at] === 0) at++;
    if (at >= bytes.length) return tree;
    if (startsCpio(bytes, at)) {
      at = addCpio(tree, origin, bytes, at);
      continue;
    }
    const compression = detectCompression(bytes, at);
    if (compression === undefined || 'other' in compression) {
      const what =
        compression === undefined ? 'neither cpio nor compressed data' : compression.other;
      throw new ParseError('initrd', at, `cannot go on here: ${what}`);
    }
    const member =
      at === 0 && first !== undefined
        ? first
        : await decompressMember(bytes, compression.kind, at, room);
    room -= member.data.length;
    for (let inner = 0; ;) {
      while (inner < member.data.length && member.data[inner] === 0) inner++;
      if (inner >= member.data.length) break;
      inner = addCpio(tree, origin, member.data, inner);
    }
    at = member.end;
  }
}

function addCpio(tree: FileTree, origin: string, bytes: Bytes, start: number): number {
  const { entries, end } = readCpio(bytes, start);
  for (const entry of entries) {
    const { kind, mode, path } = entry;
    if (kind === 'file') tree.add(path, fileOf(entry.data, mode, origin));
    else if (kind === 'symlink') tree.add(path, { kind, mode, origin, target: entry.target });
    else if (kind === 'directory') tree.add(path, { kind, mode, origin });
    else tree.add(path, { kind, mode, origin, major: entry.major, minor: entry.minor });
  }
  return end;
}

/** A single file that was dropped in, to lie at `path`. */
export function treeOfFile(path: string, bytes: Bytes, mode: number, origin: string): FileTree {
  const tree = new FileTree();
  tree.add(canonical(path), fileOf(bytes, mode, origin));
  return tree;
}
