import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DisplayReader, type Picture } from './display.js';

const BLOCK = 64;
const PIXELS = 4096;
const XRGB = 0x20020888;

/** A memory with a display's block in it, as QEMU writes it. */
function machine(
  mode: Partial<Record<'width' | 'height' | 'stride' | 'format' | 'data' | 'flags', number>>,
) {
  const memory = new SharedArrayBuffer(1 << 16);
  const words = new Uint32Array(memory, BLOCK, 10);
  const { width = 3, height = 2, stride = 16, format = XRGB, data = PIXELS, flags = 0 } = mode;
  words.set([1, 2, width, height, stride, format, data, flags, 1, 0]);
  const reader = new DisplayReader(memory, BLOCK);
  return { memory, words, reader, bytes: new Uint8Array(memory) };
}

function pictureOf(read: Picture | undefined | string): Picture {
  if (typeof read !== 'object') throw new Error(`No picture: ${String(read)}`);
  return read;
}

const pixel = ({ pixels, width }: Picture, x: number, y: number): number[] => [
  ...pixels.subarray((y * width + x) * 4, (y * width + x) * 4 + 4),
];

describe('the picture of a machine', () => {
  it('comes as RGBA, without what lies between its rows', () => {
    const { reader, bytes } = machine({});
    bytes.set([1, 2, 3, 99], PIXELS);
    bytes.set([4, 5, 6, 0], PIXELS + 16 + 8);
    const picture = pictureOf(reader.read());
    expect(picture).toMatchObject({ width: 3, height: 2, top: 0, rows: 2, placeholder: false });
    expect(pixel(picture, 0, 0)).toEqual([3, 2, 1, 255]);
    expect(pixel(picture, 2, 1)).toEqual([6, 5, 4, 255]);
  });

  it.each([
    ['x8r8g8b8', XRGB, [0x11, 0x22, 0x33, 0]],
    ['a8r8g8b8', 0x20028888, [0x11, 0x22, 0x33, 0]],
    ['x8b8g8r8', 0x20030888, [0x33, 0x22, 0x11, 0]],
    ['b8g8r8x8', 0x20080888, [0, 0x33, 0x22, 0x11]],
    ['r8g8b8x8', 0x20090888, [0, 0x11, 0x22, 0x33]],
    ['r8g8b8', 0x18020888, [0x11, 0x22, 0x33]],
    ['b8g8r8', 0x18030888, [0x33, 0x22, 0x11]],
  ])('is understood in %s', (_, format, bytes) => {
    const display = machine({ width: 1, height: 1, format });
    display.bytes.set(bytes, PIXELS);
    expect(pixel(pictureOf(display.reader.read()), 0, 0)).toEqual([0x33, 0x22, 0x11, 255]);
  });

  it('is understood in r5g6b5, whose brightest is white', () => {
    const display = machine({ width: 2, height: 1, format: 0x10020565 });
    display.bytes.set([0xff, 0xff, 0x00, 0xf8], PIXELS);
    const picture = pictureOf(display.reader.read());
    expect(pixel(picture, 0, 0)).toEqual([255, 255, 255, 255]);
    expect(pixel(picture, 1, 0)).toEqual([255, 0, 0, 255]);
  });

  it('names a format that nobody knows', () => {
    expect(machine({ format: 0x10021555 }).reader.read()).toBe('pixman format 0x10021555');
  });

  it('comes again only as far as it changed, and whole when it was forgotten', () => {
    const { reader, bytes, words } = machine({ height: 8 });
    reader.read();
    expect(reader.read()).toBeUndefined();
    words[8] = 2;
    expect(reader.read()).toBeUndefined();
    bytes[PIXELS + 3 * 16] = 1;
    bytes[PIXELS + 5 * 16] = 1;
    words[8] = 3;
    expect(reader.read()).toMatchObject({ top: 3, rows: 3 });
    reader.forget();
    expect(reader.read()).toMatchObject({ top: 0, rows: 8 });
  });

  it('follows a change of its size', () => {
    const { reader, words } = machine({});
    reader.read();
    words.set([4, 5, 4, 20], 1);
    expect(reader.read()).toMatchObject({ width: 5, height: 4, top: 0, rows: 4 });
  });

  it('is not read while QEMU changes where it lies', () => {
    const { reader, words } = machine({});
    words[1] = 3;
    expect(reader.read()).toBeUndefined();
  });

  it('has nothing to draw as long as the guest has not', () => {
    expect(machine({ flags: 1 }).reader.read()).toMatchObject({ placeholder: true, rows: 0 });
  });

  it('never reads past the memory, whatever the block says', () => {
    const word = fc.oneof(
      fc.integer({ min: 0, max: 0xffff_ffff }),
      fc.integer({ min: 0, max: 70 }),
    );
    fc.assert(
      fc.property(fc.record({ width: word, height: word, stride: word, data: word }), (mode) => {
        const read = machine(mode).reader.read();
        if (typeof read === 'object') {
          expect(read.pixels).toHaveLength(read.width * read.height * 4);
          expect(read.rows).toBeLessThanOrEqual(read.height);
        }
      }),
    );
  });
});
