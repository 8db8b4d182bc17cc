import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anyU64 } from '../testing';
import {
  decodeLevel0,
  decodeLevel1,
  entryText,
  ownerMeaning,
  ownerOfGpi,
  type Owner,
} from './entry';
import { decodeGpccr, gptConfig, sizeText, type GptConfig } from './gpccr';
import { granuleAt, granuleAtAsync, regions, regionsAsync, type ReadMemory } from './walk';

/** PPS 40 bits, 4 KB granules, 1 GB level 0 entries, cacheable, on: as TF-A sets QEMU up. */
const GPCCR = 0b010n | (1n << 8n) | (1n << 10n) | (3n << 12n) | (1n << 16n);
const BASE = 0x0ec0_0000n;

function config(gpccr = GPCCR, base = BASE): GptConfig {
  const found = gptConfig(gpccr, base >> 12n);
  if (!found.ok) throw new Error(found.error.message);
  return found.value;
}

/** Sparse guest memory that only has what was written, in 64-bit words. */
class Memory {
  readonly words = new Map<bigint, bigint>();
  /** Everything else inside these is zero. */
  constructor(readonly valid: readonly (readonly [bigint, bigint])[] = []) {}
  readonly read: ReadMemory = (pa, length) => {
    const inside = this.valid.some(([lo, hi]) => pa >= lo && pa + BigInt(length) <= hi);
    if (!inside) return undefined;
    const bytes = new Uint8Array(length);
    const view = new DataView(bytes.buffer);
    for (let i = 0; i + 8 <= length; i += 8) {
      view.setBigUint64(i, this.words.get(pa + BigInt(i)) ?? 0n, true);
    }
    return bytes;
  };
}

const GB = 1n << 30n;
const TABLE = 0x0ec1_0000n - 0x10000n + 0x20000n; // 128 KB aligned: 0x0ec20000
const ALL_NS = 0x9999_9999_9999_9999n;

function machine(): Memory {
  const memory = new Memory([
    [BASE, BASE + 0x2000n],
    [TABLE, TABLE + 0x20000n],
  ]);
  // 0 to 1 GB: one block, Non-secure. 1 to 2 GB: a table. The rest: any.
  memory.words.set(BASE, 0x91n);
  memory.words.set(BASE + 8n, TABLE | 3n);
  for (let i = 2n; i < 1024n; i++) memory.words.set(BASE + i * 8n, 0xf1n);
  for (let i = 0n; i < 16384n; i++) memory.words.set(TABLE + i * 8n, ALL_NS);
  // 1 GB + 1 MB + 64 KB * n: sixteen granules of Realm, as RMM memory.
  memory.words.set(TABLE + 16n * 8n, 0xbbbb_bbbb_bbbb_bbbbn);
  // The next sixteen: granule 3 is Root, the rest Secure.
  memory.words.set(TABLE + 17n * 8n, 0x8888_8888_8888_a888n);
  // A contiguous 2 MB of Realm at 1 GB + 4 MB: all 32 entries say so.
  for (let i = 0n; i < 32n; i++) memory.words.set(TABLE + (64n + i) * 8n, 0x1b1n);
  return memory;
}

describe('gptConfig', () => {
  it('reads TF-A on QEMU', () => {
    expect(config()).toMatchObject({
      base: BASE,
      protectedBits: 40,
      granuleBits: 12,
      level0Bits: 30,
    });
    expect(decodeGpccr(GPCCR).summary).toBe('checks on, 4 KB granules, 40-bit protected space');
  });

  it('reads the registers of TF-A 2.12 on QEMU 10.0, as gdb gave them in BL31', () => {
    const found = gptConfig(0x13502n, 0xeefcn);
    expect(found).toMatchObject({ ok: true, value: { base: 0xeefc000n, granuleBits: 12 } });
  });

  it.each([
    ['checks are off', 0n, 'gpt-off'],
    ['PGS is reserved', GPCCR | (3n << 14n), 'gpt-bad-config'],
    ['SH is reserved', (GPCCR & ~(3n << 12n)) | (1n << 12n), 'gpt-bad-config'],
    ['uncached tables are not Outer Shareable', GPCCR & ~(0xfn << 8n), 'gpt-bad-config'],
    ['L0GPTSZ is reserved', GPCCR | (1n << 20n), 'gpt-bad-config'],
  ])('refuses when %s', (_, gpccr, name) => {
    const found = gptConfig(gpccr, 0n);
    expect(found.ok ? 'ok' : found.error.name).toBe(name);
  });

  it('refuses a table beyond the protected space, and never throws', () => {
    const beyond = gptConfig(GPCCR, 1n << 30n);
    expect(beyond.ok ? 'ok' : beyond.error.name).toBe('gpt-address-size');
    fc.assert(
      fc.property(anyU64, anyU64, (gpccr, gptbr) => {
        const found = gptConfig(gpccr, gptbr);
        if (!found.ok) expect(found.error.message).not.toBe('');
      }),
    );
  });

  it('writes sizes', () => {
    expect([4096n, 1n << 21n, 1n << 30n, 3n].map(sizeText)).toEqual([
      '4 KB',
      '2 MB',
      '1 GB',
      '3 B',
    ]);
  });
});

