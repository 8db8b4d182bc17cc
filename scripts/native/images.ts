import { closeSync, ftruncateSync, openSync, readFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { GuestImage } from '../../src/machine/guest';

/**
 * Decodes an image of the catalogue as the page does, into the file `to` of its full size.
 *
 * @param guests the folder of index.json, which the image's URL is relative to
 */
export function restoreImage(image: GuestImage, guests: string, to: string): void {
  const wire = readFileSync(join(guests, image.url));
  const decoded = image.encoding === 'gzip' ? gunzipSync(wire) : wire;
  const file = openSync(to, 'w');
  try {
    let taken = 0;
    for (const [offset, length] of image.extents ?? [[0, decoded.length]]) {
      writeSync(file, decoded, taken, length, offset);
      taken += length;
    }
    ftruncateSync(file, image.size);
  } finally {
    closeSync(file);
  }
}
