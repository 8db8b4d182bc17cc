/**
 * What the storage worker keeps in IndexedDB, and what it tells the page about it. Sizes and
 * offsets are bytes.
 */

/** Name of the database; its version goes up with the layout below. */
export const DATABASE = 'bootlink-disks';

/**
 * Chunk of a layer that is written by guests. Small, since a synced write of 4 KiB rewrites the
 * chunk it falls into; Chromium keeps values above 64 KiB in files of their own, which would cost
 * a synced write more than the rest together.
 */
export const OVERLAY_CHUNK = 1 << 14;
/** Chunk of an imported layer, which is written once and read in long runs. */
export const BASE_CHUNK = 1 << 18;
/** Disks are made of sectors of this many bytes. */
export const SECTOR = 512;

/** Entries of one record of a layer's map. */
export const MAP_PAGE = 256;

/** State of a chunk in a layer's map. A chunk that is absent reads from the layer below. */
export const enum ChunkState {
  Absent = 0,
  Zero = 1,
  Data = 2,
}

/**
 * A layer holds the chunks that differ from the layer below it, or from zeroes. Only the top
 * layer of an image is ever written; all others may be shared by images and snapshots.
 */
export interface LayerRecord {
  id: string;
  parent?: string;
  chunkSize: number;
}

/** A state of an image that was kept. */
export interface SnapshotRecord {
  id: string;
  title: string;
  layer: string;
  size: number;
  created: number;
}

export interface ImageOrigin {
  /** File name or address it came from. */
  from: string;
  format: ImageFormat;
  compression: Compression;
  /** SHA-256 of the bytes as they came, before any decoding. */
  sha256: string;
  bytes: number;
}

export type ImageFormat = 'raw' | 'qcow2';
export type Compression = 'none' | 'gzip' | 'xz' | 'zstd';

export interface ImageRecord {
  id: string;
  title: string;
  /** Size the guest sees. */
  size: number;
  top: string;
  /** What a reset goes back to; undefined for a disk that was made empty. */
  base?: string;
  baseSize: number;
  /** Guests may not write to it: a CD-ROM. */
  readOnly: boolean;
  created: number;
  /** Milliseconds since 1970 of the last commit. */
  modified: number;
  origin?: ImageOrigin;
  snapshots: SnapshotRecord[];
}

/** An image as the page lists it. */
export interface StoredImage extends Omit<ImageRecord, 'top' | 'base' | 'snapshots'> {
  snapshots: Omit<SnapshotRecord, 'layer'>[];
  /** Bytes it holds in the database; bytes shared with other images are counted for each. */
  stored: number;
  /** True when it has changed since its import, or since its last reset. */
  changed: boolean;
  /** Some tab has it open for writing. */
  busy: boolean;
}

export interface StorageUse {
  /** What the browser counts for this origin, and would allow, in bytes; undefined if unsaid. */
  used: number | undefined;
  quota: number | undefined;
  /** The browser will not drop it by itself when the disk gets full. */
  persisted: boolean;
}

/** Name of the Web Lock that whoever writes to an image holds. */
export const imageLock = (id: string): string => `bootlink-image-${id}`;
/** Name of the Web Lock that whoever fills a layer that no image has yet holds. */
export const layerLock = (id: string): string => `bootlink-layer-${id}`;
