import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sampleImage } from '../common/sample-guest.test-data.js';
import { chunkPieces, expandImage } from './placing.js';

const MIB = 1 << 20;

/** Extents that follow one another without overlap. */
const extents = fc
  .array(fc.tuple(fc.integer({ min: 0, max: 2 * MIB }), fc.integer({ min: 1, max: 3 * MIB })), {
    maxLength: 6,
  })
  .map((gaps) => {
    let at = 0;
    return gaps.map(([gap, length]): [number, number] => {
      const offset = at + gap;
      at = offset + length;
      return [offset, length];
    });
  });

describe('chunkPieces', () => {
  it('covers each extent once, in order, and never crosses a chunk', () => {
    fc.assert(
      fc.property(extents, (list) => {
        const size = list.reduce((end, [offset, length]) => Math.max(end, offset + length), 0);
        const pieces = [...chunkPieces(sampleImage({ size, extents: list }))];
        let from = 0;
        for (const piece of pieces) {
          expect(piece.from).toBe(from);
          from += piece.length;
          expect(Math.floor(piece.offset / MIB)).toBe(
            Math.floor((piece.offset + piece.length - 1) / MIB),
          );
        }
        expect(from).toBe(list.reduce((sum, [, length]) => sum + length, 0));
      }),
    );
  });

  it('takes a whole image that has no extents', () => {
    const pieces = [...chunkPieces(sampleImage({ size: MIB + 1 }))];
    expect(pieces).toEqual([
      { offset: 0, from: 0, length: MIB },
      { offset: MIB, from: MIB, length: 1 },
    ]);
  });
});

describe('expandImage', () => {
  it('puts extents at their places and zeroes between them', () => {
    const image = sampleImage({
      size: 8,
      extents: [
        [1, 2],
        [6, 1],
      ],
    });
    expect([...expandImage(image, new Uint8Array([1, 2, 3]))]).toEqual([0, 1, 2, 0, 0, 0, 3, 0]);
  });
});
