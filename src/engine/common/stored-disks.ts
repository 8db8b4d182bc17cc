import type { GuestImage } from '../../machine/guest.js';

/** An image of the visitor's library in place of an image of the machine. */
export interface StoredDisk {
  /** Of the image in the library. */
  id: string;
  title: string;
  /** Bytes, as the library said when it was chosen. */
  size: number;
  /** `read`: nothing is written, and another machine may have it open. */
  access: 'write' | 'read';
}

/** By the name of the machine's image. */
export type StoredDisks = Readonly<Record<string, StoredDisk>>;

/** The place in a machine for an image of the library; its bytes never travel. */
export function storedImage(name: string, disk: StoredDisk): GuestImage {
  return {
    name,
    use: 'disk',
    url: '',
    sha256: '0'.repeat(64),
    size: disk.size,
    wireBytes: 0,
    encoding: 'identity',
    extents: [],
    readOnly: disk.access === 'read',
  };
}
