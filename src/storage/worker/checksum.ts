import { createXXHash32 } from 'hash-wasm';

export type Bytes = Uint8Array<ArrayBuffer>;

/** Checksum of a chunk: not a protection against anybody, but against a store that lies. */
export type Checksum = (bytes: Bytes) => number;

/** xxHash32, as an unsigned 32-bit number. */
export async function createChecksum(): Promise<Checksum> {
  const hasher = await createXXHash32();
  return (bytes) => {
    const digest = hasher.init().update(bytes).digest('binary');
    return new DataView(digest.buffer, digest.byteOffset, 4).getUint32(0);
  };
}

/** True when every byte is zero. */
export function isZero(bytes: Bytes): boolean {
  const whole = bytes.length & ~3;
  const words =
    bytes.byteOffset % 4 === 0
      ? new Uint32Array(bytes.buffer, bytes.byteOffset, whole >>> 2)
      : new Uint32Array(bytes.slice(0, whole).buffer);
  for (const word of words) if (word !== 0) return false;
  for (let i = whole; i < bytes.length; i++) if (bytes[i] !== 0) return false;
  return true;
}
