/**
 * Address translation as the hardware does it: VA to IPA to PA, descriptor by descriptor, over a
 * callback that reads physical memory (Arm ARM D8; checked against QEMU target/arm/ptw.c). Caches of
 * translations are not looked at: a TLB may still hold what the tables said before.
 */
import { fail, ok, type Result } from '../error';
import { bit, bits, hex } from '../field';
import type { SecurityState } from '../security';
import { describeStage1, describeStage2, NO_LIMITS, type Limits } from './attributes';
import { chooseStage1, chooseStage2, spaceOfRegime, type Regime } from './regime';
import { decodeDescriptor, entryBits, strideOf, type TranslationTable } from './table';

/** Reads `length` bytes of a physical address space; undefined where there is no memory. */
export type ReadPhysical = (
  pa: bigint,
  length: number,
  space: SecurityState,
) => Uint8Array | undefined;

/** An address in one of the spaces: physical, or of stage 2's input. */
export interface SpacedAddress {
  readonly address: bigint;
  readonly space: SecurityState;
}

/** A descriptor that a walk read. */
export interface WalkStep {
  readonly stage: 1 | 2;
  readonly level: number;
  /** Physical address of the descriptor, and its space. */
  readonly at: SpacedAddress;
  readonly descriptor: bigint;
  /** What it is: "table at 0x…", "2 MB block at 0x…", with permissions and kind of memory. */
  readonly meaning: string;
}

/** What a translation came to. The steps are those up to a fault, too. */
export interface Translation {
  readonly regime: Regime;
  readonly va: bigint;
  readonly steps: readonly WalkStep[];
  /** What stage 1 gives, where stage 2 is on. */
  readonly ipa?: SpacedAddress;
  /** The physical address; or the fault, by name and descriptor. */
  readonly result: Result<SpacedAddress>;
}

/** Where a stage's walk ended: the output, and the bits of it that the last entry does not give. */
export interface Leaf {
  readonly output: bigint;
  readonly descriptor: bigint;
  readonly limits: Limits;
  readonly tableSpace: SecurityState;
}

/** Reads and follows the tables of one stage. `place` turns a table's address into a physical one. */
function walkStage(
  regime: Regime,
  table: TranslationTable,
  input: bigint,
  place: (address: bigint, space: SecurityState) => Result<SpacedAddress>,
  read: ReadPhysical,
  steps: WalkStep[],
): Result<Leaf> {
  let base = table.base;
  let { space } = table;
  let limits: Limits = NO_LIMITS;
  for (let level = table.startLevel; ; level++) {
    const covers = entryBits(table, level);
    // The first level takes all bits that are left; the others as many as a table has entries.
    const width =
      level === table.startLevel ? table.inputBits - covers : strideOf(table.granuleBits);
    const index = width > 0 ? bits(input, covers + width - 1, covers) : 0n;
    const physical = place(base + index * 8n, space);
    if (!physical.ok) return physical;
    const at = physical.value;
    const bytes = read(at.address, 8, at.space);
    if (bytes?.length !== 8) {
      return fail(
        'memory-unreadable',
        `There is no memory at ${hex(at.address)} (${at.space}), where the level ${level.toString()} descriptor of stage ${table.stage.toString()} should be: ${table.register} or a table points to nothing.`,
        at.address,
      );
    }
    const view = new DataView(bytes.buffer, bytes.byteOffset, 8);
    const descriptor = view.getBigUint64(0, true);
    const decoded = decodeDescriptor(descriptor, table, level, at.address);
    const describe = table.stage === 1 ? describeStage1 : describeStage2;
    steps.push({
      ...{ stage: table.stage, level, at, descriptor },
      meaning: decoded.ok
        ? describe(descriptor, decoded.value, limits, regime)
        : bit(descriptor, 0)
          ? 'not valid at this level'
          : 'not valid',
    });
    if (!decoded.ok) return decoded;
    if (decoded.value.kind === 'table') {
      base = decoded.value.next;
      if (table.stage === 1) {
        if (!table.hpd) limits = tightened(limits, descriptor);
        // NSTable: from Secure tables on to Non-secure ones (Arm ARM D8.4.2). RES0 in Root and Realm.
        if (space === 'Secure' && bit(descriptor, 63)) space = 'Non-secure';
      }
      continue;
    }
    const { output, sizeBits } = decoded.value;
    const offset = bits(input, sizeBits - 1, 0);
    return ok({ output: output | offset, descriptor, limits, tableSpace: space });
  }
}

/** APTable, UXNTable and PXNTable of a table descriptor hold for all below (Arm ARM D8.4.1). */
export function tightened(limits: Limits, descriptor: bigint): Limits {
  return {
    noEl0: limits.noEl0 || bit(descriptor, 61),
    readOnly: limits.readOnly || bit(descriptor, 62),
    uxn: limits.uxn || bit(descriptor, 60),
    pxn: limits.pxn || bit(descriptor, 59),
  };
}

