import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fieldNamed } from '../field';
import { anyU64, complaint } from '../testing';
import { EXCEPTION_CLASSES } from './classes';
import { decodeEsr } from './esr';
import { faultStatus } from './fault-status';
import { likelyReasons } from './likely';

/** Syndromes that real machines gave; see the note beside each. */
const REAL: readonly (readonly [bigint, string])[] = [
  // U-Boot under RME, reading a granule it delegated (shared/guests.md).
  [
    0x96000028n,
    'Data Abort from the same EL: read: granule protection fault on the access itself: the granule is not in a physical address space that the accessing state may use',
  ],
  // devmem in Linux at the same place.
  [0x92000028n, 'Data Abort from a lower EL: read: granule protection fault'],
  [0x96000004n, 'Data Abort from the same EL: read: translation fault, level 0'],
  [0x96000044n, 'Data Abort from the same EL: write: translation fault, level 0'],
  [
    0x86000005n,
    'Instruction Abort from the same EL: instruction fetch: translation fault, level 1',
  ],
  [0x9600004fn, 'Data Abort from the same EL: write: permission fault, level 3'],
  [
    0x96000010n,
    'Data Abort from the same EL: read: synchronous external abort on the access itself',
  ],
  [0x5e000000n, 'SMC: 0x0'],
  [0x5a000000n, 'HVC: 0x0'],
  [0x56000000n, 'SVC: 0x0'],
  [0xf2000800n, 'BRK: 0x800'],
  [0x02000000n, 'Unknown reason, most often an UNDEFINED instruction'],
  [0x1fe00000n, 'Trapped SVE, SIMD or floating point'],
  [0x8a000000n, 'PC alignment fault'],
  [0xbe000011n, 'SError: asynchronous SError exception'],
  [0x06000001n, 'Trapped WFI or WFE: WFE'],
  // MRS x0, ID_AA64PFR0_EL1: op0 3, op1 0, CRn 0, CRm 4, op2 0, read, Rt 0.
  [0x62300009n, 'Trapped MSR, MRS or System instruction: read of ID_AA64PFR0_EL1'],
  // EC 0x1e as QEMU's syn_gpc builds it: GPCSC 0b001101, xFSC 0x28.
  [0x7a034028n, 'Granule protection check: read: granule protection fault, level 1'],
];

describe('decodeEsr', () => {
  it.each(REAL)('reads %s as QEMU and firmware mean it', (esr, begins) => {
    expect(decodeEsr(esr).summary.startsWith(begins)).toBe(true);
  });

  it('never throws, claims no bit twice and leaves none out', () => {
    fc.assert(
      fc.property(anyU64, fc.integer({ min: 0, max: 63 }), (value, ec) => {
        const esr = (value & ~(0x3fn << 26n)) | (BigInt(ec) << 26n);
        expect(complaint(decodeEsr(esr), esr)).toBe('');
      }),
      { numRuns: 3000 },
    );
  });

  it('describes the instruction of a data abort only when ISV says it is described', () => {
    const isv = decodeEsr(0x93c5_8046n);
    expect(fieldNamed(isv.fields, 'SRT')?.meaning).toBe('X5');
    expect(fieldNamed(isv.fields, 'SAS')?.meaning).toBe('doubleword');
    expect(fieldNamed(decodeEsr(0x9200_0046n).fields, 'SRT')).toBeUndefined();
  });

  it('reads ISS2', () => {
    const fields = decodeEsr((1n << 40n) | 0x9600_004fn).fields;
    expect(fieldNamed(fields, 'GCS')?.value).toBe(1n);
  });

  it('knows when FAR holds no address', () => {
    expect(decodeEsr(0x96000028n).farValid).toBe(true);
    expect(decodeEsr(0x96000410n).farValid).toBe(false);
    expect(decodeEsr(0x5e000000n).farValid).toBe(false);
  });

  it('names reserved classes as such', () => {
    expect(decodeEsr(0x3fn << 26n).className).toBe('reserved exception class 0x3f');
  });

  it('knows each class that the Arm ARM defines, and no other', () => {
    // DDI 0487 D24.2, ESR_EL1 to ESR_EL3, field EC.
    const defined = [
      [0x00, 0x01, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08, 0x09, 0x0a, 0x0c, 0x0d, 0x0e],
      [0x11, 0x12, 0x13, 0x14, 0x15, 0x16, 0x17, 0x18, 0x19, 0x1a, 0x1b, 0x1c, 0x1d, 0x1e, 0x1f],
      [0x20, 0x21, 0x22, 0x24, 0x25, 0x26, 0x27, 0x28, 0x2c, 0x2d, 0x2f],
      [0x30, 0x31, 0x32, 0x33, 0x34, 0x35, 0x38, 0x3a, 0x3c, 0x3d],
    ].flat();
    expect(Object.keys(EXCEPTION_CLASSES).map(Number)).toEqual(defined);
    for (const ec of defined) {
      const { className } = decodeEsr(BigInt(ec) << 26n);
      expect(className, ec.toString(16)).not.toMatch(/reserved/);
    }
  });

  it('has a source for each class', () => {
    for (const known of Object.values(EXCEPTION_CLASSES)) {
      expect(known.source).toMatch(/^Arm ARM \(DDI 0487\) D24\.2, ESR_ELx, ISS encoding for /);
    }
  });
});

describe('faultStatus', () => {
  // Against QEMU target/arm/internals.h, arm_fi_to_lfsc, where it has them.
  it.each([
    [0b101001, 'address size fault', -1],
    [0b000011, 'address size fault', 3],
    [0b001001, 'access flag fault', 1],
    [0b001111, 'permission fault', 3],
    [0b101011, 'translation fault', -1],
    [0b000111, 'translation fault', 3],
    [0b010011, 'synchronous external abort', -1],
    [0b010111, 'synchronous external abort', 3],
    [0b011011, 'parity or ECC error', -1],
    [0b011111, 'parity or ECC error', 3],
    [0b100011, 'granule protection fault', -1],
    [0b100100, 'granule protection fault', 0],
    [0b100111, 'granule protection fault', 3],
  ])('%i is a %s of level %i', (code, kind, level) => {
    expect(faultStatus(code)).toMatchObject({ kind, level });
  });

  it('tells a granule protection fault on the access from one on a walk', () => {
    expect(faultStatus(0x28)).toMatchObject({ kind: 'granule protection fault', onWalk: false });
    expect(faultStatus(0x26)).toMatchObject({ level: 2, onWalk: true });
  });

  it('reads 0x22 as a debug exception where the class is one', () => {
    expect(faultStatus(0x22, 'debug').kind).toBe('debug exception');
    expect(faultStatus(0x22).level).toBe(-2);
  });

  it('has words for each of the 64 codes', () => {
    for (let code = 0; code < 64; code++) expect(faultStatus(code).text).not.toBe('');
  });
});

describe('likelyReasons', () => {
  it('leads from a granule protection fault to the granule map', () => {
    const [first] = likelyReasons(decodeEsr(0x96000028n), 0x80000000n);
    expect(first).toContain('0x80000000 belongs to another world');
  });

  it('calls a fault near zero a null pointer', () => {
    expect(likelyReasons(decodeEsr(0x96000004n), 8n)).toEqual(['a null pointer']);
  });

  it('never throws', () => {
    fc.assert(
      fc.property(anyU64, anyU64, (esr, far) => {
        expect(likelyReasons(decodeEsr(esr), far)).toBeInstanceOf(Array);
      }),
    );
  });
});
