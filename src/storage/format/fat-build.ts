/**
 * A FAT disk made of files: an MBR with one partition, FAT16 or FAT32, long names. Microsoft's
 * FAT specification 1.03. The disk is laid out first and then written from its start to its end.
 */
export interface FatFile {
  /** With slashes between folders, none at its start; one at its end makes it an empty folder. */
  path: string;
  size: number;
}

export interface FatPlan {
  /** Of the whole disk, in bytes. */
  size: number;
  /** What comes before the data area. */
  head: Uint8Array<ArrayBuffer>;
  /** What the data area holds, in order; each begins a cluster. */
  contents: ({ bytes: Uint8Array<ArrayBuffer> } | { file: number; size: number })[];
  clusterBytes: number;
}

/** A set of files that a FAT volume cannot hold. */
export class FatError extends Error {
  override readonly name = 'FatError';
  constructor(
    message: string,
    readonly path: string,
  ) {
    super(message);
  }
}

const SECTOR = 512;
/** Where the partition begins: 1 MiB, as partitioning tools have it. */
const PARTITION = 2048;
/** 1980-01-01, the first day there is: the same files give the same disk. */
const DATE = 0x21;

interface Node {
  name: string;
  short: Uint8Array;
  children: Map<string, Node> | undefined;
  file: number;
  size: number;
  cluster: number;
}

function folder(name: string): Node {
  return { name, short: new Uint8Array(11), children: new Map(), file: -1, size: 0, cluster: 0 };
}

