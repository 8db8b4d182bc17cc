import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { GuestImage } from '../../machine/guest.js';
import { readOwnFile } from './own-files.js';
import { expandImage } from './placing.js';

const MIB = 1 << 20;
const image: GuestImage = {
  ...{ name: 'disk', use: 'disk', url: 'x', sha256: '0'.repeat(64), size: 8 * MIB },
  ...{ wireBytes: 1, encoding: 'gzip', readOnly: false, extents: [[0, 1]] },
};

describe("reading a visitor's own file", () => {
  it('gives back what the file holds, with zeroes behind its end', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.nat(4 * MIB - 1), fc.integer({ min: 1, max: 255 })), { maxLength: 5 }),
        fc.integer({ min: 1, max: 4 * MIB }),
        async (writes, length) => {
          const content = new Uint8Array(length);
          for (const [at, value] of writes) if (at < length) content[at] = value;
          const read = await readOwnFile(image, new File([content], 'mine'), 8 * MIB);
          const whole = expandImage(read.image, read.bytes);
          expect(whole.length).toBe(8 * MIB);
          expect(Buffer.compare(whole.subarray(0, length), content)).toBe(0);
          expect(whole.subarray(length).every((byte) => byte === 0)).toBe(true);
        },
      ),
      { numRuns: 20 },
    );
  });

  it('keeps only the chunks that are not zero', async () => {
    const content = new Uint8Array(4 * MIB);
    content[2 * MIB + 5] = 1;
    const { image: own, bytes } = await readOwnFile(image, new File([content], 'mine'), 8 * MIB);
    expect(own.extents).toEqual([[2 * MIB, MIB]]);
    expect(bytes.length).toBe(MIB);
  });
});
