import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { gptConfig, type GptConfig } from './gpccr';
import {
  addressAfter,
  cellAt,
  fittingCell,
  gridOf,
  NAME_ROWS,
  placeInGrid,
  rowAddress,
} from './granule-grid';
import {
  bytesByOwner,
  changeOwner,
  firstError,
  readGranuleMap,
  regionAt,
  rereadRange,
  type GranuleMap,
  type Stretch,
} from './granule-map';
import { granuleAt, type ReadMemory } from './walk';

/** As TF-A 2.12 sets QEMU up: 40 bits protected, 4 KB granules, 1 GB level 0 entries. */
const BASE = 0xeefc000n;
const TABLE = 0x0ec2_0000n;
const GB = 1n << 30n;
const GRANULE = 4096n;
const NON_SECURE = 0x99;

function config(): GptConfig {
  const found = gptConfig(0x13502n, BASE >> 12n);
  if (!found.ok) throw new Error(found.error.message);
  return found.value;
}

/** Tables with 1 to 2 GB in a level 1 table, all Non-secure, and 0 to 1 GB as one Root block. */
class Tables {
  readonly level0 = new Uint8Array(8192);
  readonly level1 = new Uint8Array(0x20000).fill(NON_SECURE);
  reads = 0;

  constructor() {
    const view = new DataView(this.level0.buffer);
    view.setBigUint64(0, 0xa1n, true);
    view.setBigUint64(8, TABLE | 3n, true);
  }

  /** Gives a granule between 1 and 2 GB to a GPI. */
  give(pa: bigint, gpi: number): void {
    const granule = Number((pa - GB) / GRANULE);
    const at = granule >> 1;
    const old = this.level1[at] ?? 0;
    this.level1[at] = granule % 2 === 0 ? (old & 0xf0) | gpi : (old & 0x0f) | (gpi << 4);
  }

  /** Memory that ends after so many bytes of each table. */
  reader(level0End = 8192, level1End = 0x20000): ReadMemory {
    return (pa, length) => {
      this.reads += length;
      for (const [base, bytes, end] of [
        [BASE, this.level0, level0End],
        [TABLE, this.level1, level1End],
      ] as const) {
        const at = Number(pa - base);
        if (pa < base || at >= bytes.length) continue;
        return at + length <= end ? bytes.slice(at, at + length) : undefined;
      }
      return undefined;
    };
  }
}

const RAM: Stretch = { base: GB, size: 640n << 20n, name: 'mach-virt.ram' };
const SECURE: Stretch = { base: 0xe000000n, size: 16n << 20n, name: 'virt.secure-ram' };

const ownersOf = (map: GranuleMap) =>
  map.stretches.map(({ regions }) => regions.map(({ owner, size }) => `${owner} ${size >> 12n}`));

