/**
 * Compressed members: recognised by their magic, decompressed under a limit, and their
 * end found, since an initrd may be several archives and members in a row.
 * gzip (RFC 1952) is here, the others in their own files.
 */
import { Crc32 } from './crc32';
import { type Bytes, BoundedReader, concatBytes, indexOfBytes } from './bytes';
import { ParseError } from './errors';
import { type Compression, type Member, tooLarge } from './member';
import { unxz } from './xz';
import { unzstd } from './zstd';

export type { Compression, Member } from './member';

/** Most bytes that one compressed member may become: what a tab can hold, far above any initrd. */
export const DEFAULT_LIMIT = 1 << 30;

const MAGIC: readonly (readonly [string, readonly number[]])[] = [
  ['gzip', [0x1f, 0x8b]],
  ['xz', [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00]],
  ['zstd', [0x28, 0xb5, 0x2f, 0xfd]],
  ['bzip2', [0x42, 0x5a, 0x68]],
  ['lz4', [0x02, 0x21, 0x4c, 0x18]],
  ['lz4', [0x04, 0x22, 0x4d, 0x18]],
  ['lzo', [0x89, 0x4c, 0x5a, 0x4f]],
  ['lzma', [0x5d, 0x00, 0x00]],
];

/** What the bytes at `start` are compressed with; `other` carries the name of one not read here. */
export function detectCompression(
  bytes: Bytes,
  start = 0,
): { kind: Compression } | { other: string } | undefined {
  const found = MAGIC.find(([, magic]) => magic.every((byte, i) => bytes[start + i] === byte));
  if (found === undefined) return undefined;
  const [kind] = found;
  return kind === 'gzip' || kind === 'xz' || kind === 'zstd' ? { kind } : { other: kind };
}

/**
 * Decompresses the one member that begins at `start`.
 * @throws ParseError when it is cut short, damaged, or would become more than `limit` bytes.
 */
export async function decompressMember(
  bytes: Bytes,
  kind: Compression,
  start = 0,
  limit = DEFAULT_LIMIT,
): Promise<Member> {
  if (kind === 'gzip') return gunzip(bytes, start, limit);
  return kind === 'xz' ? unxz(bytes, start, limit) : unzstd(bytes, start, limit);
}

/** Decompresses bytes that are nothing but members of one kind (and zero padding), in a row. */
export async function decompressAll(
  bytes: Bytes,
  kind: Compression,
  limit = DEFAULT_LIMIT,
): Promise<Bytes> {
  const parts: Bytes[] = [];
  let room = limit;
  let at = 0;
  while (at < bytes.length) {
    if (at > 0 && bytes[at] === 0) {
      at++;
      continue;
    }
    const next = detectCompression(bytes, at);
    if (next === undefined || !('kind' in next) || next.kind !== kind) {
      throw new ParseError(kind, at, 'something else follows the compressed data');
    }
    const member = await decompressMember(bytes, kind, at, room);
    parts.push(member.data);
    room -= member.data.length;
    at = member.end;
  }
  if (parts.length === 0) throw new ParseError(kind, 0, 'the input is empty');
  return parts.length === 1 && parts[0] !== undefined ? parts[0] : concatBytes(parts);
}

/** Length of the gzip header at `start`: RFC 1952 section 2.3. */
function gzipHeader(reader: BoundedReader, start: number): number {
  reader.need(start, 10, 'the header');
  if (
    reader.u16(start, 'the magic number') !== 0x8b1f ||
    reader.u8(start + 2, 'the method') !== 8
  ) {
    throw new ParseError('gzip', start, 'no gzip header');
  }
  const flags = reader.u8(start + 3, 'the flags');
  let at = start + 10;
  if ((flags & 4) !== 0) at += 2 + reader.u16(at, 'the extra field');
  for (const flag of [8, 16]) {
    if ((flags & flag) === 0) continue;
    const end = reader.bytes.indexOf(0, at);
    if (end < 0) throw new ParseError('gzip', at, 'the header does not end');
    at = end + 1;
  }
  if ((flags & 2) !== 0) at += 2;
  reader.need(at, 8, 'the compressed data');
  return at;
}

const GZIP_CHUNK = 64 * 1024;

async function gunzip(bytes: Bytes, start: number, limit: number): Promise<Member> {
  const { Inflate } = await import('fflate');
  const first = gzipHeader(new BoundedReader(bytes, 'gzip'), start);
  const parts: Uint8Array[] = [];
  const sum = new Crc32();
  let size = 0;
  const inflate = new Inflate((part) => {
    size += part.length;
    if (size > limit) throw tooLarge('gzip', start, limit);
    sum.update(part);
    if (part.length > 0) parts.push(part);
  });
  // The library does not say where the deflate stream ended. The trailer does: CRC-32 and size
  // of the output, so the first place that holds both is the end, and proves the content too.
  const trailerAt = (from: number, to: number): number => {
    const trailer = new Uint8Array(8);
    new DataView(trailer.buffer).setUint32(0, sum.value, true);
    new DataView(trailer.buffer).setUint32(4, size >>> 0, true);
    const at = indexOfBytes(bytes.subarray(0, to), trailer, Math.max(first, from));
    return at;
  };
  let at = first;
  while (at < bytes.length) {
    const next = Math.min(bytes.length, at + GZIP_CHUNK);
    const before = size;
    try {
      inflate.push(bytes.subarray(at, next));
    } catch (error) {
      if (error instanceof ParseError) throw error;
      throw new ParseError(
        'gzip',
        at,
        `damaged: ${error instanceof Error ? error.message : 'unreadable'}`,
      );
    }
    if (size === before || next === bytes.length) {
      const end = trailerAt(at - 2 * GZIP_CHUNK, next);
      if (end >= 0) return { data: concatBytes(parts), end: end + 8 };
    }
    at = next;
  }
  throw new ParseError('gzip', start, 'cut short or damaged: no checksum that fits the content');
}

/** Loads what packs, for a page that has to wait for something else anyway. */
export const loadGzip = () => import('fflate');

/**
 * gzip at a fixed level, without name or time: the same bytes for the same input. Level 3 takes
 * three quarters of the time of gzip's own default, 6, and makes the default image 1 % larger: 130
 * against 170 ms, 1038765 against 1028467 bytes, and every change in the pane waits for it.
 */
export async function gzip(bytes: Bytes): Promise<Bytes> {
  const { gzipSync } = await loadGzip();
  return gzipSync(bytes, { level: 3, mtime: 0 }) as Bytes;
}
