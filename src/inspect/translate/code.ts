/** Where the code of an Exception level may lie: what its tables make executable. */
import { bit } from '../field';
import type { SecurityState } from '../security';
import { executable, NO_LIMITS, type Limits } from './attributes';
import { stage1Tables, spaceOfRegime, type Regime } from './regime';
import { decodeDescriptor, entryBits, strideOf, type TranslationTable } from './table';
import { outputSpace, stage2, tightened, type ReadPhysical } from './walk';

/** Code at a virtual address, and where it lies. */
export interface CodeRange {
  readonly va: bigint;
  readonly pa: bigint;
  readonly size: bigint;
  readonly space: SecurityState;
}

/** Entries that are read at most: a whole kernel's tables are some hundred thousand. */
const MOST_ENTRIES = 1 << 20;
const PAGE = 4096n;

/**
 * What a regime's own level (not EL0) may execute, by its stage 1 tables, in ascending order of
 * each half. With stage 1 off that is everything: `undefined`. What cannot be read is left out.
 */
export function executableRanges(regime: Regime, read: ReadPhysical): CodeRange[] | undefined {
  if (!regime.stage1) return undefined;
  const found: CodeRange[] = [];
  let left = MOST_ENTRIES;

  /** Through stage 2 page by page, since its entries may be smaller. */
  const add = (va: bigint, address: bigint, size: bigint, space: SecurityState): void => {
    if (!regime.stage2) {
      join(found, { va, pa: address, size, space });
      return;
    }
    for (let at = 0n; at < size && left > 0; at += PAGE, left--) {
      const physical = stage2(regime, { address: address + at, space }, read, []);
      if (!physical.ok) continue;
      const { address: pa, space: owner } = physical.value;
      join(found, { va: va + at, pa, size: PAGE, space: owner });
    }
  };

  const visit = (
    table: TranslationTable,
    level: number,
    base: bigint,
    space: SecurityState,
    va: bigint,
    limits: Limits,
  ): void => {
    const covers = BigInt(entryBits(table, level));
    const isFirst = level === table.startLevel;
    const width = isFirst ? table.inputBits - Number(covers) : strideOf(table.granuleBits);
    const count = 2 ** Math.max(width, 0);
    left -= count;
    if (left < 0) return;
    const where = regime.stage2
      ? stage2(regime, { address: base, space }, read, [])
      : ({ ok: true, value: { address: base, space } } as const);
    const bytes = where.ok ? read(where.value.address, count * 8, where.value.space) : undefined;
    if (bytes === undefined) return;
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    for (let index = 0; index < count; index++) {
      if (((view.getUint8(index * 8) ?? 0) & 1) === 0) continue;
      const descriptor = view.getBigUint64(index * 8, true);
      const decoded = decodeDescriptor(descriptor, table, level, base + BigInt(index * 8));
      if (!decoded.ok) continue;
      const at = va + (BigInt(index) << covers);
      if (decoded.value.kind === 'table') {
        const next = space === 'Secure' && bit(descriptor, 63) ? 'Non-secure' : space;
        const below = table.hpd ? limits : tightened(limits, descriptor);
        visit(table, level + 1, decoded.value.next, next, at, below);
        continue;
      }
      if (!executable(descriptor, limits, regime).privileged) continue;
      const leaf = { output: decoded.value.output, descriptor, limits, tableSpace: space };
      add(at, leaf.output, 1n << covers, outputSpace(regime, leaf));
    }
  };

  for (const table of stage1Tables(regime)) {
    if (!table.ok) continue;
    const { value } = table;
    // The upper half's addresses have all bits above the translated ones set.
    const upper = value.register.startsWith('TTBR1');
    const va = upper ? (1n << 64n) - (1n << BigInt(value.inputBits)) : 0n;
    visit(value, value.startLevel, value.base, spaceOfRegime(regime), va, NO_LIMITS);
  }
  return found;
}

function join(ranges: CodeRange[], next: CodeRange): void {
  const last = ranges.at(-1);
  if (
    last !== undefined &&
    last.va + last.size === next.va &&
    last.pa + last.size === next.pa &&
    last.space === next.space
  ) {
    ranges[ranges.length - 1] = { ...last, size: last.size + next.size };
  } else ranges.push(next);
}

/** ERET, ERETAA and ERETAB (Arm ARM C6.2). */
export const EXCEPTION_RETURNS: readonly number[] = [0xd69f03e0, 0xd69f0bff, 0xd69f0fff];
