import { FormatError, FormatReader } from './bytes.js';

/** QEMU's docs/interop/qcow2.rst says what all of this means; numbers are big-endian. */
export const QCOW2_MAGIC = 0x514649fb;

export interface Qcow2Header {
  version: 2 | 3;
  clusterBits: number;
  /** Size the guest sees, in bytes. */
  size: number;
  /** Entries of the L1 table, and where it lies. */
  l1Size: number;
  l1Offset: number;
  compression: 'deflate' | 'zstd';
  /** L2 entries of 16 bytes, with a bitmap of subclusters. */
  extendedL2: boolean;
}

export type Cluster =
  | { kind: 'unallocated' | 'zero' }
  | { kind: 'data'; offset: number; zeroes?: number }
  | { kind: 'compressed'; offset: number; length: number };

const INCOMPATIBLE = ['dirty', 'corrupt', 'external data file', 'compression type', 'extended L2'];

export function isQcow2(bytes: Uint8Array): boolean {
  return new FormatReader(bytes, 'qcow2').has(0, [0x51, 0x46, 0x49, 0xfb]);
}

/** Reads and checks a header; 112 bytes hold all of it that is looked at. */
export function readQcow2Header(bytes: Uint8Array): Qcow2Header {
  const reader = new FormatReader(bytes, 'qcow2');
  if (reader.u32be(0, 'the magic') !== QCOW2_MAGIC) throw new FormatError('qcow2', 0, 'no magic');
  const version = reader.u32be(4, 'the version');
  if (version !== 2 && version !== 3) throw new FormatError('qcow2', 4, `version ${version}`);
  if (reader.u64be(8, 'the backing file') !== 0) {
    throw new FormatError('qcow2', 8, 'it has a backing file, which is not in it');
  }
  const clusterBits = reader.u32be(20, 'the cluster size');
  if (clusterBits < 9 || clusterBits > 21) {
    throw new FormatError('qcow2', 20, `clusters of 2^${clusterBits} bytes`);
  }
  const size = reader.u64be(24, 'the size');
  if (reader.u32be(32, 'the encryption') !== 0) throw new FormatError('qcow2', 32, 'encrypted');
  let compression: Qcow2Header['compression'] = 'deflate';
  let extendedL2 = false;
  if (version === 3) {
    const features = reader.u64be(72, 'the features');
    // `dirty` (bit 0) speaks of reference counts, which reading does not need.
    for (const bit of [1, 2]) {
      if (Math.floor(features / 2 ** bit) % 2 === 1) {
        throw new FormatError('qcow2', 72, `the feature “${INCOMPATIBLE[bit] ?? bit}” is set`);
      }
    }
    if (features >= 32) throw new FormatError('qcow2', 72, `unknown features ${features}`);
    extendedL2 = Math.floor(features / 16) % 2 === 1;
    if (Math.floor(features / 8) % 2 === 1) {
      const type = reader.u8(104, 'the compression type');
      if (type > 1) throw new FormatError('qcow2', 104, `compression type ${type}`);
      compression = type === 1 ? 'zstd' : 'deflate';
    }
  }
  const l1Size = reader.u32be(36, 'the size of the L1 table');
  const l1Offset = reader.u64be(40, 'the L1 table');
  const perL2 = 2 ** (clusterBits - (extendedL2 ? 4 : 3));
  const needed = Math.ceil(size / (perL2 * 2 ** clusterBits));
  if (l1Size < needed || needed > 1 << 22) {
    throw new FormatError('qcow2', 36, `an L1 table of ${l1Size} entries for ${size} bytes`);
  }
  return { version, clusterBits, size, l1Size, l1Offset, compression, extendedL2 };
}

/** Offsets of the L2 tables; 0 where there is none. */
export function readL1(bytes: Uint8Array, entries: number): number[] {
  const reader = new FormatReader(bytes, 'qcow2 L1 table');
  reader.need(0, entries * 8, 'an entry');
  return Array.from({ length: entries }, (_, i) => {
    const high = reader.u32be(i * 8, 'an entry') & 0x00ffffff;
    const low = reader.u32be(i * 8 + 4, 'an entry') & 0xfffffe00;
    return high * 2 ** 32 + (low >>> 0);
  });
}

/** What an L2 table says of its clusters, in order. */
export function readL2(bytes: Uint8Array, header: Qcow2Header): Cluster[] {
  const reader = new FormatReader(bytes, 'qcow2 L2 table');
  const { clusterBits, extendedL2 } = header;
  const entryBytes = extendedL2 ? 16 : 8;
  const count = 2 ** clusterBits / entryBytes;
  reader.need(0, count * entryBytes, 'an entry');
  return Array.from({ length: count }, (_, i): Cluster => {
    const high = reader.u32be(i * entryBytes, 'an entry');
    const low = reader.u32be(i * entryBytes + 4, 'an entry');
    if ((high & 0x40000000) !== 0) {
      // Offset in the lower bits, then the number of further 512-byte sectors.
      const split = 62 - (clusterBits - 8);
      const value = (BigInt(high & 0x3fffffff) << 32n) | BigInt(low);
      const offset = Number(value & ((1n << BigInt(split)) - 1n));
      const sectors = Number(value >> BigInt(split));
      return { kind: 'compressed', offset, length: (sectors + 1) * 512 - (offset % 512) };
    }
    const offset = (high & 0x00ffffff) * 2 ** 32 + ((low & 0xfffffe00) >>> 0);
    if (extendedL2) {
      const zeroes = reader.u32be(i * 16 + 8, 'a subcluster bitmap');
      const allocated = reader.u32be(i * 16 + 12, 'a subcluster bitmap');
      if (allocated === 0) return { kind: zeroes === 0 ? 'unallocated' : 'zero' };
      // Subclusters that are not allocated read as zero: there is no backing file.
      return { kind: 'data', offset, zeroes: ~allocated >>> 0 };
    }
    if ((low & 1) !== 0) return { kind: 'zero' };
    return offset === 0 ? { kind: 'unallocated' } : { kind: 'data', offset };
  });
}
