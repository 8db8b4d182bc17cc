/** Zstandard frames: RFC 8878. The content checksum is not verified: the library does not. */
import { type Bytes, BoundedReader } from './bytes';
import { ParseError } from './errors';
import { type Member, tooLarge } from './member';

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

/** Decompresses the frame at `start`, once its blocks say that it stays under `limit`. */
export async function unzstd(bytes: Bytes, start: number, limit: number): Promise<Member> {
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