describe('a granule map', () => {
  it('has the regions of each stretch of memory', () => {
    const tables = new Tables();
    tables.give(0x5f000000n, 0b1011);
    const map = readGranuleMap(config(), [SECURE, RAM], tables.reader());
    expect(ownersOf(map)).toEqual([
      ['Root 4096'],
      ['Non-secure 126976', 'Realm 1', 'Non-secure 36863'],
    ]);
    expect(bytesByOwner(map).get('Realm')).toBe(GRANULE);
    expect(regionAt(map, 0x5f000fffn)?.owner).toBe('Realm');
    expect(regionAt(map, 0x5f001000n)?.owner).toBe('Non-secure');
    expect(regionAt(map, 0x80000000n)).toBeUndefined();
  });

  it('reads only what has changed, and is the same map when nothing has', () => {
    const tables = new Tables();
    const map = readGranuleMap(config(), [SECURE, RAM], tables.reader());
    expect(rereadRange(map, 0x5f000000n, GRANULE, tables.reader())).toBe(map);
    tables.give(0x5f000000n, 0b1011);
    tables.reads = 0;
    const next = rereadRange(map, 0x5f000000n, GRANULE, tables.reader());
    expect(tables.reads).toBeLessThanOrEqual(16);
    expect(ownersOf(next)[1]).toEqual(['Non-secure 126976', 'Realm 1', 'Non-secure 36863']);
    tables.give(0x5f000000n, 0b1001);
    const back = rereadRange(next, 0x5f000000n, GRANULE, tables.reader());
    expect(ownersOf(back)).toEqual(ownersOf(map));
  });

  it('takes recorded changes where the tables are gone', () => {
    const tables = new Tables();
    const map = readGranuleMap(config(), [RAM], tables.reader());
    const next = changeOwner(map, 0x5f000000n, GRANULE, 'Realm');
    tables.give(0x5f000000n, 0b1011);
    expect(next).toEqual(readGranuleMap(config(), [RAM], tables.reader()));
    expect(changeOwner(next, 0x5f000000n, GRANULE, 'Realm')).toBe(next);
  });

  it('after any changes is the one that is read anew', () => {
    const change = fc.tuple(
      fc.integer({ min: 0, max: 163_839 }),
      fc.constantFrom(0b0000, 0b1000, 0b1001, 0b1010, 0b1011, 0b1111),
    );
    fc.assert(
      fc.property(fc.array(change, { maxLength: 12 }), (changes) => {
        const tables = new Tables();
        let map = readGranuleMap(config(), [RAM], tables.reader());
        for (const [granule, gpi] of changes) {
          const pa = GB + BigInt(granule) * GRANULE;
          tables.give(pa, gpi);
          map = rereadRange(map, pa, GRANULE, tables.reader());
        }
        expect(map).toEqual(readGranuleMap(config(), [RAM], tables.reader()));
      }),
      { numRuns: 60 },
    );
  });

  it('names what is wrong where tables end or lie in no memory', () => {
    const tables = new Tables();
    const map = readGranuleMap(config(), [RAM], tables.reader(8));
    expect(firstError(map)?.error.name).toBe('memory-unreadable');
    expect(ownersOf(map)).toEqual([['invalid 163840']]);
    const one = granuleAt(config(), GB, tables.reader(8192, 0));
    expect(one.ok ? '' : one.error.name).toBe('memory-unreadable');
    expect(one.ok ? '' : one.error.message).toContain('0xec20000');
  });

  it('cut at any byte gives whole stretches, and an error by name for what is missing', () => {
    const tables = new Tables();
    const end = fc.tuple(fc.integer({ min: 0, max: 8192 }), fc.integer({ min: 0, max: 0x20000 }));
    fc.assert(
      fc.property(end, ([level0, level1]) => {
        const map = readGranuleMap(config(), [SECURE, RAM], tables.reader(level0, level1));
        for (const { base, size, regions } of map.stretches) {
          let at = base;
          for (const region of regions) {
            expect(region.base).toBe(at);
            expect(region.owner === 'invalid').toBe(region.error !== undefined);
            at += region.size;
          }
          expect(at).toBe(base + size);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('leaves out what lies beyond the protected space', () => {
    const far: Stretch = { base: 1n << 40n, size: GB, name: 'far' };
    expect(readGranuleMap(config(), [far], new Tables().reader()).stretches).toEqual([]);
  });
});

describe('its grid', () => {
  const tables = new Tables();
  tables.give(0x5f000000n, 0b1011);
  const map = readGranuleMap(config(), [SECURE, RAM], tables.reader());

  it('shows a single granule at every zoom', () => {
    for (let granules = 1; granules <= 4096; granules *= 2) {
      const grid = gridOf(map, 64, granules);
      const place = placeInGrid(grid, 0x5f000000n);
      expect(place && cellAt(grid, place.row, place.column)?.owner).toBe('Realm');
    }
  });

  it('shows each owner of a cell, by address, the rarest always', () => {
    const grid = gridOf(map, 64, 16);
    const place = placeInGrid(grid, 0x5f000000n);
    const cell = place && cellAt(grid, place.row, place.column);
    expect(cell?.owners).toEqual(['Realm', 'Non-secure']);
    const plain = placeInGrid(grid, 0x50000000n);
    expect(plain && cellAt(grid, plain.row, plain.column)?.owners).toEqual(['Non-secure']);
  });

  it('takes 1 GiB at 4 KiB granules', () => {
    const big: Stretch = { base: GB, size: GB, name: 'ram' };
    const wide = readGranuleMap(config(), [big], tables.reader());
    expect(gridOf(wide, 128, 1).rows).toBe(2048 + NAME_ROWS);
    const granules = fittingCell(wide, 128, 60);
    expect(granules).toBe(64);
    expect(gridOf(wide, 128, granules).rows).toBeLessThanOrEqual(60);
  });

  it('has each address in the cell that has it', () => {
    const anywhere = fc.tuple(
      fc.constantFrom(SECURE, RAM),
      fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
      fc.integer({ min: 0, max: 10 }),
      fc.integer({ min: 4, max: 7 }),
    );
    fc.assert(
      fc.property(anywhere, ([stretch, share, zoom, wide]) => {
        const pa = stretch.base + BigInt(Math.floor(Number(stretch.size) * share));
        const grid = gridOf(map, 2 ** wide, 2 ** zoom);
        const place = placeInGrid(grid, pa);
        const cell = place && cellAt(grid, place.row, place.column);
        expect(cell && pa >= cell.base && pa < cell.base + cell.size).toBe(true);
        const band = grid.bands.find(
          (each) => (place?.row ?? 0) < each.row + each.rows + NAME_ROWS,
        );
        expect(band && rowAddress(grid, band, place?.row ?? 0) <= pa).toBe(true);
      }),
    );
  });

  it('is walked from cell to cell over the ends of stretches', () => {
    const grid = gridOf(map, 64, 1);
    expect(addressAfter(grid, GB, 1)).toBe(GB + GRANULE);
    expect(addressAfter(grid, GB, -1)).toBe(SECURE.base + SECURE.size - GRANULE);
    expect(addressAfter(grid, SECURE.base, -1)).toBe(SECURE.base);
    expect(addressAfter(grid, SECURE.base + SECURE.size - GRANULE, 64)).toBe(GB);
  });
});
