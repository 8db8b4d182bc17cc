import { describe, expect, it } from 'vitest';
import { architecturalName, groupOf, placeOfRegisters, vectorEntries } from './register-groups';
import { DECODED_REGISTERS } from './registers';
import { placeName } from './security';

const reader =
  (values: Record<string, bigint>) =>
  (name: string): bigint | undefined =>
    values[name];
const placed = (values: Record<string, bigint>): string | undefined => {
  const place = placeOfRegisters(reader(values));
  return place === undefined ? undefined : placeName(place);
};

describe('names of the gdbstub', () => {
  it('become those of the Arm ARM', () => {
    expect(architecturalName('cpsr')).toBe('PSTATE');
    expect(architecturalName('VBAR')).toBe('VBAR_EL1');
    expect(architecturalName('ID_MMFR0')).toBe('ID_MMFR0_EL1');
    expect(architecturalName('VBAR_EL2')).toBe('VBAR_EL2');
    expect(['v0', 'z31', 'p15', 'ffr', 'fpcr', 'x0', 'pc'].map(architecturalName)).toEqual([
      'V0',
      'Z31',
      'P15',
      'FFR',
      'FPCR',
      'x0',
      'pc',
    ]);
  });

  it('stand in a group each, the decoded ones never among the others', () => {
    const strays = DECODED_REGISTERS.filter(
      (name) => name !== 'CPSR' && groupOf(name) === 'Others',
    );
    expect(strays).toEqual([]);
    expect(groupOf('x17')).toBe('General');
    expect(groupOf('GPTBR_EL3')).toBe('Granule protection');
    expect(groupOf('SCTLR_EL12')).toBe('Others');
    expect(groupOf('HFGRTR_EL2')).toBe('Control');
    expect(groupOf('OSLSR_EL1')).toBe('Debug and performance');
  });
});

describe('the place', () => {
  it('is that of PSTATE and SCR_EL3', () => {
    const NS = 1n;
    const NSE = 1n << 62n;
    expect(placed({})).toBeUndefined();
    expect(placed({ PSTATE: 0x3cdn, SCR_EL3: NS })).toBe('EL3');
    expect(placed({ PSTATE: 0x3c9n, SCR_EL3: NS })).toBe('NS-EL2');
    expect(placed({ PSTATE: 0x3c5n, SCR_EL3: 0n })).toBe('S-EL1');
    expect(placed({ PSTATE: 0x3c9n, SCR_EL3: NS | NSE, GPCCR_EL3: 0n })).toBe('R-EL2');
    expect(placed({ PSTATE: 0n })).toBe('NS-EL0');
    expect(placed({ PSTATE: 0x1d3n })).toBe('NS-EL1 (AArch32)');
    expect(placeOfRegisters(reader({ PSTATE: 0xdn, GPCCR_EL3: 0n }))?.state).toBe('Root');
    expect(placeOfRegisters(reader({ PSTATE: 0xdn, SCR_EL3: 0n }))?.state).toBe('Secure');
  });
});

describe('vector entries', () => {
  it('are sixteen for each table that is set up', () => {
    const entries = vectorEntries(reader({ VBAR_EL1: 0n, VBAR_EL2: 0x8000n, VBAR_EL3: 0x4000n }));
    expect(entries).toHaveLength(32);
    expect(entries[4]).toEqual({ el: 2, address: 0x8200n });
    expect(entries.at(-1)).toEqual({ el: 3, address: 0x4780n });
  });
});
