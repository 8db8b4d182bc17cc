import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anyU64 } from '../testing';
import type { ExceptionLevel, Place, SecurityState } from '../security';
import { executableRanges } from './code';
import { regimeOf, type Regime } from './regime';
import { translate, type ReadPhysical } from './walk';

/** Sparse physical memory of one world or more; everything that was not written is absent. */
class Memory {
  private readonly words = new Map<string, bigint>();

  set(pa: bigint, value: bigint, space: SecurityState = 'Non-secure'): this {
    this.words.set(`${space} ${pa}`, value);
    return this;
  }

  readonly read: ReadPhysical = (pa, length, space) => {
    const bytes = new Uint8Array(length);
    const view = new DataView(bytes.buffer);
    let any = false;
    for (let at = 0; at + 8 <= length; at += 8) {
      const word = this.words.get(`${space} ${pa + BigInt(at)}`);
      if (word !== undefined) any = true;
      view.setBigUint64(at, word ?? 0n, true);
    }
    return any || length > 8 ? bytes : undefined;
  };
}

const place = (el: ExceptionLevel, state: SecurityState = 'Non-secure'): Place => ({
  el,
  state,
  aarch32: false,
});

function regime(registers: Record<string, bigint>, at: Place): Regime {
  const found = regimeOf((name) => registers[name], at);
  if (found === undefined) throw new Error('no regime');
  return found;
}

/** What it comes to, in short. */
function outcome(of: Regime, va: bigint, memory: Memory): string {
  const { result, ipa } = translate(of, va, memory.read);
  const through = ipa === undefined ? '' : `IPA 0x${ipa.address.toString(16)} ${ipa.space} `;
  return result.ok
    ? `${through}0x${result.value.address.toString(16)} ${result.value.space}`
    : `${through}${result.error.name}`;
}

const AF = 1n << 10n;
const VALID_BLOCK = AF | 0b01n;
const PAGE_OR_TABLE = 0b11n;
/** EL1&0: T0SZ and T1SZ 25 (39 bits), 4 KB both, 40-bit output. */
const TCR_39 = 25n | (25n << 16n) | (2n << 30n) | (2n << 32n);
const on = { SCTLR_EL1: 1n, TCR_EL1: TCR_39, TTBR0_EL1: 0x1000n, TTBR1_EL1: 0x2000n };

