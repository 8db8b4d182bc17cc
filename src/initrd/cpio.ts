/**
 * cpio "newc" archives, the format of an initramfs: 110-byte ASCII header with
 * thirteen 8-digit hexadecimal fields, name, data, each padded to 4 bytes; the
 * archive ends with an entry named TRAILER!!!.
 * Source: Linux Documentation/driver-api/early-userspace/buffer-format.rst and init/initramfs.c.
 */
import { type Bytes, byName, decodeText, encodeText } from './bytes';
import { InitrdError, ParseError } from './errors';

const HEADER = 110;
const TRAILER = 'TRAILER!!!';
/** GNU cpio pads an archive to its block size; initramfs.c skips the zeroes. */
const BLOCK = 512;
/** init/initramfs.c refuses names and link targets of PATH_MAX or more. */
const PATH_MAX = 4096;

export type CpioKind = 'file' | 'directory' | 'symlink' | 'character' | 'block' | 'fifo' | 'socket';

/** File type bits of st_mode (inode(7)). */
const TYPE_BITS: Record<CpioKind, number> = {
  fifo: 0o010000,
  character: 0o020000,
  directory: 0o040000,
  block: 0o060000,
  file: 0o100000,
  symlink: 0o120000,
  socket: 0o140000,
};

const KINDS = new Map<number, CpioKind>(
  Object.entries(TYPE_BITS).map(([kind, bits]) => [bits, kind as CpioKind]),
);

export interface CpioEntry {
  /** Relative to the root, without a leading slash: `usr/bin/sh`. The root itself is `.`. */
  path: string;
  kind: CpioKind;
  /** Permission bits with set-user-ID, set-group-ID and sticky: 0 to 0o7777. */
  mode: number;
  /** A file's content. Empty for everything else. */
  data: Bytes;
  /** A symbolic link's target; empty for everything else. */
  target: string;
  /** Device number, for `character` and `block`. */
  major: number;
  minor: number;
}

export interface CpioReadEntry extends CpioEntry {
  uid: number;
  gid: number;
  /** Seconds since 1970, unsigned. */
  mtime: number;
  inode: number;
  links: number;
  /** The first path of the same inode, when this is a further hard link to it. */
  hardLinkTo: string | undefined;
  /** Where the entry's header begins in the input. */
  offset: number;
}

export interface CpioArchive {
  entries: CpioReadEntry[];
  /** The offset just after the trailer entry, before any padding. */
  end: number;
}

function align4(offset: number): number {
  // Not with bit operations: an archive may pass 2 GiB.
  return Math.ceil(offset / 4) * 4;
}

function hex8(bytes: Bytes, offset: number, what: string): number {
  let value = 0;
  for (let i = offset; i < offset + 8; i++) {
    const c = bytes[i] ?? 0;
    const digit =
      c >= 48 && c <= 57 ? c - 48 : c >= 97 && c <= 102 ? c - 87 : c >= 65 && c <= 70 ? c - 55 : -1;
    if (digit < 0) throw new ParseError('cpio', i, `${what} is not hexadecimal`);
    value = value * 16 + digit;
  }
  return value;
}

/** `./usr//bin/` → `usr/bin`; the root → `.`; a path that climbs out is refused. */
function relativePath(name: string, offset: number): string {
  const parts = name.split('/').filter((part) => part !== '' && part !== '.');
  if (parts.includes('..')) {
    throw new ParseError('cpio', offset, `the name “${name}” leaves the archive by ..`);
  }
  return parts.length === 0 ? '.' : parts.join('/');
}

/**
 * Reads one newc archive (magic 070701, or 070702 with checksums) that begins at `start`.
 * Offsets in errors count from the start of `bytes`. File contents are views of `bytes`.
 * Hard links share their content, whichever of them carried it.
 * @throws ParseError on anything cut short or malformed.
 */
