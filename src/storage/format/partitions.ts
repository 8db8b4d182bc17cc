import { FormatError, FormatReader, type ReadAt } from './bytes.js';

export interface Partition {
  number: number;
  /** Bytes. */
  start: number;
  length: number;
  /** MBR: type byte in hex; GPT: type GUID in lower case. */
  type: string;
  name?: string;
}

export interface PartitionTable {
  kind: 'mbr' | 'gpt';
  partitions: Partition[];
}

/** EFI System Partition: UEFI 2.10, table 5.7 (GPT) and section 5.2.1 (MBR). */
export const ESP_GUID = 'c12a7328-f81f-11d2-ba4b-00a0c93ec93b';
export const ESP_MBR = 'ef';

const SECTOR = 512;
const GPT_HEADER = 92;
/** More entries than this nobody writes; a damaged count must not ask for gigabytes. */
const MAX_ENTRIES = 1024;

/** A GUID as UEFI 2.10, appendix A, writes it: the first three fields little-endian. */
export function guidText(bytes: Uint8Array): string {
  const hex = (from: number, to: number, reverse: boolean): string => {
    const part = Array.from(bytes.subarray(from, to), (b) => b.toString(16).padStart(2, '0'));
    return (reverse ? part.reverse() : part).join('');
  };
  const parts = [hex(0, 4, true), hex(4, 6, true), hex(6, 8, true), hex(8, 10, false)];
  return [...parts, hex(10, 16, false)].join('-');
}

/** The four entries of a master boot record (UEFI 2.10, section 5.2.1); empty ones left out. */
export function readMbr(sector: Uint8Array): Partition[] {
  const reader = new FormatReader(sector, 'MBR');
  if (reader.u16(510, 'the signature') !== 0xaa55) {
    throw new FormatError('MBR', 510, 'no signature 55 aa');
  }
  const partitions: Partition[] = [];
  for (let i = 0; i < 4; i++) {
    const at = 446 + 16 * i;
    const type = reader.u8(at + 4, 'a type');
    const start = reader.u32(at + 8, 'a start');
    const sectors = reader.u32(at + 12, 'a length');
    if (type === 0 || sectors === 0) continue;
    partitions.push({
      number: i + 1,
      start: start * SECTOR,
      length: sectors * SECTOR,
      type: type.toString(16).padStart(2, '0'),
    });
  }
  return partitions;
}

export interface GptHeader {
  /** Byte offset of the entries. */
  entries: number;
  count: number;
  entrySize: number;
}

/** The GPT header of sector 1 (UEFI 2.10, section 5.3.2). */
export function readGptHeader(sector: Uint8Array): GptHeader {
  const reader = new FormatReader(sector, 'GPT');
  if (!reader.has(0, 'EFI PART')) throw new FormatError('GPT', 0, 'no signature EFI PART');
  reader.need(0, GPT_HEADER, 'the header');
  const count = reader.u32(80, 'the number of entries');
  const entrySize = reader.u32(84, 'the size of an entry');
  if (count > MAX_ENTRIES) throw new FormatError('GPT', 80, `${count} entries`);
  if (entrySize < 128 || entrySize > 4096 || entrySize % 8 !== 0) {
    throw new FormatError('GPT', 84, `entries of ${entrySize} bytes`);
  }
  return { entries: reader.u64(72, 'the start of the entries') * SECTOR, count, entrySize };
}

/** The entries of a GPT (UEFI 2.10, section 5.3.3); unused ones left out. */
export function readGptEntries(bytes: Uint8Array, { count, entrySize }: GptHeader): Partition[] {
  const reader = new FormatReader(bytes, 'GPT entries');
  const partitions: Partition[] = [];
  for (let i = 0; i < count; i++) {
    const at = i * entrySize;
    const type = guidText(reader.slice(at, 16, 'a type'));
    if (/^[0-]*$/.test(type)) continue;
    const first = reader.u64(at + 32, 'a first sector');
    const last = reader.u64(at + 40, 'a last sector');
    if (last < first) throw new FormatError('GPT entries', at + 40, 'ends before it starts');
    const name = new TextDecoder('utf-16le')
      .decode(reader.slice(at + 56, 72, 'a name'))
      .replace(/\0.*$/s, '');
    partitions.push({
      number: i + 1,
      start: first * SECTOR,
      length: (last - first + 1) * SECTOR,
      type,
      ...(name === '' ? {} : { name }),
    });
  }
  return partitions;
}

/** The partition table of an image; undefined when it has none. */
export async function readPartitions(read: ReadAt): Promise<PartitionTable | undefined> {
  const start = await read(0, 2 * SECTOR);
  const isSigned = start.length >= SECTOR && start[510] === 0x55 && start[511] === 0xaa;
  const second = new FormatReader(start.subarray(SECTOR), 'GPT');
  if (second.has(0, 'EFI PART')) {
    const header = readGptHeader(second.bytes);
    const bytes = await read(header.entries, header.count * header.entrySize);
    return { kind: 'gpt', partitions: readGptEntries(bytes, header) };
  }
  if (!isSigned) return undefined;
  // A FAT volume has the signature as well, and boot code where an MBR has its entries.
  const partitions = readMbr(start.subarray(0, SECTOR)).filter(
    ({ start: first }) => first >= SECTOR,
  );
  return partitions.length === 0 ? undefined : { kind: 'mbr', partitions };
}