describe('GPT entries', () => {
  it('never throw and always give an owner or a reason', () => {
    fc.assert(
      fc.property(anyU64, (entry) => {
        for (const found of [
          decodeLevel0(entry, 8n, config()),
          decodeLevel1(entry, 8n, config()),
        ]) {
          if (found.ok) expect(entryText(found.value)).not.toMatch(/undefined/);
          else expect(found.error).toMatchObject({ name: 'gpt-bad-entry', offset: 8n });
        }
      }),
    );
  });

  it('refuse reserved bits, unaligned tables and reserved GPIs', () => {
    const bad = [0x191n, 0x0en, TABLE | 0x1003n, 0x21n];
    for (const entry of bad) expect(decodeLevel0(entry, 0n, config()).ok).toBe(false);
    for (const entry of [0x0b1n, 0xfb1n, 0x2n]) {
      expect(decodeLevel1(entry, 0n, config()).ok).toBe(false);
    }
  });

  it('know the GPIs that later features add only when they are switched on', () => {
    expect(ownerOfGpi(0b1101, config())).toBeUndefined();
    expect(ownerOfGpi(0b1101, config(GPCCR | (1n << 19n)))).toBe('Non-secure only');
    for (let gpi = 0; gpi < 16; gpi++) {
      const owner: Owner | undefined = ownerOfGpi(gpi, { extraGpis: [4, 5, 6, 7, 13] });
      if (owner !== undefined) expect(ownerMeaning(owner)).not.toBe('');
    }
  });
});

describe('a GPT walk', () => {
  it.each([
    [0x1000n, 'Non-secure', 0],
    [GB, 'Non-secure', 1],
    [GB + 0x10_0000n, 'Realm', 1],
    [GB + 0x11_0000n, 'Secure', 1],
    [GB + 0x11_3fffn, 'Root', 1],
    [GB + 0x11_4000n, 'Secure', 1],
    [GB + 0x40_0000n, 'Realm', 1],
    [GB + 0x60_0000n, 'Non-secure', 1],
    [3n * GB, 'any', 0],
  ])('finds the owner of %s', (pa, owner, level) => {
    const found = granuleAt(config(), pa, machine().read);
    expect(found).toMatchObject({ ok: true, value: { owner, level } });
    if (found.ok) {
      expect(found.value.base <= pa && pa < found.value.base + found.value.size).toBe(true);
    }
  });

  it('gives the same answer when memory is read asynchronously', async () => {
    const { read } = machine();
    const later = (pa: bigint, n: number) => Promise.resolve(read(pa, n));
    expect(await granuleAtAsync(config(), GB, later)).toEqual(granuleAt(config(), GB, read));
    expect(await regionsAsync(config(), later, 0n, 4n * GB)).toEqual(
      regions(config(), read, 0n, 4n * GB),
    );
  });

  it('names what cannot be read, and addresses that are too large', () => {
    const nothing = granuleAt(config(), 0n, () => undefined);
    expect(nothing.ok ? '' : nothing.error).toMatchObject({
      name: 'memory-unreadable',
      offset: BASE,
    });
    const short = granuleAt(config(), 0n, () => new Uint8Array(7));
    expect(short.ok ? '' : short.error.name).toBe('memory-unreadable');
    const high = granuleAt(config(), 1n << 40n, machine().read);
    expect(high.ok ? '' : high.error.name).toBe('gpt-address-size');
  });
});

describe('the map of regions', () => {
  it('joins neighbours and leaves no gap', () => {
    const map = regions(config(), machine().read, 0n, 1n << 40n);
    expect(map.map((r) => [r.base, r.size, r.owner])).toEqual([
      [0n, GB + 0x10_0000n, 'Non-secure'],
      [GB + 0x10_0000n, 0x1_0000n, 'Realm'],
      [GB + 0x11_0000n, 0x3000n, 'Secure'],
      [GB + 0x11_3000n, 0x1000n, 'Root'],
      [GB + 0x11_4000n, 0xc000n, 'Secure'],
      [GB + 0x12_0000n, 0x2e_0000n, 'Non-secure'],
      [GB + 0x40_0000n, 0x20_0000n, 'Realm'],
      [GB + 0x60_0000n, GB - 0x60_0000n, 'Non-secure'],
      [2n * GB, 1022n * GB, 'any'],
    ]);
  });

  it('agrees with the walk at every address, whatever the window', () => {
    const { read } = machine();
    fc.assert(
      fc.property(
        fc.bigInt({ min: 0n, max: 3n * GB }),
        fc.bigInt({ min: 1n, max: 0x80_0000n }),
        fc.bigInt({ min: 0n, max: 0x7f_ffffn }),
        (from, length, pick) => {
          const map = regions(config(), read, from, from + length);
          expect(map.reduce((n, r) => n + r.size, 0n)).toBe(length);
          const pa = from + (pick % length);
          const region = map.find((r) => pa >= r.base && pa < r.base + r.size);
          const walked = granuleAt(config(), pa, read);
          expect(region?.owner).toBe(walked.ok ? walked.value.owner : 'invalid');
        },
      ),
      { numRuns: 60 },
    );
  });

  it('shows a bad entry as a region with its error and goes on', () => {
    const memory = machine();
    memory.words.set(BASE + 16n, 0x2n);
    const map = regions(config(), memory.read, GB * 2n, GB * 4n);
    expect(map.map((r) => [r.owner, r.error?.name])).toEqual([
      ['invalid', 'gpt-bad-entry'],
      ['any', undefined],
    ]);
  });

  it('goes on past a table that cannot be read', () => {
    const memory = machine();
    const holes: ReadMemory = (pa, n) => (pa >= TABLE ? undefined : memory.read(pa, n));
    const map = regions(config(), holes, 0n, 3n * GB);
    expect(map.map((r) => [r.base, r.size, r.owner, r.error?.name])).toEqual([
      [0n, GB, 'Non-secure', undefined],
      [GB, GB, 'invalid', 'memory-unreadable'],
      [2n * GB, GB, 'any', undefined],
    ]);
  });

  it('is empty for an empty window', () => {
    expect(regions(config(), machine().read, 5n, 5n)).toEqual([]);
    expect(regions(config(), machine().read, 1n << 41n, 1n << 42n)).toEqual([]);
  });
});
