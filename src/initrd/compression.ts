/**
 * Compressed members: recognised by their magic, decompressed under a limit, and their
 * end found, since an initrd may be several archives and members in a row.
 * Formats: RFC 1952 (gzip), the .xz file format 1.2 of tukaani.org, RFC 8878 (Zstandard).
 */
import { crc32, Crc32 } from './crc32';
import { type Bytes, BoundedReader, concatBytes, indexOfBytes } from './bytes';
import { ParseError } from './errors';
import type * as XzLibrary from 'xz-decompress';

export type Compression = 'gzip' | 'xz' | 'zstd';

/** Most bytes that one compressed member may become: what a tab can hold, far above any initrd. */
export const DEFAULT_LIMIT = 1 << 30;

export interface Member {
  data: Bytes;
  /** Offset just after the member, in the bytes it was read from. */
  end: number;
}

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

function tooLarge(kind: Compression, start: number, limit: number): ParseError {
  return new ParseError(
    kind,
    start,
    `decompresses to more than the ${String(limit)} bytes allowed`,
  );
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

/** A variable-length integer of the .xz format (section 1.2): 7 bits a byte, low first. */
function xzInteger(reader: BoundedReader, at: number): { value: number; end: number } {
  let value = 0;
  for (let i = 0; i < 7; i++) {
    const byte = reader.u8(at + i, 'an integer');
    value += (byte & 0x7f) * 2 ** (7 * i);
    if ((byte & 0x80) === 0) return { value, end: at + i + 1 };
  }
  throw new ParseError('xz', at, 'an integer of more than 49 bits');
}

/**
 * Where the .xz stream at `start` ends and what size its content has, read from the first footer
 * whose index describes exactly the bytes before it (sections 2.1.2 and 4).
 */
function xzStream(bytes: Bytes, start: number): { end: number; size: number } {
  const reader = new BoundedReader(bytes, 'xz');
  reader.need(start, 12, 'the stream header');
  if (
    crc32(bytes.subarray(start + 6, start + 8)) !== reader.u32(start + 8, 'the header checksum')
  ) {
    throw new ParseError('xz', start + 8, 'the stream header does not match its checksum');
  }
  const magic = Uint8Array.of(0x59, 0x5a);
  for (
    let at = indexOfBytes(bytes, magic, start + 22);
    at >= 0;
    at = indexOfBytes(bytes, magic, at + 1)
  ) {
    const footer = at - 10;
    if ((footer - start) % 4 !== 0) continue;
    if (crc32(bytes.subarray(footer + 4, at)) !== reader.u32(footer, 'a footer')) continue;
    const indexSize = (reader.u32(footer + 4, 'the index size') + 1) * 4;
    const index = footer - indexSize;
    if (index < start + 12 || bytes[index] !== 0) continue;
    if (crc32(bytes.subarray(index, footer - 4)) !== reader.u32(footer - 4, 'the index')) continue;
    let next = xzInteger(reader, index + 1);
    let packed = 0;
    let size = 0;
    for (let records = next.value; records > 0 && next.end < footer; records--) {
      const unpadded = xzInteger(reader, next.end);
      next = xzInteger(reader, unpadded.end);
      packed += Math.ceil(unpadded.value / 4) * 4;
      size += next.value;
    }
    if (start + 12 + packed === index) return { end: footer + 12, size };
  }
  throw new ParseError('xz', start, 'cut short: the stream has no footer');
}

async function unxz(bytes: Bytes, start: number, limit: number): Promise<Member> {
  const { end, size } = xzStream(bytes, start);
  if (size > limit) throw tooLarge('xz', start, limit);
  const { XzReadableStream } = await xzLibrary();
  const source = new ReadableStream<Uint8Array>({
    start(controller) {
      controller.enqueue(bytes.subarray(start, end));
      controller.close();
    },
  });
  const data = new Uint8Array(size);
  let at = 0;
  try {
    const reader = new XzReadableStream(source).getReader();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      if (at + value.length > size) {
        await reader.cancel();
        throw new ParseError('xz', start, 'holds more than its index says');
      }
      data.set(value, at);
      at += value.length;
    }
  } catch (error) {
    if (error instanceof ParseError) throw error;
    throw new ParseError(
      'xz',
      start,
      `damaged: ${error instanceof Error ? error.message : 'unreadable'}`,
    );
  }
  if (at !== size) throw new ParseError('xz', start, 'holds less than its index says');
  return { data, end };
}

/**
 * xz-decompress is a UMD bundle: a bundler gives its names, Node gives only the default export.
 * Loaded when the first .xz comes, so that a page without one never fetches it.
 */
async function xzLibrary(): Promise<typeof XzLibrary> {
  const library: Partial<typeof XzLibrary> & { default?: typeof XzLibrary } =
    await import('xz-decompress');
  return library.XzReadableStream === undefined
    ? (library.default as typeof XzLibrary)
    : (library as typeof XzLibrary);
}

/**
 * Where the Zstandard frame at `start` ends, and the most bytes it can become
 * (RFC 8878 sections 3.1.1.1 and 3.1.1.2: frame header, then blocks of a 3-byte header).
 */
function zstdFrame(bytes: Bytes, start: number): { end: number; most: number } {
  const reader = new BoundedReader(bytes, 'zstd');
  const descriptor = reader.u8(start + 4, 'the frame header');
  const singleSegment = (descriptor & 0x20) !== 0;
  const sizeBytes = [singleSegment ? 1 : 0, 2, 4, 8][descriptor >> 6] ?? 0;
  const dictionaryBytes = [0, 1, 2, 4][descriptor & 3] ?? 0;
  let at = start + 5 + (singleSegment ? 0 : 1) + dictionaryBytes;
  let declared: number | undefined;
  if (sizeBytes === 1) declared = reader.u8(at, 'the content size');
  else if (sizeBytes === 2) declared = reader.u16(at, 'the content size') + 256;
  else if (sizeBytes === 4) declared = reader.u32(at, 'the content size');
  else if (sizeBytes === 8) declared = reader.u64(at, 'the content size');
  at += sizeBytes;
  let most = 0;
  for (;;) {
    reader.need(at, 3, 'a block header');
    const header = (reader.u16(at, '') | (reader.u8(at + 2, '') << 16)) >>> 0;
    const type = (header >> 1) & 3;
    const size = header >> 3;
    if (type === 3) throw new ParseError('zstd', at, 'a block of the reserved type');
    most += type === 2 ? 128 * 1024 : size;
    at += 3 + (type === 1 ? 1 : size);
    if ((header & 1) !== 0) break;
  }
  if ((descriptor & 4) !== 0) at += 4;
  reader.need(at, 0, 'the frame');
  return { end: at, most: Math.min(most, declared ?? Infinity) };
}

async function unzstd(bytes: Bytes, start: number, limit: number): Promise<Member> {
  const { decompress } = await import('fzstd');
  const { end, most } = zstdFrame(bytes, start);
  if (most > limit) throw tooLarge('zstd', start, limit);
  try {
    return { data: decompress(bytes.subarray(start, end)) as Bytes, end };
  } catch (error) {
    throw new ParseError(
      'zstd',
      start,
      `damaged: ${error instanceof Error ? error.message : 'unreadable'}`,
    );
  }
}

/**
 * gzip at a fixed level, without name or time: the same bytes for the same input.
 * Level 6, as gzip's own default.
 */
export async function gzip(bytes: Bytes): Promise<Bytes> {
  const { gzipSync } = await import('fflate');
  return gzipSync(bytes, { level: 6, mtime: 0 }) as Bytes;
}
