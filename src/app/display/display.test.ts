import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nextLook } from './looking.js';
import { buttonOf, enlargement, pictureAt } from './pointer.js';
import { untypable } from './type-text.js';

describe('the pointer', () => {
  const picture = { width: 800, height: 600 };

  it('reaches every corner of a picture with room beside it', () => {
    const box = { left: 100, top: 50, width: 1000, height: 600 };
    expect(pictureAt(box, picture, { x: 200, y: 50 })).toEqual({ x: 0, y: 0 });
    expect(pictureAt(box, picture, { x: 1000, y: 650 })).toEqual({ x: 0x7fff, y: 0x7fff });
    expect(pictureAt(box, picture, { x: 600, y: 350 })).toEqual({ x: 16384, y: 16384 });
    // In the room beside the picture it is at the edge.
    expect(pictureAt(box, picture, { x: 110, y: 60 }).x).toBe(0);
  });

  it('stays in QEMU’s range, wherever it is and whatever the sizes', () => {
    const size = fc.integer({ min: 0, max: 8000 });
    const side = fc.integer({ min: 1, max: 16384 });
    const place = fc.integer({ min: -10_000, max: 10_000 });
    fc.assert(
      fc.property(
        size,
        size,
        side,
        side,
        place,
        place,
        (boxWidth, boxHeight, width, height, x, y) => {
          const at = pictureAt(
            { left: 0, top: 0, width: boxWidth, height: boxHeight },
            { width, height },
            { x, y },
          );
          for (const value of [at.x, at.y]) {
            expect(Number.isInteger(value) && value >= 0 && value <= 0x7fff).toBe(true);
          }
        },
      ),
    );
  });

  it('stands on a picture that is enlarged by whole times, as far as there is room', () => {
    expect(enlargement({ width: 3000, height: 1900 }, picture)).toBe(3);
    expect(enlargement({ width: 1500, height: 1900 }, picture)).toBe(1);
    expect(enlargement({ width: 390, height: 800 }, picture)).toBeUndefined();
  });

  it('has the buttons that QEMU knows', () => {
    expect([0, 1, 2, 3, 4, 5].map(buttonOf)).toEqual([
      ...['left', 'middle', 'right', 'side', 'extra'],
      undefined,
    ]);
  });
});

describe('how often the picture is looked at', () => {
  it('is 30 times a second while it changes, and seldom while it rests', () => {
    expect(nextLook(0, 1)).toBe(33);
    expect(nextLook(60_000, 1)).toBe(120);
  });

  it('leaves three quarters of the time to the rest of the page', () => {
    expect(nextLook(0, 50)).toBe(200);
  });
});

describe('text for a US keyboard', () => {
  it('is told what has no key there, each character once', () => {
    expect(untypable('ls -l /ä/ö/ä')).toEqual(['ä', 'ö']);
  });
});