export function readCpio(bytes: Bytes, start = 0): CpioArchive {
  const entries: CpioReadEntry[] = [];
  const inodes = new Map<string, CpioReadEntry[]>();
  let at = start;
  for (;;) {
    const header = at;
    const need = (from: number, length: number, what: string): void => {
      if (from + length > bytes.length) {
        throw new ParseError(
          'cpio',
          Math.min(from, bytes.length),
          `${what} needs ${String(length)} bytes at ${String(from)}, but the input ends at ${String(bytes.length)}`,
        );
      }
    };
    need(header, HEADER, 'an entry’s header');
    const magic = decodeText(bytes.subarray(header, header + 6));
    if (magic !== '070701' && magic !== '070702') {
      throw new ParseError('cpio', header, `no newc header (070701) here but “${magic}”`);
    }
    const field = (index: number, what: string): number =>
      hex8(bytes, header + 6 + index * 8, what);
    const inode = field(0, 'the inode number');
    const fullMode = field(1, 'the mode');
    const uid = field(2, 'the user ID');
    const gid = field(3, 'the group ID');
    const links = field(4, 'the link count');
    const mtime = field(5, 'the time');
    const size = field(6, 'the file size');
    const device = `${String(field(7, 'the device'))}:${String(field(8, 'the device'))}`;
    const major = field(9, 'the device number');
    const minor = field(10, 'the device number');
    const nameSize = field(11, 'the name size');
    const checksum = field(12, 'the checksum');
    if (nameSize < 1 || nameSize > PATH_MAX) {
      throw new ParseError(
        'cpio',
        header + 94,
        `a name of ${String(nameSize)} bytes is not possible`,
      );
    }
    need(header + HEADER, nameSize, 'an entry’s name');
    const nameBytes = bytes.subarray(header + HEADER, header + HEADER + nameSize);
    if (nameBytes.indexOf(0) !== nameSize - 1) {
      throw new ParseError('cpio', header + HEADER, 'the name does not end where its size says');
    }
    const name = decodeText(nameBytes.subarray(0, nameSize - 1));
    const dataAt = align4(header - start + HEADER + nameSize) + start;
    if (name === TRAILER) {
      need(header + HEADER + nameSize, 0, 'the trailer');
      return { entries, end: Math.min(dataAt, bytes.length) };
    }
    need(dataAt, size, `the content of “${name}”`);
    const content = bytes.subarray(dataAt, dataAt + size);
    if (magic === '070702') {
      let sum = 0;
      for (const byte of content) sum = (sum + byte) >>> 0;
      if (sum !== checksum) {
        throw new ParseError(
          'cpio',
          dataAt,
          `the content of “${name}” does not match its checksum`,
        );
      }
    }
    const kind = KINDS.get(fullMode & 0o170000);
    if (kind === undefined) {
      throw new ParseError('cpio', header + 14, `mode 0${fullMode.toString(8)} has no file type`);
    }
    const entry: CpioReadEntry = {
      path: relativePath(name, header + HEADER),
      kind,
      mode: fullMode & 0o7777,
      data: kind === 'file' ? content : content.subarray(0, 0),
      target: kind === 'symlink' ? decodeText(content) : '',
      major: kind === 'character' || kind === 'block' ? major : 0,
      minor: kind === 'character' || kind === 'block' ? minor : 0,
      uid,
      gid,
      mtime,
      inode,
      links,
      hardLinkTo: undefined,
      offset: header,
    };
    if (kind === 'file' && links > 1) shareInode(inodes, `${device}:${String(inode)}`, entry);
    entries.push(entry);
    at = align4(dataAt - start + size) + start;
  }
}

/** newc stores the content of a hard-linked file once, with the last name (GNU cpio) or any. */
function shareInode(inodes: Map<string, CpioReadEntry[]>, key: string, entry: CpioReadEntry): void {
  const same = inodes.get(key);
  const first = same?.[0];
  if (same === undefined || first === undefined) {
    inodes.set(key, [entry]);
    return;
  }
  entry.hardLinkTo = first.path;
  same.push(entry);
  if (entry.data.length > 0) for (const other of same) other.data = entry.data;
  else entry.data = first.data;
}

export interface CpioWriteOptions {
  /** Seconds since 1970 written for every entry (default 0). */
  mtime?: number;
}

/**
 * Writes one newc archive, bit for bit the same for the same entries in whatever order:
 * sorted by path, inode numbers 1, 2, 3 …, owner root, one time for all, no hard links.
 * @throws InitrdError when an entry cannot be written: twice the same path, a parent that
 * is no directory of the archive (initramfs.c makes no parents), a name or link target
 * of 4096 bytes or more, a file of 4 GiB or more.
 */
