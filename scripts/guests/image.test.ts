import fc from 'fast-check';
import { expect, it } from 'vitest';
import { findExtents } from './image';

const block = 64 << 10;

it('finds every run that is not zero, and nothing past the end', () => {
  const runs = fc.array(fc.tuple(fc.nat(6 * block), fc.integer({ min: 1, max: 255 })), {
    maxLength: 5,
  });
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 6 * block }), runs, (size, values) => {
      const bytes = new Uint8Array(size);
      for (const [at, value] of values) if (at < size) bytes[at] = value;
      const extents = findExtents(size, (offset, length) =>
        bytes.subarray(offset, offset + length),
      );
      const restored = new Uint8Array(size);
      let end = -1;
      for (const [offset, length] of extents) {
        expect(offset).toBeGreaterThan(end);
        end = offset + length;
        expect(end).toBeLessThanOrEqual(size);
        restored.set(bytes.subarray(offset, end), offset);
      }
      expect(Buffer.compare(restored, bytes)).toBe(0);
    }),
  );
});

it('leaves out what is zero', () => {
  const bytes = new Uint8Array(5 * block);
  bytes[block] = 1;
  bytes[2 * block + 1] = 1;
  bytes[5 * block - 1] = 1;
  const read = (offset: number, length: number) => bytes.subarray(offset, offset + length);
  expect(findExtents(bytes.length, read)).toEqual([
    [block, 2 * block],
    [4 * block, block],
  ]);
});
