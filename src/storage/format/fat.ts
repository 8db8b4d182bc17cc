import { FormatError, FormatReader, type ReadAt } from './bytes.js';

/** A FAT volume's geometry: Microsoft's FAT specification 1.03, sections "Boot Sector and BPB". */
export interface FatVolume {
  bits: 12 | 16 | 32;
  label: string;
  bytesPerSector: number;
  clusterBytes: number;
  /** Byte offsets from the start of the volume. */
  fat: number;
  root: number;
  data: number;
  /** Entries of the fixed root directory of FAT12 and FAT16. */
  rootEntries: number;
  /** First cluster of FAT32's root directory. */
  rootCluster: number;
  clusters: number;
}

export interface FatEntry {
  name: string;
  directory: boolean;
  cluster: number;
  size: number;
}

/** Reads the boot sector; an error when it is not one of FAT. */
export function readFatVolume(sector: Uint8Array): FatVolume {
  const reader = new FormatReader(sector, 'FAT');
  if (reader.u16(510, 'the signature') !== 0xaa55) {
    throw new FormatError('FAT', 510, 'no signature 55 aa');
  }
  const bytesPerSector = reader.u16(11, 'bytes per sector');
  const perCluster = reader.u8(13, 'sectors per cluster');
  const reserved = reader.u16(14, 'reserved sectors');
  const fats = reader.u8(16, 'the number of FATs');
  const rootEntries = reader.u16(17, 'root entries');
  const sectors = reader.u16(19, 'sectors') || reader.u32(32, 'sectors');
  const perFat = reader.u16(22, 'sectors per FAT') || reader.u32(36, 'sectors per FAT');
  if (![512, 1024, 2048, 4096].includes(bytesPerSector)) {
    throw new FormatError('FAT', 11, `${bytesPerSector} bytes per sector`);
  }
  if (perCluster === 0 || (perCluster & (perCluster - 1)) !== 0) {
    throw new FormatError('FAT', 13, `${perCluster} sectors per cluster`);
  }
  if (reserved === 0) throw new FormatError('FAT', 14, 'no reserved sectors');
  if (fats === 0 || fats > 2) throw new FormatError('FAT', 16, `${fats} FATs`);
  if (perFat === 0) throw new FormatError('FAT', 22, 'an empty FAT');
  const rootSectors = Math.ceil((rootEntries * 32) / bytesPerSector);
  const firstData = reserved + fats * perFat + rootSectors;
  if (sectors < firstData) throw new FormatError('FAT', 19, `only ${sectors} sectors`);
  const clusters = Math.floor((sectors - firstData) / perCluster);
  // The number of clusters alone says which FAT it is.
  const bits = clusters < 4085 ? 12 : clusters < 65525 ? 16 : 32;
  const label = reader.text(bits === 32 ? 71 : 43, 11, 'the label');
  return {
    bits,
    label: label === 'NO NAME' ? '' : label,
    bytesPerSector,
    clusterBytes: perCluster * bytesPerSector,
    fat: reserved * bytesPerSector,
    root: (reserved + fats * perFat) * bytesPerSector,
    data: firstData * bytesPerSector,
    rootEntries,
    rootCluster: bits === 32 ? reader.u32(44, 'the root directory') : 0,
    clusters,
  };
}

/** Entries of a directory's bytes, long names put together (specification, "Long File Names"). */
export function readFatDirectory(bytes: Uint8Array): FatEntry[] {
  const reader = new FormatReader(bytes, 'FAT directory');
  const entries: FatEntry[] = [];
  let long = '';
  for (let at = 0; at + 32 <= bytes.length; at += 32) {
    const first = reader.u8(at, 'a name');
    if (first === 0) break;
    const attributes = reader.u8(at + 11, 'attributes');
    if (first === 0xe5) {
      long = '';
    } else if (attributes === 0x0f) {
      const parts = [
        [1, 10],
        [14, 12],
        [28, 4],
      ] as const;
      const piece = parts
        .map(([from, length]) =>
          new TextDecoder('utf-16le').decode(reader.slice(at + from, length, 'a long name')),
        )
        .join('');
      long = piece.replace(/\0.*$/s, '') + long;
    } else {
      if ((attributes & 0x08) === 0) {
        const stem = reader.text(at, 8, 'a name');
        const extension = reader.text(at + 8, 3, 'a name');
        entries.push({
          name: long || (extension === '' ? stem : `${stem}.${extension}`),
          directory: (attributes & 0x10) !== 0,
          cluster: (reader.u16(at + 20, 'a cluster') << 16) | reader.u16(at + 26, 'a cluster'),
          size: reader.u32(at + 28, 'a size'),
        });
      }
      long = '';
    }
  }
  return entries;
}

