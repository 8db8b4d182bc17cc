/** .xz streams: the .xz file format, version 1.2, of the XZ Utils project. */
import type * as XzLibrary from 'xz-decompress';
import { type Bytes, BoundedReader, indexOfBytes } from './bytes';
import { crc32 } from './crc32';
import { ParseError } from './errors';
import { type Member, tooLarge } from './member';

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

/** Decompresses the stream at `start`, once its index says that it stays under `limit`. */
export async function unxz(bytes: Bytes, start: number, limit: number): Promise<Member> {
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