// eslint-disable-next-line no-control-regex -- FAT forbids them
const FORBIDDEN = /[\x00-\x1f"*/:<>?\\|]/;

function tree(files: readonly FatFile[]): Node {
  const root = folder('');
  for (const [index, { path, size }] of files.entries()) {
    const parts = path.split('/').filter((part) => part !== '' && part !== '.');
    let at = root;
    for (const [i, part] of parts.entries()) {
      if (part === '..' || FORBIDDEN.test(part) || part.length > 255) {
        throw new FatError('FAT cannot hold this name', path);
      }
      const key = part.toLowerCase();
      const children = at.children;
      if (children === undefined) throw new FatError('this name is a file and a folder', path);
      const isFile = i === parts.length - 1 && !path.endsWith('/');
      let next = children.get(key);
      if (next === undefined) {
        next = folder(part);
        if (isFile) Object.assign(next, { children: undefined, file: index, size });
        children.set(key, next);
      } else if (isFile || next.children === undefined) {
        throw new FatError('two files have this name (FAT has no letter case)', path);
      }
      at = next;
    }
    if (size >= 2 ** 32) throw new FatError('a file in FAT is below 4 GiB', path);
  }
  return root;
}

/** Short names, unique in their folder: `NAME~1.EXT` where the long one is no short name. */
function nameShortly(children: Iterable<Node>): void {
  const taken = new Set<string>();
  const clean = (text: string, length: number): string =>
    text
      .toUpperCase()
      .replace(/[^A-Z0-9!#$%&'()@^_`{}~-]/g, '')
      .slice(0, length);
  for (const node of children) {
    const dot = node.name.lastIndexOf('.');
    const stem = dot > 0 ? node.name.slice(0, dot) : node.name;
    const extension = clean(dot > 0 ? node.name.slice(dot + 1) : '', 3);
    let short = clean(stem, 8) || '_';
    for (let n = 1; taken.has(`${short}.${extension}`); n++) {
      const tail = `~${n}`;
      short = (clean(stem, 8 - tail.length) || '_') + tail;
    }
    const isExact = (extension === '' ? short : `${short}.${extension}`) === node.name;
    if (!isExact && !/~\d+$/.test(short)) {
      for (let n = 1; ; n++) {
        const tail = `~${n}`;
        const tried = (clean(stem, 8 - tail.length) || '_') + tail;
        if (taken.has(`${tried}.${extension}`)) continue;
        short = tried;
        break;
      }
    }
    taken.add(`${short}.${extension}`);
    node.short = new TextEncoder().encode(short.padEnd(8) + extension.padEnd(3));
  }
}

function isShortName(node: Node): boolean {
  const text = new TextDecoder().decode(node.short);
  const extension = text.slice(8).trimEnd();
  return (
    (extension === ''
      ? text.slice(0, 8).trimEnd()
      : `${text.slice(0, 8).trimEnd()}.${extension}`) === node.name
  );
}

function entry(short: Uint8Array, attributes: number, cluster: number, size: number): Uint8Array {
  const bytes = new Uint8Array(32);
  const view = new DataView(bytes.buffer);
  bytes.set(short);
  bytes[11] = attributes;
  for (const at of [16, 18, 24]) view.setUint16(at, DATE, true);
  view.setUint16(20, cluster >>> 16, true);
  view.setUint16(26, cluster & 0xffff, true);
  view.setUint32(28, size, true);
  return bytes;
}

function longEntries(node: Node): Uint8Array[] {
  if (isShortName(node)) return [];
  let sum = 0;
  for (const byte of node.short) sum = (((sum & 1) << 7) + (sum >> 1) + byte) & 0xff;
  const units = Array.from({ length: node.name.length }, (_, i) => node.name.charCodeAt(i));
  const count = Math.ceil(units.length / 13);
  const entries: Uint8Array[] = [];
  for (let n = count; n >= 1; n--) {
    const bytes = new Uint8Array(32);
    const view = new DataView(bytes.buffer);
    bytes[0] = n | (n === count ? 0x40 : 0);
    bytes[11] = 0x0f;
    bytes[13] = sum;
    for (let i = 0; i < 13; i++) {
      const at = i < 5 ? 1 + 2 * i : i < 11 ? 14 + 2 * (i - 5) : 28 + 2 * (i - 11);
      const position = (n - 1) * 13 + i;
      const unit = units[position] ?? (position === units.length ? 0 : 0xffff);
      view.setUint16(at, unit, true);
    }
    entries.push(bytes);
  }
  return entries;
}

function joined(parts: readonly Uint8Array[], length: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

interface Geometry {
  bits: 16 | 32;
  perCluster: number;
  clusters: number;
  perFat: number;
  reserved: number;
  rootSectors: number;
}

function geometry(bytes: number): Geometry {
  const isLarge = bytes > 512 << 20;
  const perCluster = isLarge ? 8 : bytes > 120 << 20 ? 16 : 4;
  // FAT16 has at least 4085 clusters, FAT32 at least 65525: fewer would be read as another FAT.
  const least = isLarge ? 65_600 : 4_200;
  const clusters = Math.max(least, Math.ceil(bytes / (perCluster * SECTOR)) + 2);
  const bits = isLarge ? 32 : 16;
  return {
    bits,
    perCluster,
    clusters,
    perFat: Math.ceil(((clusters + 2) * (bits / 8)) / SECTOR),
    reserved: isLarge ? 32 : 4,
    rootSectors: isLarge ? 0 : 32,
  };
}

/**
 * Lays out a disk that holds the files and at least `extra` free bytes.
 *
 * @throws FatError naming the file that does not go in
 */
export function planFat(files: readonly FatFile[], label: string, extra: number): FatPlan {
  const root = tree(files);
  const folders: Node[] = [];
  const walk = (node: Node): void => {
    folders.push(node);
    const children = [...(node.children?.values() ?? [])];
    nameShortly(children);
    for (const child of children) if (child.children !== undefined) walk(child);
  };
  walk(root);
  const entriesOf = (node: Node): number =>
    (node === root ? 1 : 2) +
    [...(node.children?.values() ?? [])].reduce((n, child) => n + 1 + longEntries(child).length, 0);
  const content = files.reduce((sum, { size }) => sum + Math.ceil(size / 8192) * 8192, 0);
  const listed = folders.reduce(
    (sum, node) => sum + Math.ceil((entriesOf(node) * 32) / 8192) * 8192,
    0,
  );
  const shape = geometry(content + listed + extra);
  const clusterBytes = shape.perCluster * SECTOR;
  if (shape.bits === 16 && entriesOf(root) > shape.rootSectors * 16) {
    throw new FatError('too many files at the top: put them into a folder', '/');
  }

  const fat = new Uint32Array(shape.clusters + 2);
  const last = shape.bits === 16 ? 0xffff : 0x0fffffff;
  fat[0] = shape.bits === 16 ? 0xfff8 : 0x0ffffff8;
  fat[1] = last;
  let free = 2;
  const take = (bytes: number): number => {
    const count = Math.ceil(bytes / clusterBytes);
    if (count === 0) return 0;
    const first = free;
    free += count;
    for (let i = first; i < free; i++) fat[i] = i + 1 < free ? i + 1 : last;
    return first;
  };
  // Where everything lies is said before any directory is written: directories name clusters.
  const order: Node[] = [];
  for (const node of folders) {
    if (node === root && shape.bits === 16) continue;
    node.cluster = take(Math.max(1, entriesOf(node)) * 32);
    order.push(node);
  }
  for (const node of folders) {
    for (const child of node.children?.values() ?? []) {
      if (child.children !== undefined) continue;
      child.cluster = take(child.size);
      if (child.size > 0) order.push(child);
    }
  }
  const volumeLabel = new TextEncoder().encode(
    label
      .toUpperCase()
      .replace(/[^A-Z0-9 _-]/g, '')
      .slice(0, 11)
      .padEnd(11),
  );
  const parents = new Map<Node, Node>();
  for (const node of folders) {
    for (const child of node.children?.values() ?? []) parents.set(child, node);
  }
  const directory = (node: Node): Uint8Array<ArrayBuffer> => {
    const dots = (name: string): Uint8Array => new TextEncoder().encode(name.padEnd(11));
    const parent = parents.get(node);
    const parts: Uint8Array[] =
      node === root
        ? [entry(volumeLabel, 0x08, 0, 0)]
        : [
            entry(dots('.'), 0x10, node.cluster, 0),
            entry(
              dots('..'),
              0x10,
              parent === root || parent === undefined ? 0 : parent.cluster,
              0,
            ),
          ];
    for (const child of node.children?.values() ?? []) {
      const isFolder = child.children !== undefined;
      parts.push(...longEntries(child));
      parts.push(
        entry(child.short, isFolder ? 0x10 : 0x20, child.cluster, isFolder ? 0 : child.size),
      );
    }
    const used = parts.length * 32;
    return joined(parts, Math.ceil(used / clusterBytes) * clusterBytes);
  };

  const dataSectors = shape.clusters * shape.perCluster;
  const volume = shape.reserved + 2 * shape.perFat + shape.rootSectors + dataSectors;
  const before = PARTITION + shape.reserved + 2 * shape.perFat + shape.rootSectors;
  const head = new Uint8Array(before * SECTOR);
  writeMbr(head, volume, shape.bits);
  const start = PARTITION * SECTOR;
  writeBootSector(head.subarray(start, start + SECTOR), shape, volume, root.cluster, volumeLabel);
  if (shape.bits === 32) {
    writeFsInfo(head.subarray(start + SECTOR, start + 2 * SECTOR));
    head.copyWithin(start + 6 * SECTOR, start, start + 2 * SECTOR);
  }
  for (let copy = 0; copy < 2; copy++) {
    const at = start + (shape.reserved + copy * shape.perFat) * SECTOR;
    const view = new DataView(head.buffer, at);
    for (let i = 0; i < free; i++) {
      if (shape.bits === 16) view.setUint16(i * 2, fat[i] ?? 0, true);
      else view.setUint32(i * 4, fat[i] ?? 0, true);
    }
  }
  if (shape.bits === 16) {
    head.set(
      directory(root).subarray(0, shape.rootSectors * SECTOR),
      start + (shape.reserved + 2 * shape.perFat) * SECTOR,
    );
  }
  return {
    size: (PARTITION + volume) * SECTOR,
    head,
    clusterBytes,
    contents: order.map((node) =>
      node.children === undefined
        ? { file: node.file, size: node.size }
        : { bytes: directory(node) },
    ),
  };
}

function writeMbr(head: Uint8Array, sectors: number, bits: 16 | 32): void {
  const view = new DataView(head.buffer, head.byteOffset);
  head[446 + 4] = bits === 16 ? 0x0e : 0x0c;
  view.setUint32(446 + 8, PARTITION, true);
  view.setUint32(446 + 12, sectors, true);
  view.setUint16(510, 0xaa55, true);
}

function writeBootSector(
  sector: Uint8Array,
  shape: Geometry,
  sectors: number,
  rootCluster: number,
  label: Uint8Array,
): void {
  const view = new DataView(sector.buffer, sector.byteOffset);
  const text = (at: number, value: string): void => sector.set(new TextEncoder().encode(value), at);
  sector.set([0xeb, 0x58, 0x90]);
  text(3, 'BOOTLINK');
  view.setUint16(11, SECTOR, true);
  view.setUint8(13, shape.perCluster);
  view.setUint16(14, shape.reserved, true);
  view.setUint8(16, 2);
  view.setUint16(17, shape.rootSectors * 16, true);
  if (sectors < 65_536) view.setUint16(19, sectors, true);
  else view.setUint32(32, sectors, true);
  view.setUint8(21, 0xf8);
  if (shape.bits === 16) view.setUint16(22, shape.perFat, true);
  view.setUint16(24, 63, true);
  view.setUint16(26, 255, true);
  view.setUint32(28, PARTITION, true);
  const extended = shape.bits === 16 ? 36 : 64;
  if (shape.bits === 32) {
    view.setUint32(36, shape.perFat, true);
    view.setUint32(44, rootCluster, true);
    view.setUint16(48, 1, true);
    view.setUint16(50, 6, true);
  }
  view.setUint8(extended, 0x80);
  view.setUint8(extended + 2, 0x29);
  view.setUint32(extended + 3, 0xb007_1111, true);
  sector.set(label, extended + 7);
  text(extended + 18, shape.bits === 16 ? 'FAT16   ' : 'FAT32   ');
  view.setUint16(510, 0xaa55, true);
}

function writeFsInfo(sector: Uint8Array): void {
  const view = new DataView(sector.buffer, sector.byteOffset);
  view.setUint32(0, 0x41615252, true);
  view.setUint32(484, 0x61417272, true);
  // Free clusters: not known.
  view.setUint32(488, 0xffffffff, true);
  view.setUint32(492, 0xffffffff, true);
  view.setUint32(508, 0xaa550000, true);
}
