/** CRC-32 as gzip and xz use it: RFC 1952 section 8, reflected polynomial 0xedb88320. */

const TABLES: readonly Uint32Array[] = (() => {
  const tables = Array.from({ length: 4 }, () => new Uint32Array(256));
  const [first, ...others] = tables as [Uint32Array, ...Uint32Array[]];
  for (let i = 0; i < 256; i++) {
    let value = i;
    for (let bit = 0; bit < 8; bit++)
      value = (value & 1) === 0 ? value >>> 1 : (value >>> 1) ^ 0xedb88320;
    first[i] = value;
  }
  others.forEach((table, n) => {
    const before = tables[n] ?? first;
    for (let i = 0; i < 256; i++) {
      const value = before[i] ?? 0;
      table[i] = (value >>> 8) ^ (first[value & 0xff] ?? 0);
    }
  });
  return tables;
})();

/** A running checksum; four bytes a step, since a whole kernel package goes through it. */
export class Crc32 {
  private state = 0xffffffff;

  update(bytes: Uint8Array): this {
    const [t0, t1, t2, t3] = TABLES as [Uint32Array, Uint32Array, Uint32Array, Uint32Array];
    let crc = this.state;
    let i = 0;
    for (const whole = bytes.length & ~3; i < whole; i += 4) {
      crc ^=
        (bytes[i] as number) |
        ((bytes[i + 1] as number) << 8) |
        ((bytes[i + 2] as number) << 16) |
        ((bytes[i + 3] as number) << 24);
      crc =
        (t3[crc & 0xff] as number) ^
        (t2[(crc >>> 8) & 0xff] as number) ^
        (t1[(crc >>> 16) & 0xff] as number) ^
        (t0[crc >>> 24] as number);
    }
    for (; i < bytes.length; i++) {
      crc = (crc >>> 8) ^ (t0[(crc ^ (bytes[i] as number)) & 0xff] as number);
    }
    this.state = crc;
    return this;
  }

  /** The checksum of all bytes so far, unsigned. */
  get value(): number {
    return (this.state ^ 0xffffffff) >>> 0;
  }
}

export function crc32(bytes: Uint8Array): number {
  return new Crc32().update(bytes).value;
}
