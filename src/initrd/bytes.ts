import { ParseError, type Format } from './errors';

/** Bytes as every file of this folder passes them: never backed by shared memory. */
export type Bytes = Uint8Array<ArrayBuffer>;

const utf8 = new TextDecoder('utf-8');
const utf8Encoder = new TextEncoder();

export function decodeText(bytes: Uint8Array): string {
  return utf8.decode(bytes);
}

export function encodeText(text: string): Bytes {
  return utf8Encoder.encode(text) as Bytes;
}

/** Little-endian reads that refuse, by name and offset, to leave the bytes they were given. */
export class BoundedReader {
  private readonly view: DataView;
  constructor(
    readonly bytes: Bytes,
    private readonly format: Format,
  ) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** Throws unless [offset, offset + length) lies inside; `what` names the thing being read. */
  need(offset: number, length: number, what: string): void {
    if (offset < 0 || length < 0 || offset + length > this.bytes.length) {
      throw new ParseError(
        this.format,
        Math.min(Math.max(offset, 0), this.bytes.length),
        `${what} needs ${String(length)} bytes at ${String(offset)}, but the input ends at ${String(this.bytes.length)}`,
      );
    }
  }

  u8(offset: number, what: string): number {
    this.need(offset, 1, what);
    return this.view.getUint8(offset);
  }

  u16(offset: number, what: string): number {
    this.need(offset, 2, what);
    return this.view.getUint16(offset, true);
  }

  u32(offset: number, what: string): number {
    this.need(offset, 4, what);
    return this.view.getUint32(offset, true);
  }

  /** A 64-bit field that is an offset or a size in this input, so has to be a safe integer. */
  u64(offset: number, what: string): number {
    this.need(offset, 8, what);
    const value = this.view.getBigUint64(offset, true);
    if (value > BigInt(Number.MAX_SAFE_INTEGER)) {
      throw new ParseError(
        this.format,
        offset,
        `${what} is out of range (0x${value.toString(16)})`,
      );
    }
    return Number(value);
  }

  slice(offset: number, length: number, what: string): Bytes {
    this.need(offset, length, what);
    return this.bytes.subarray(offset, offset + length);
  }

  /** A NUL-terminated string that has to end before `limit`. */
  cstring(offset: number, limit: number, what: string): string {
    this.need(offset, 1, what);
    const end = this.bytes.indexOf(0, offset);
    if (end < 0 || end >= limit) {
      throw new ParseError(this.format, offset, `${what} does not end`);
    }
    return decodeText(this.bytes.subarray(offset, end));
  }
}

/** Offset of the first `needle` at or after `from`, or -1. */
export function indexOfBytes(haystack: Uint8Array, needle: Uint8Array, from = 0): number {
  const first = needle[0];
  if (first === undefined) return from;
  for (let at = haystack.indexOf(first, from); at >= 0; at = haystack.indexOf(first, at + 1)) {
    if (at + needle.length > haystack.length) return -1;
    let same = 1;
    while (same < needle.length && haystack[at + same] === needle[same]) same++;
    if (same === needle.length) return at;
  }
  return -1;
}

export function concatBytes(parts: readonly Uint8Array[]): Bytes {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** Order by UTF-16 code unit: the same everywhere, and a directory before what is in it. */
export function byName(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
