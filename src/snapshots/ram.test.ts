import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  captureRam,
  DIFFERENCE,
  mismatch,
  PAGE,
  parseRamBlocks,
  readBase,
  restoreRam,
  ZERO_PAGE,
  type RamBlock,
} from './ram.js';

const blocks: RamBlock[] = [
  { name: 'ram', address: PAGE, size: 6 * PAGE },
  { name: 'flash', address: 8 * PAGE, size: 2 * PAGE },
];
const BYTES = 11 * PAGE;

/** Memory whose pages hold one byte each, by page. */
function memoryOf(pages: readonly number[]): Uint8Array {
  const memory = new Uint8Array(new SharedArrayBuffer(BYTES));
  pages.forEach((byte, page) => memory.fill(byte, page * PAGE, (page + 1) * PAGE));
  return memory;
}

/** What the blocks hold. */
const ramOf = (memory: Uint8Array): number[][] =>
  blocks.map(({ address, size }) => [...memory.slice(address, address + size)]);

describe('parseRamBlocks', () => {
  it('reads what QEMU prints, names with spaces and slashes included', () => {
    const answer = [
      '              Block Name    PSize              Offset               Used              Total                HVA  RO',
      '           mach-virt.ram   64 KiB  0x0000000000000000 0x0000000008000000 0x0000000008000000 0x0000000005380000  rw',
      '    /rom@etc/acpi/tables   64 KiB  0x0000000010000000 0x0000000000020000 0x0000000000200000 0x0000000016090000  ro',
      '   0000:00:01.0/vga.rom x    4 KiB  0x0000000010000000 0x0000000000001000 0x0000000000001000 0x00000000a6090000  ro',
    ].join('\r\n');
    expect(parseRamBlocks(answer)).toEqual([
      { name: 'mach-virt.ram', address: 0x5380000, size: 0x8000000 },
      { name: '/rom@etc/acpi/tables', address: 0x16090000, size: 0x20000 },
      { name: '0000:00:01.0/vga.rom x', address: 0xa6090000, size: 0x1000 },
    ]);
  });

  it('finds none in anything else', () => {
    expect(parseRamBlocks('unknown command')).toEqual([]);
  });
});

describe('captureRam', () => {
  it('keeps each content once, and no zeroes', () => {
    const image = captureRam(memoryOf([9, 1, 0, 2, 1, 0, 2, 9, 2, 0]).buffer, blocks);
    expect(image.blocks.map(({ pages }) => [...pages])).toEqual([[0, 2, 3, 5], [0]]);
    expect(image.blocks.map(({ sources }) => [...sources])).toEqual([[0, 1, 0, 1], [1]]);
    expect(image.content).toHaveLength(2 * PAGE);
  });

  it('over a reset leaves out what is as before, and keeps the difference of what is not', () => {
    const reset = readBase(memoryOf([0, 1, 2, 3, 0, 0, 0, 0, 5, 0]).buffer, blocks);
    const image = captureRam(memoryOf([0, 1, 0, 7, 8, 0, 0, 0, 5, 0]).buffer, blocks, reset);
    expect([...(image.blocks[0]?.pages ?? [])]).toEqual([1, 2, 3]);
    expect([...(image.blocks[0]?.sources ?? [])]).toEqual([ZERO_PAGE, DIFFERENCE, 1]);
    expect(image.content[0]).toBe(3 ^ 7);
    expect(image.blocks[1]?.pages).toHaveLength(0);
  });
});

const pages = fc.array(fc.nat(3), { minLength: 10, maxLength: 10 });

describe('restoreRam', () => {
  it('gives back what was there, over anything', () => {
    fc.assert(
      fc.property(pages, pages, (was, other) => {
        const image = captureRam(memoryOf(was).buffer, blocks);
        const memory = memoryOf(other);
        restoreRam(memory.buffer, blocks, image, false);
        expect(ramOf(memory)).toEqual(ramOf(memoryOf(was)));
      }),
      { numRuns: 30 },
    );
  });

  it('gives back what was there, over the same reset', () => {
    fc.assert(
      fc.property(pages, pages, (was, reset) => {
        const base = readBase(memoryOf(reset).buffer, blocks);
        const image = captureRam(memoryOf(was).buffer, blocks, base);
        const memory = memoryOf(reset);
        restoreRam(memory.buffer, blocks, image, true);
        expect(ramOf(memory)).toEqual(ramOf(memoryOf(was)));
      }),
      { numRuns: 30 },
    );
  });

  it('refuses other memory by name', () => {
    const image = captureRam(memoryOf([]).buffer, blocks);
    const [ram, flash] = blocks as [RamBlock, RamBlock];
    expect(mismatch(image, blocks)).toBeUndefined();
    expect(mismatch(image, [ram])).toBe('the machine has no memory “flash”');
    expect(mismatch({ ...image, blocks: image.blocks.slice(0, 1) }, blocks)).toContain('“flash”');
    expect(mismatch(image, [{ ...ram, size: PAGE }, flash])).toContain('“ram”');
    expect(() => restoreRam(new ArrayBuffer(BYTES), [ram], image, false)).toThrow('flash');
  });
});
