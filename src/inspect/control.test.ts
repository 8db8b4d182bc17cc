/** SCR, HCR, SCTLR, TCR, MAIR, PAR, MFAR, SPSR, VBAR: known values in words. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeHcr } from './hcr';
import { decodeMair, memoryAttribute } from './mair';
import { faultingGranule } from './mfar';
import { decodePar, parSpace } from './par';
import { decodeScr } from './scr';
import { decodeSctlr } from './sctlr';
import { el3State, placeName, securityState, usualSoftware } from './security';
import { decodeSpsr, spsrEl } from './spsr';
import { decodeTcr } from './tcr';
import { vectorAt, vectorOffset, vectorOfOffset } from './vbar';

describe('Security states', () => {
  const nse = 1n << 62n;
  it('follow NSE and NS', () => {
    expect(securityState(0n)).toBe('Secure');
    expect(securityState(1n)).toBe('Non-secure');
    expect(securityState(nse | 1n)).toBe('Realm');
    expect(securityState(nse)).toBeUndefined();
    expect(el3State(true)).toBe('Root');
  });

  it('name places', () => {
    expect(placeName({ el: 2, state: 'Realm', aarch32: false })).toBe('R-EL2');
    expect(placeName({ el: 3, state: 'Root', aarch32: false })).toBe('EL3');
    expect(placeName({ el: 0, state: 'Non-secure', aarch32: true })).toBe('NS-EL0 (AArch32)');
    expect(usualSoftware({ el: 2, state: 'Realm', aarch32: false })).toBe('RMM');
  });

  it('are in the summary of SCR_EL3, with what goes to EL3', () => {
    expect(decodeScr(nse | 1n | 0xcn).summary).toBe('levels below EL3 are Realm, to EL3: EA, FIQ');
    expect(decodeScr(nse).summary).toContain('reserved');
  });
});

describe('SPSR', () => {
  it('reads what TF-A prints before it leaves EL3 (SPSR = 0x3c9)', () => {
    expect(decodeSpsr(0x3c9n).summary).toBe('EL2, SP_EL2 (EL2h), nzcv, DAIF masked');
    expect(spsrEl(0x3c9n)).toBe(2);
  });

  it('reads AArch32 and reserved modes', () => {
    expect(decodeSpsr(0x1d3n).summary).toContain('AArch32 Supervisor mode');
    expect(spsrEl(0x1dan)).toBe(2);
    expect(spsrEl(0x7n)).toBeUndefined();
  });
});

describe('SCTLR', () => {
  it('says whether MMU and caches are on', () => {
    expect(decodeSctlr(0x30c50838n, 3).summary).toBe(
      'MMU off, data cache off, instruction cache off',
    );
    expect(decodeSctlr(0x1005n, 1).summary).toBe('MMU on, data cache on, instruction cache on');
  });

  it('has fields about EL0 at EL2 only with VHE', () => {
    const names = (e2h: boolean) => decodeSctlr(0n, 2, e2h).fields.map((f) => f.name);
    expect(names(true)).toContain('UCI');
    expect(names(false)).not.toContain('UCI');
  });
});

describe('HCR, TCR, MAIR', () => {
  it('knows a VHE host from a hypervisor with a guest', () => {
    expect(decodeHcr((1n << 34n) | (1n << 27n)).summary).toContain('EL2 hosts an OS');
    expect(decodeHcr((1n << 31n) | 0x39n).summary).toBe(
      'EL2 without VHE, stage 2 on, to EL2: SError, IRQ, FIQ',
    );
  });

  it('reads the sizes and granules that Linux sets (TCR_EL1, 48-bit, 4 KB)', () => {
    // T0SZ = T1SZ = 16, TG0 = 4 KB, TG1 = 4 KB (0b10), IPS = 40 bits.
    const tcr = 16n | (16n << 16n) | (0b10n << 30n) | (0b010n << 32n);
    expect(decodeTcr(tcr, 'TCR_EL1').summary).toBe(
      'TTBR0: 48-bit, 4 KB granule; TTBR1: 48-bit, 4 KB granule; 40-bit PA',
    );
  });

  it('gives TCR_EL2 one region without VHE and two with it', () => {
    expect(decodeTcr(16n, 'TCR_EL2').summary).toContain('VA 48-bit');
    expect(decodeTcr(16n, 'TCR_EL2', true).summary).toContain('TTBR1');
  });

  it('reads the attributes that Linux uses', () => {
    expect(memoryAttribute(0x00)).toBe('Device-nGnRnE');
    expect(memoryAttribute(0x04)).toBe('Device-nGnRE');
    expect(memoryAttribute(0x44)).toBe('Normal, Non-cacheable');
    expect(memoryAttribute(0xff)).toBe('Normal, Write-Back, allocate on read and write');
    expect(memoryAttribute(0xf0)).toBe('Normal, Write-Back cacheable, Tagged');
    expect(memoryAttribute(0xbb)).toBe('Normal, Write-Through, allocate on read and write');
    expect(memoryAttribute(0x02)).toBe('reserved');
    for (let a = 0; a < 256; a++) expect(memoryAttribute(a)).not.toMatch(/undefined|^$/);
    expect(decodeMair(0xff44_0c04_00n).fields).toHaveLength(8);
  });
});

describe('PAR and MFAR', () => {
  it('reads a translation that succeeded and one that failed', () => {
    expect(decodePar(0xff00_0000_4000_0b80n).summary).toBe(
      'PA 0x40000000, Normal, Write-Back, allocate on read and write',
    );
    expect(decodePar(0x0b11n | (0x28n << 1n)).summary).toContain('granule protection fault');
  });

  it('takes bit 11 as NSE only where RME is there', () => {
    expect(parSpace(0xa00n)).toBe('Non-secure');
    expect(parSpace(0xa00n, true)).toBe('Realm');
  });

  it('names the space of a granule protection check exception', () => {
    expect(faultingGranule((3n << 62n) | 0x4010_0000n)).toEqual({
      address: 0x4010_0000n,
      space: 'Realm',
    });
    expect(faultingGranule(1n << 62n).space).toBe('Root');
    expect(faultingGranule(1n << 63n).space).toBe('Non-secure');
  });
});

describe('vectors', () => {
  it('have the offsets of the Arm ARM', () => {
    expect(vectorOfOffset(0x400)?.meaning).toBe('Synchronous from the lower level using AArch64');
    expect(vectorOffset('current level using SP_ELx', 'IRQ or vIRQ')).toBe(0x280);
    expect(vectorAt(0x8000n, 0x8604n)).toMatchObject({ offset: 0x600, inside: 4 });
    expect(vectorAt(0x8000n, 0x8800n)).toBeUndefined();
    expect(vectorAt(0x8000n, 0x7fffn)).toBeUndefined();
  });

  it('go there and back', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 0x7ff }), (offset) => {
        const vector = vectorOfOffset(offset);
        expect(vector).toBeDefined();
        if (vector === undefined) return;
        expect(vectorOffset(vector.from, vector.type)).toBe(vector.offset);
        expect(vector.offset + vector.inside).toBe(offset);
      }),
    );
  });
});