/** The space of stage 1's output (Arm ARM D8.3.1, NS and NSE of block and page descriptors). */
export function outputSpace(regime: Regime, { descriptor, tableSpace }: Leaf): SecurityState {
  const ns = bit(descriptor, 5);
  switch (spaceOfRegime(regime)) {
    case 'Non-secure':
      return 'Non-secure';
    case 'Root':
      if (bit(descriptor, 11)) return ns ? 'Realm' : 'Root';
      return ns ? 'Non-secure' : 'Secure';
    case 'Realm':
      // EL1&0 of a Realm has no NS bit: its stage 2 says what is Non-secure.
      return ns && regime.el === 2 ? 'Non-secure' : 'Realm';
    case 'Secure':
      return ns || tableSpace === 'Non-secure' ? 'Non-secure' : 'Secure';
  }
}

/** Stage 2 of an intermediate address; what it read is added to `steps`. */
export function stage2(
  regime: Regime,
  ipa: SpacedAddress,
  read: ReadPhysical,
  steps: WalkStep[],
): Result<SpacedAddress> {
  const chosen = chooseStage2(regime, ipa.space);
  if (!chosen.ok) return chosen;
  const table = chosen.value;
  if (ipa.address >> BigInt(table.inputBits) !== 0n) {
    return fail(
      'translation-fault',
      `Translation fault, level 0 of stage 2: ${hex(ipa.address)} is beyond the ${table.inputBits.toString()} bits that ${table.register} covers.`,
    );
  }
  const physical = (address: bigint, space: SecurityState) => ok({ address, space });
  const leaf = walkStage(regime, table, ipa.address, physical, read, steps);
  if (!leaf.ok) return leaf;
  const { output, descriptor } = leaf.value;
  return ok({ address: output, space: stage2Space(regime, ipa, descriptor) });
}

function stage2Space(regime: Regime, ipa: SpacedAddress, descriptor: bigint): SecurityState {
  if (regime.state === 'Realm') return bit(descriptor, 55) ? 'Non-secure' : 'Realm';
  if (regime.state !== 'Secure') return 'Non-secure';
  // SA and NSA send whole IPA spaces to the Non-secure side (Arm ARM D24.2, VSTCR_EL2, VTCR_EL2).
  if (bit(regime.vstcr, 30)) return 'Non-secure';
  return ipa.space === 'Non-secure' && bit(regime.vtcr, 30) ? 'Non-secure' : 'Secure';
}

/**
 * Where a virtual address leads in a regime. Nothing of it throws, whatever the tables hold: a walk
 * ends at level 3.
 */
export function translate(regime: Regime, va: bigint, read: ReadPhysical): Translation {
  const steps: WalkStep[] = [];
  const done = (result: Result<SpacedAddress>, ipa?: SpacedAddress): Translation =>
    ipa === undefined ? { regime, va, steps, result } : { regime, va, steps, ipa, result };
  const first = stage1(regime, va, read, steps);
  if (!first.ok || !regime.stage2) return done(first);
  return done(stage2(regime, first.value, read, steps), first.value);
}

function stage1(
  regime: Regime,
  va: bigint,
  read: ReadPhysical,
  steps: WalkStep[],
): Result<SpacedAddress> {
  if (!regime.stage1) return flat(regime, va);
  const chosen = chooseStage1(regime, va);
  if (!chosen.ok) return chosen;
  const { table, input } = chosen.value;
  // The tables of stage 1 are themselves at intermediate addresses (Arm ARM D8.1.4).
  const place = (address: bigint, space: SecurityState): Result<SpacedAddress> => {
    if (!regime.stage2) return ok({ address, space });
    const physical = stage2(regime, { address, space }, read, []);
    if (physical.ok) return physical;
    return fail(
      physical.error.name,
      `Stage 2 fault on a stage 1 walk, for the table entry at IPA ${hex(address)}. ${physical.error.message}`,
      physical.error.offset,
    );
  };
  const leaf = walkStage(regime, table, input, place, read, steps);
  if (!leaf.ok) return leaf;
  return ok({ address: leaf.value.output, space: outputSpace(regime, leaf.value) });
}

/** With stage 1 off addresses stay as they are, as far as they fit (Arm ARM D8.2.12). */
function flat(regime: Regime, va: bigint): Result<SpacedAddress> {
  const address = bits(va, 55, 0);
  if (address >> 52n !== 0n) {
    return fail(
      'address-size-fault',
      `Address size fault, level 0 of stage 1: the MMU is off, and ${hex(va)} is no physical address.`,
    );
  }
  return ok({ address, space: spaceOfRegime(regime) });
}
