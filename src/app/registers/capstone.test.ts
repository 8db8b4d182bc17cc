import { beforeAll, describe, expect, it } from 'vitest';
import { openCapstone, type Disassemble } from './capstone';

describe('the disassembler', () => {
  let disassemble: Disassemble;
  beforeAll(async () => {
    disassemble = await openCapstone();
  });

  /** Words as memory has them: little-endian (Arm ARM B2.9.1). */
  const texts = (words: number[], address = 0n): string[] =>
    disassemble(new Uint8Array(Uint32Array.from(words).buffer), address).map(({ text }) => text);

  it('names instructions and the targets of branches', () => {
    // NOP; B .+8; MRS x0, CurrentEL; ERET (Arm ARM C6.2).
    expect(texts([0xd503201f, 0x14000002, 0xd5384240, 0xd69f03e0], 0x4000_0000n)).toEqual([
      'nop',
      'b #0x4000000c',
      'mrs x0, currentel',
      'eret',
    ]);
  });

  it('shows a word that is no instruction, and goes on behind it', () => {
    expect(texts([0xffff_ffff, 0xd503201f])).toEqual(['.inst 0xffffffff', 'nop']);
  });

  it('keeps addresses above the half of 64 bits', () => {
    expect(texts([0x17ffffff], 0xffff_8000_0000_0004n)).toEqual(['b #0xffff800000000000']);
  });
});