describe('stage 1 of EL1&0', () => {
  it('is flat with the MMU off', () => {
    const off = regime({ SCTLR_EL1: 0n }, place(1));
    expect(outcome(off, 0x4020_0000n, new Memory())).toBe('0x40200000 Non-secure');
    expect(outcome(off, 1n << 55n, new Memory())).toBe('address-size-fault');
  });

  it('goes through 4 KB tables to a page, by TTBR1 for the upper half', () => {
    const memory = new Memory()
      .set(0x2000n, 0x3000n | PAGE_OR_TABLE)
      .set(0x3000n, 0x4000n | PAGE_OR_TABLE)
      .set(0x4008n, 0x4567_8000n | AF | PAGE_OR_TABLE);
    const el1 = regime(on, place(1));
    const va = 0xffff_ff80_0000_1234n;
    const { steps } = translate(el1, va, memory.read);
    expect(steps.map(({ level, at }) => [level, at.address])).toEqual([
      [1, 0x2000n],
      [2, 0x3000n],
      [3, 0x4008n],
    ]);
    expect(steps[2]?.meaning).toContain('4 KB page at 0x45678000; EL1 rwx');
    expect(outcome(el1, va, memory)).toBe('0x45678234 Non-secure');
    // Outside of the 39 bits, and where nothing is.
    expect(outcome(el1, 0xff00_0000_0000_0000n, memory)).toBe('translation-fault');
    expect(outcome(el1, 0xffff_ff80_0000_0000n, memory)).toBe('memory-unreadable');
  });

  it('ends at blocks of 1 GB and 2 MB, and knows where there can be none', () => {
    const memory = new Memory()
      .set(0x1000n, 0x4000_0000n | VALID_BLOCK)
      .set(0x1008n, 0x3000n | PAGE_OR_TABLE)
      .set(0x3000n, 0x8020_0000n | VALID_BLOCK)
      .set(0x3008n, 0x4000n | PAGE_OR_TABLE)
      .set(0x4000n, 0x1000n | VALID_BLOCK)
      .set(0x3010n, 0n);
    const el1 = regime(on, place(1));
    expect(outcome(el1, 0x1234_5678n, memory)).toBe('0x52345678 Non-secure');
    expect(outcome(el1, 0x4001_2345n, memory)).toBe('0x80212345 Non-secure');
    expect(outcome(el1, 0x4020_0000n, memory)).toBe('translation-fault');
    expect(outcome(el1, 0x4040_0000n, memory)).toBe('translation-fault');
  });

  it('ignores the top byte only where TBI says so', () => {
    const memory = new Memory().set(0x1000n, 0x4000_0000n | VALID_BLOCK);
    expect(outcome(regime(on, place(1)), 0xab00_0000_0000_0010n, memory)).toBe('translation-fault');
    const tbi = regime({ ...on, TCR_EL1: TCR_39 | (1n << 37n) }, place(1));
    expect(outcome(tbi, 0xab00_0000_0000_0010n, memory)).toBe('0x40000010 Non-secure');
  });

  it('refuses output beyond the size that TCR gives, and walks that EPD forbids', () => {
    const memory = new Memory().set(0x1000n, (1n << 41n) | VALID_BLOCK);
    expect(outcome(regime(on, place(1)), 0n, memory)).toBe('address-size-fault');
    const epd = regime({ ...on, TCR_EL1: TCR_39 | (1n << 7n) }, place(1));
    expect(outcome(epd, 0n, memory)).toBe('translation-fault');
  });

  it.each([
    // 16 KB: T0SZ 17 (47 bits) begins at level 1: 36 bits an entry; level 2 entries are 32 MB.
    ['16 KB', 17n | (2n << 14n), [1, 2], 0x0200_0000n],
    // 64 KB: T0SZ 22 (42 bits) begins at level 2 of 512 MB.
    ['64 KB', 22n | (1n << 14n), [2], 0x2000_0000n],
  ])('has the first level and block size of %s granules', (_, tcr, levels, size) => {
    const block = 0x4000_0000n | VALID_BLOCK;
    const memory = new Memory();
    if (levels.length === 2) memory.set(0x10000n, 0x20000n | PAGE_OR_TABLE).set(0x20008n, block);
    else memory.set(0x10008n, block);
    const el1 = regime(
      { SCTLR_EL1: 1n, TCR_EL1: tcr | (2n << 32n), TTBR0_EL1: 0x10000n },
      place(1),
    );
    const found = translate(el1, size + 0x123n, memory.read);
    expect(found.steps.map(({ level }) => level)).toEqual(levels);
    expect(found.result).toEqual({
      ok: true,
      value: { address: 0x4000_0123n, space: 'Non-secure' },
    });
  });

  it('keeps 52-bit addresses of 64 KB granules', () => {
    // T0SZ 12 (52 bits), PS 6 (52 bits): level 1 entries are 4 TB, level 2 entries 512 MB.
    const el1 = regime(
      { SCTLR_EL1: 1n, TCR_EL1: 12n | (1n << 14n) | (6n << 32n), TTBR0_EL1: 0x10000n },
      place(1),
    );
    const memory = new Memory()
      .set(0x10000n, 0x20000n | PAGE_OR_TABLE)
      .set(0x20000n, 0x4000_0000n | (0xan << 12n) | VALID_BLOCK);
    expect(outcome(el1, 0x77n, memory)).toBe('0xa000040000077 Non-secure');
  });

  it('keeps 52-bit addresses of LPA2, with its level -1', () => {
    const el1 = regime(
      { SCTLR_EL1: 1n, TCR_EL1: 12n | (6n << 32n) | (1n << 59n), TTBR0_EL1: 0x1000n },
      place(1),
    );
    const memory = new Memory()
      .set(0x1000n, 0x2000n | PAGE_OR_TABLE)
      .set(0x2000n, (1n << 49n) | (2n << 8n) | VALID_BLOCK);
    const found = translate(el1, 0x55n, memory.read);
    expect(found.steps.map(({ level }) => level)).toEqual([-1, 0]);
    expect(found.result.ok && found.result.value.address).toBe((1n << 51n) | (1n << 49n) | 0x55n);
  });
});

