/** A format's bytes are not what the format says. `offset` is in the bytes that were given. */
export class FormatError extends Error {
  override readonly name = 'FormatError';
  constructor(
    readonly format: string,
    readonly offset: number,
    readonly problem: string,
  ) {
    super(`${format}, at byte ${offset}: ${problem}`);
  }
}

/** Reads numbers of a format, and never past the end. */
export class FormatReader {
  private readonly view: DataView;

  constructor(
    readonly bytes: Uint8Array,
    readonly format: string,
  ) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  }

  /** @throws FormatError when `length` bytes at `offset` are not all there */
  need(offset: number, length: number, what: string): void {
    if (offset >= 0 && length >= 0 && offset + length <= this.bytes.length) return;
    throw new FormatError(this.format, offset, `cut short: ${what} is missing`);
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

  /** Below 2^53, or an error. */
  u64(offset: number, what: string): number {
    this.need(offset, 8, what);
    return this.safe(this.view.getBigUint64(offset, true), offset, what);
  }

  u16be(offset: number, what: string): number {
    this.need(offset, 2, what);
    return this.view.getUint16(offset, false);
  }

  u32be(offset: number, what: string): number {
    this.need(offset, 4, what);
    return this.view.getUint32(offset, false);
  }

  u64be(offset: number, what: string): number {
    this.need(offset, 8, what);
    return this.safe(this.view.getBigUint64(offset, false), offset, what);
  }

  private safe(value: bigint, offset: number, what: string): number {
    if (value <= BigInt(Number.MAX_SAFE_INTEGER)) return Number(value);
    throw new FormatError(this.format, offset, `${what} is ${value}`);
  }

  slice(offset: number, length: number, what: string): Uint8Array {
    this.need(offset, length, what);
    return this.bytes.subarray(offset, offset + length);
  }

  /** Latin-1 text without what pads it at its end. */
  text(offset: number, length: number, what: string): string {
    const bytes = this.slice(offset, length, what);
    return Array.from(bytes, (byte) => String.fromCharCode(byte))
      .join('')
      .replace(/[\0 ]+$/, '');
  }

  has(offset: number, magic: readonly number[] | string): boolean {
    const bytes = typeof magic === 'string' ? Array.from(magic, (c) => c.charCodeAt(0)) : magic;
    return bytes.every((byte, i) => this.bytes[offset + i] === byte);
  }
}

/** Bytes of an image by offset; what lies behind its end is left out. */
export type ReadAt = (offset: number, length: number) => Promise<Uint8Array>;
