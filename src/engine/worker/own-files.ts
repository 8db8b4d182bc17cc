import type { GuestImage } from '../../machine/guest.js';
import { FailureError } from '../common/failure.js';

type Bytes = Uint8Array<ArrayBuffer>;

/** The unit in which zeroes are left out: that of Bootlink's block driver. */
const CHUNK = 1 << 20;

function isZero(bytes: Bytes): boolean {
  const words = new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.length >>> 2);
  return (
    words.every((word) => word === 0) && bytes.subarray(words.length * 4).every((b) => b === 0)
  );
}

/**
 * Reads a visitor's file as an image of `size` bytes, zeroes behind its end; of a disk only the
 * chunks that hold data are kept, so that a flash image of 256 MiB costs what is in it.
 *
 * @throws FailureError naming the file when it cannot be read
 */
export async function readOwnFile(
  image: GuestImage,
  file: File,
  size: number,
): Promise<{ image: GuestImage; bytes: Bytes }> {
  const own: GuestImage = { ...image, size, wireBytes: file.size, encoding: 'identity' };
  delete own.extents;
  try {
    if (image.use === 'file') {
      return { image: own, bytes: new Uint8Array(await file.arrayBuffer()) };
    }
    const parts: Bytes[] = [];
    const extents: [number, number][] = [];
    for (let offset = 0; offset < file.size; offset += CHUNK) {
      const part = new Uint8Array(await file.slice(offset, offset + CHUNK).arrayBuffer());
      if (isZero(part)) continue;
      parts.push(part);
      extents.push([offset, part.length]);
    }
    const bytes = new Uint8Array(await new Blob(parts).arrayBuffer());
    return { image: { ...own, extents }, bytes };
  } catch (error) {
    throw new FailureError({
      what: `Your file for ${image.name} could not be read.`,
      input: file.name,
      remedy: 'It may have changed or gone since you chose it: choose it again.',
      detail: String(error),
    });
  }
}
