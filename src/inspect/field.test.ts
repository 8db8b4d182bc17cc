import { describe, expect, it } from 'vitest';
import { bits, bitsText, decodeFields, flag, hex, range } from './field';

describe('decodeFields', () => {
  const specs = [flag(3, 'A', 'no', 'yes'), range(1, 0, 'B', ['zero', 'one'])];

  it('gives fields from the highest bit down, in words', () => {
    const fields = decodeFields(0b1001n, specs, 'S');
    expect(fields.map((f) => `${f.name} ${f.meaning}`)).toEqual(['A yes', 'B one']);
  });

  it('says so when a value is reserved', () => {
    expect(decodeFields(3n, specs, 'S')[1]?.meaning).toBe('reserved value 0x3');
  });

  it('shows set bits that no field claims, each run as one field', () => {
    const fields = decodeFields(0xf0_0000_0004n, specs, 'S');
    expect(fields.filter((f) => f.name === 'RES0').map((f) => [f.bits, f.value])).toEqual([
      [[63, 4], 0xf_0000_0000n * 1n],
      [[2, 2], 1n],
    ]);
  });

  it('reads bit ranges and writes numbers as the Arm ARM does', () => {
    expect(bits(0xabcdn, 11, 4)).toBe(0xbcn);
    expect(hex(0x80n, 4)).toBe('0x0080');
    expect(bitsText([5, 0])).toBe('[5:0]');
    expect(bitsText([7, 7])).toBe('[7]');
  });
});