export function writeCpio(entries: readonly CpioEntry[], options: CpioWriteOptions = {}): Bytes {
  const sorted = [...entries].sort((a, b) => byName(a.path, b.path));
  const names = sorted.map((entry) => encodeText(entry.path));
  const contents = sorted.map((entry) =>
    entry.kind === 'symlink' ? encodeText(entry.target) : entry.kind === 'file' ? entry.data : NONE,
  );
  const subdirectories = checkEntries(sorted, names, contents);
  const length = sorted.reduce(
    (sum, _, i) =>
      align4(sum + HEADER + (names[i]?.length ?? 0) + 1) + align4(contents[i]?.length ?? 0),
    0,
  );
  const trailer = encodeText(TRAILER);
  const whole = align4(length + HEADER + trailer.length + 1);
  const out = new Uint8Array(Math.ceil(whole / BLOCK) * BLOCK);
  let at = 0;
  const put = (fields: number[], name: Bytes, content: Bytes): void => {
    out.set(encodeText(`070701${fields.map(hexField).join('')}`), at);
    out.set(name, at + HEADER);
    at = align4(at + HEADER + name.length + 1);
    out.set(content, at);
    at = align4(at + content.length);
  };
  const mtime = options.mtime ?? 0;
  sorted.forEach((entry, i) => {
    const name = names[i] ?? NONE;
    const content = contents[i] ?? NONE;
    const links = entry.kind === 'directory' ? 2 + (subdirectories.get(entry.path) ?? 0) : 1;
    const mode = TYPE_BITS[entry.kind] | (entry.mode & 0o7777);
    put(
      // inode, mode, uid, gid, links, time, size, device (2), device number (2), name size, check
      [
        i + 1,
        mode,
        0,
        0,
        links,
        mtime,
        content.length,
        0,
        0,
        entry.major,
        entry.minor,
        name.length + 1,
        0,
      ],
      name,
      content,
    );
  });
  put([0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, trailer.length + 1, 0], trailer, NONE);
  return out;
}

const NONE: Bytes = new Uint8Array(0);

function hexField(value: number): string {
  return value.toString(16).padStart(8, '0');
}

/** Refuses what cannot be written; gives the number of subdirectories of each directory. */
function checkEntries(
  sorted: readonly CpioEntry[],
  names: readonly Bytes[],
  contents: readonly Bytes[],
): Map<string, number> {
  const subdirectories = new Map<string, number>();
  const directories = new Set(['.']);
  let previous: string | undefined;
  sorted.forEach((entry, i) => {
    const { path } = entry;
    const refuse = (problem: string, advice: string): never => {
      throw new InitrdError(`${path}: ${problem}`, advice);
    };
    if (path === previous) refuse('listed twice', 'Leave one of the two out');
    previous = path;
    if (path === '' || /^\/|\/$|\/\/|\0|(^|\/)\.\.(\/|$)|(^|\/)\.\/|\/\.$/.test(path)) {
      refuse('not a path inside the archive', 'Use one like usr/bin/sh');
    }
    if (path === TRAILER) refuse('this name ends an archive', 'Rename the file');
    if ((names[i]?.length ?? 0) + 1 > PATH_MAX)
      refuse('the name is too long', 'Linux takes 4095 bytes');
    const size = contents[i]?.length ?? 0;
    if (entry.kind === 'symlink' && (size === 0 || size >= PATH_MAX)) {
      refuse(`a link target of ${String(size)} bytes`, 'Linux takes 1 to 4095 bytes');
    }
    if (size > 0xffffffff)
      refuse('4 GiB or more', 'newc has 32 bits for the size; use a disk image');
    const slash = path.lastIndexOf('/');
    const parent = slash < 0 ? '.' : path.slice(0, slash);
    if (!directories.has(parent)) {
      refuse(`its directory ${parent} is not in the archive`, 'Add the directory');
    }
    if (entry.kind === 'directory' && path !== '.') {
      directories.add(path);
      subdirectories.set(parent, (subdirectories.get(parent) ?? 0) + 1);
    }
  });
  return subdirectories;
}