describe('stage 2', () => {
  /** 40 bits of IPA from level 1 with 4 KB granules: two tables in a row. */
  const VTCR = 24n | (1n << 6n) | (2n << 16n);
  const guest = { SCTLR_EL2: 0n, HCR_EL2: 1n | (1n << 31n), VTCR_EL2: VTCR, VTTBR_EL2: 0x8000n };

  it('translates what a flat stage 1 gives, in concatenated tables too', () => {
    const memory = new Memory()
      .set(0x8008n, 0x10_0000_0000n | (3n << 6n) | VALID_BLOCK)
      .set(0x8000n + 513n * 8n, 0x20_0000_0000n | (1n << 6n) | VALID_BLOCK);
    const el1 = regime({ ...guest, SCTLR_EL1: 0n }, place(1));
    expect(outcome(el1, 0x4000_0010n, memory)).toBe(
      'IPA 0x40000010 Non-secure 0x1000000010 Non-secure',
    );
    expect(outcome(el1, (513n << 30n) | 5n, memory)).toBe(
      'IPA 0x8040000005 Non-secure 0x2000000005 Non-secure',
    );
    expect(translate(el1, 0x4000_0010n, memory.read).steps[0]?.meaning).toContain('read and write');
    expect(outcome(el1, 1n << 40n, memory)).toContain('translation-fault');
  });

  it('is between stage 1 and its own tables', () => {
    const memory = new Memory()
      // IPA 0 to 1 GB lies at 0x80000000.
      .set(0x8000n, 0x8000_0000n | (3n << 6n) | VALID_BLOCK)
      .set(0x8000_1000n, 0x1000_0000n | VALID_BLOCK)
      .set(0x8000_1008n, 0x3000n | PAGE_OR_TABLE);
    const el1 = regime({ ...on, ...guest }, place(1));
    expect(outcome(el1, 0x42n, memory)).toBe('IPA 0x42 Non-secure 0x80000042 Non-secure');
    const unmapped = regime({ ...on, ...guest, TTBR0_EL1: 0x4000_0000n }, place(1));
    const { result } = translate(unmapped, 0n, memory.read);
    expect(result.ok ? '' : result.error.message).toContain('Stage 2 fault on a stage 1 walk');
  });

  it('is off for EL2, for EL3, and for EL0 under TGE', () => {
    expect(regime(guest, place(2)).stage2).toBe(false);
    expect(regime(guest, place(3)).stage2).toBe(false);
    const tge = { ...guest, HCR_EL2: 1n | (1n << 27n) | (1n << 34n) };
    expect(regime(tge, place(0)).name).toBe('EL2&0');
    expect(regime(tge, place(0)).stage2).toBe(false);
  });
});