/** The label in the root directory's bytes, which newer tools write instead of the boot sector's. */
export function readFatRootLabel(bytes: Uint8Array): string | undefined {
  const reader = new FormatReader(bytes, 'FAT directory');
  for (let at = 0; at + 32 <= bytes.length && reader.u8(at, 'a name') !== 0; at += 32) {
    if (reader.u8(at, 'a name') === 0xe5) continue;
    if ((reader.u8(at + 11, 'attributes') & 0x3f) === 0x08) return reader.text(at, 11, 'a label');
  }
  return undefined;
}

/** Most bytes of a directory that are looked at. */
const DIRECTORY_LIMIT = 1 << 20;

/** Reads a volume's directories through `read`, whose offset 0 is the volume's first byte. */
export class FatReader {
  private constructor(
    readonly volume: FatVolume,
    private readonly read: ReadAt,
  ) {}

  static async open(read: ReadAt): Promise<FatReader> {
    return new FatReader(readFatVolume(await read(0, 512)), read);
  }

  /** The cluster after this one; undefined at the end of its chain. */
  private async next(cluster: number): Promise<number | undefined> {
    const { bits, fat, clusters } = this.volume;
    const at = bits === 12 ? cluster + (cluster >> 1) : cluster * (bits / 8);
    const reader = new FormatReader(await this.read(fat + at, 4), 'FAT');
    let next: number;
    if (bits === 32) next = reader.u32(0, 'an entry') & 0x0fffffff;
    else if (bits === 16) next = reader.u16(0, 'an entry');
    else next = (reader.u16(0, 'an entry') >> ((cluster & 1) * 4)) & 0xfff;
    return next >= 2 && next < clusters + 2 ? next : undefined;
  }

  /** Bytes of a chain, `limit` at most: a chain in a circle must end. */
  async chain(first: number, limit: number): Promise<Uint8Array> {
    const { clusterBytes, data, clusters } = this.volume;
    const parts: Uint8Array[] = [];
    let length = 0;
    for (let at: number | undefined = first; at !== undefined && length < limit;) {
      if (at < 2 || at >= clusters + 2) break;
      const part = await this.read(data + (at - 2) * clusterBytes, clusterBytes);
      parts.push(part);
      length += part.length;
      if (part.length === 0) break;
      at = await this.next(at);
    }
    const all = new Uint8Array(length);
    let to = 0;
    for (const part of parts) {
      all.set(part, to);
      to += part.length;
    }
    return all.subarray(0, Math.min(length, limit));
  }

  async rootBytes(): Promise<Uint8Array> {
    const { bits, root, rootEntries, rootCluster } = this.volume;
    return bits === 32
      ? this.chain(rootCluster, DIRECTORY_LIMIT)
      : this.read(root, rootEntries * 32);
  }

  /** The entry at a path, letter case aside; undefined when it is not there. */
  async find(path: string): Promise<FatEntry | undefined> {
    let bytes = await this.rootBytes();
    let found: FatEntry | undefined;
    for (const part of path.split('/').filter((each) => each !== '')) {
      if (found !== undefined) {
        if (!found.directory) return undefined;
        bytes = await this.chain(found.cluster, DIRECTORY_LIMIT);
      }
      found = readFatDirectory(bytes).find(({ name }) => name.toLowerCase() === part.toLowerCase());
      if (found === undefined) return undefined;
    }
    return found;
  }

  async label(): Promise<string> {
    return readFatRootLabel(await this.rootBytes()) ?? this.volume.label;
  }
}
