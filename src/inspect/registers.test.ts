import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DECODED_REGISTERS, decodeRegister } from './registers';
import { anyU64, complaint } from './testing';

describe('every register decoder', () => {
  it.each(DECODED_REGISTERS)('%s accounts for every bit of every value', (name) => {
    fc.assert(
      fc.property(anyU64, fc.boolean(), (value, e2h) => {
        const decoded = decodeRegister(name, value, { e2h });
        expect(decoded).toBeDefined();
        if (decoded !== undefined) expect(complaint(decoded, value)).toBe('');
      }),
      { numRuns: 150 },
    );
  });

  it('takes names in any case and refuses others', () => {
    expect(decodeRegister('scr_el3', 1n)?.register).toBe('SCR_EL3');
    expect(decodeRegister('TTBR0_EL1', 0n)).toBeUndefined();
  });

  it('takes values that a debugger gave as negative numbers', () => {
    expect(decodeRegister('SPSR_EL1', -1n)?.fields.length).toBeGreaterThan(0);
  });
});