describe('worlds', () => {
  const single = { SCTLR_EL3: 1n, TCR_EL3: 25n | (2n << 16n), TTBR0_EL3: 0x1000n };

  it('are chosen by NS and NSE in tables of Root', () => {
    const el3 = regime({ ...single, GPCCR_EL3: 0n }, place(3, 'Root'));
    for (const [nse, ns, space] of [
      [0n, 0n, 'Secure'],
      [0n, 1n, 'Non-secure'],
      [1n, 0n, 'Root'],
      [1n, 1n, 'Realm'],
    ] as const) {
      const block = 0x4000_0000n | VALID_BLOCK | (ns << 5n) | (nse << 11n);
      expect(outcome(el3, 0n, new Memory().set(0x1000n, block, 'Root'))).toBe(
        `0x40000000 ${space}`,
      );
    }
  });

  it('are Secure or Non-secure at EL3 without RME, and NSTable holds for all below', () => {
    const el3 = regime(single, place(3, 'Secure'));
    const block = 0x4000_0000n | VALID_BLOCK;
    expect(outcome(el3, 0n, new Memory().set(0x1000n, block, 'Secure'))).toBe('0x40000000 Secure');
    const table = new Memory()
      .set(0x1000n, 0x2000n | PAGE_OR_TABLE | (1n << 63n), 'Secure')
      .set(0x2000n, 0x4000_0000n | VALID_BLOCK, 'Non-secure');
    expect(outcome(el3, 0n, table)).toBe('0x40000000 Non-secure');
  });

  it('are Realm for the RMM, but for blocks with NS', () => {
    const rmm = { SCTLR_EL2: 1n, HCR_EL2: 0n, TCR_EL2: 25n | (2n << 16n), TTBR0_EL2: 0x1000n };
    const el2 = regime({ ...rmm, GPCCR_EL3: 0n }, place(2, 'Realm'));
    const block = 0x4000_0000n | VALID_BLOCK;
    expect(outcome(el2, 0n, new Memory().set(0x1000n, block, 'Realm'))).toBe('0x40000000 Realm');
    const ns = new Memory().set(0x1000n, block | (1n << 5n), 'Realm');
    expect(outcome(el2, 0n, ns)).toBe('0x40000000 Non-secure');
  });
});

describe('executable ranges', () => {
  it('are the blocks and pages that the level may execute, joined', () => {
    const PXN = 1n << 53n;
    const memory = new Memory()
      .set(0x2000n, 0x3000n | PAGE_OR_TABLE)
      .set(0x3000n, 0x8000_0000n | VALID_BLOCK)
      .set(0x3008n, 0x8020_0000n | VALID_BLOCK)
      .set(0x3010n, 0x8040_0000n | VALID_BLOCK | PXN)
      .set(0x1000n, 0x4000_0000n | VALID_BLOCK | PXN);
    expect(executableRanges(regime(on, place(1)), memory.read)).toEqual([
      {
        va: 0xffff_ff80_0000_0000n,
        pa: 0x8000_0000n,
        size: 0x40_0000n,
        space: 'Non-secure',
      },
    ]);
    expect(executableRanges(regime({}, place(1)), memory.read)).toBeUndefined();
  });
});

describe('any registers and any tables', () => {
  it('give an address or a fault, in at most 5 steps a stage', () => {
    const names = ['SCTLR', 'TCR', 'TTBR0', 'TTBR1', 'MAIR'].flatMap((name) =>
      [1, 2, 3].map((el) => `${name}_EL${el}`),
    );
    const others = ['HCR_EL2', 'SCR_EL3', 'VTCR_EL2', 'VTTBR_EL2', 'VSTCR_EL2', 'VSTTBR_EL2'];
    const registers = fc.record(
      Object.fromEntries([...names, ...others].map((name) => [name, anyU64])),
    );
    const states = fc.constantFrom<SecurityState>('Secure', 'Non-secure', 'Realm');
    const levels = fc.constantFrom<ExceptionLevel>(0, 1, 2, 3);
    fc.assert(
      fc.property(registers, levels, states, anyU64, anyU64, (values, el, state, va, word) => {
        const all: Record<string, bigint> = { ...values, SCTLR_EL1: 1n, SCTLR_EL2: 1n };
        const bytes = new Uint8Array(8);
        new DataView(bytes.buffer).setBigUint64(0, word | 1n, true);
        const found = translate(regime(all, place(el, state)), va, () => bytes);
        expect(found.steps.length).toBeLessThanOrEqual(10);
        if (!found.result.ok) expect(found.result.error.message).not.toMatch(/undefined|NaN/);
        else expect(found.result.value.address).toBeLessThan(1n << 52n);
      }),
      { numRuns: 500 },
    );
  });
});
