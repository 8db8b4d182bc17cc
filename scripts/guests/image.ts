import { createHash } from 'node:crypto';
import {
  closeSync,
  existsSync,
  fstatSync,
  openSync,
  readFileSync,
  readSync,
  renameSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { GuestImage } from '../../src/machine/guest';
import type { Pieces, RecipeImage } from './piece';

/** Runs shorter than this are not worth leaving out. */
const block = 64 << 10;

/** [offset, length] of each run of blocks that hold anything but zeros. */
export type Extents = [number, number][];

/**
 * The runs of `block`-sized pieces (offset and length in bytes; the last may be short) that
 * are not all zero, of bytes that `read` gives: the `length` bytes at `offset`.
 */
export function findExtents(size: number, read: (offset: number, length: number) => Uint8Array) {
  const extents: Extents = [];
  for (let offset = 0; offset < size; offset += block) {
    const length = Math.min(block, size - offset);
    if (isZero(read(offset, length))) continue;
    const last = extents.at(-1);
    if (last !== undefined && last[0] + last[1] === offset) last[1] += length;
    else extents.push([offset, length]);
  }
  return extents;
}

const zeros = Buffer.alloc(block);

function isZero(bytes: Uint8Array): boolean {
  return zeros.compare(bytes, 0, bytes.length, 0, bytes.length) === 0;
}

/** Reads the runs of a file that are not zero, one after the other. */
function readSparse(path: string): { size: number; extents: Extents; bytes: Buffer } {
  const file = openSync(path, 'r');
  try {
    const { size } = fstatSync(file);
    const buffer = Buffer.alloc(block);
    const parts: Buffer[] = [];
    const extents = findExtents(size, (offset, length) => {
      readSync(file, buffer, 0, length, offset);
      const part = buffer.subarray(0, length);
      if (!isZero(part)) parts.push(Buffer.from(part));
      return part;
    });
    return { size, extents, bytes: Buffer.concat(parts) };
  } finally {
    closeSync(file);
  }
}

/**
 * Turns a file of a piece into a file under `folder`/files, named by its content, and its
 * entry of the catalogue. What does not get smaller by gzip travels as it is.
 */
export function publishImage(image: RecipeImage, pieces: Pieces, folder: string): GuestImage {
  const path = pieces.file(image.piece, image.file);
  const { size, extents, bytes } = readSparse(path);
  const full = Math.max(size, image.paddedTo ?? 0);
  const whole = extents.length === 1 && extents[0]?.[0] === 0 && extents[0][1] === full;
  // A kernel or firmware travels whole unless it was made to be padded; a disk by its runs.
  const sparse = !whole && (image.use === 'disk' || image.paddedTo !== undefined);
  const decoded = sparse ? bytes : readFileSync(path);
  const sha256 = createHash('sha256').update(decoded).digest('hex');
  const written = (name: string, content: () => Buffer) => {
    const to = join(folder, 'files', name);
    if (!existsSync(to)) {
      writeFileSync(`${to}.new`, content());
      renameSync(`${to}.new`, to);
    }
    return statSync(to).size;
  };
  const gzip = `${sha256}.gz`;
  const packed = written(gzip, () => gzipSync(decoded, { level: 9 }));
  const smaller = packed < decoded.length * 0.97;
  return {
    name: image.name,
    use: image.use,
    url: `files/${smaller ? gzip : sha256}`,
    sha256,
    size: full,
    wireBytes: smaller ? packed : written(sha256, () => decoded),
    encoding: smaller ? 'gzip' : 'identity',
    ...(sparse ? { extents } : {}),
    readOnly: image.readOnly ?? image.use === 'file',
  };
}
