/**
 * One set of translation tables: where the walk begins, and what its descriptors look like
 * (Arm ARM D8.2 to D8.3, VMSAv8-64 with 64-bit descriptors). 128-bit descriptors (FEAT_D128) are
 * not among them: QEMU 10.0 has none.
 */
import { fail, ok, type Result } from '../error';
import { bit, bits, hex } from '../field';
import type { SecurityState } from '../security';
import { paBits } from '../tcr';

/** log2 of the translation granule. */
export type GranuleBits = 12 | 14 | 16;

export interface TranslationTable {
  readonly stage: 1 | 2;
  /** The register that points to it, such as TTBR1_EL1. */
  readonly register: string;
  /** Address of the first table: physical, or of stage 2's input where stage 1 goes through it. */
  readonly base: bigint;
  /** The space that the tables lie in. */
  readonly space: SecurityState;
  readonly granuleBits: GranuleBits;
  /** How many bits of the input address are translated. */
  readonly inputBits: number;
  readonly outputBits: number;
  readonly startLevel: number;
  /** TCR_ELx.DS or VTCR_EL2.DS: 52-bit output addresses with 4 KB and 16 KB granules. */
  readonly ds: boolean;
  /** TCR_ELx.HPDn: table descriptors do not restrict what is below. */
  readonly hpd: boolean;
}

const TG0: readonly (GranuleBits | undefined)[] = [12, 16, 14];
/** TG1 counts differently (Arm ARM D24.2, TCR_EL1). */
const TG1: readonly (GranuleBits | undefined)[] = [undefined, 14, 12, 16];

export function granuleOf(code: bigint, half: 0 | 1): GranuleBits | undefined {
  return (half === 0 ? TG0 : TG1)[Number(code)];
}

/** Bits of address that one level of tables resolves. */
export function strideOf(granuleBits: GranuleBits): number {
  return granuleBits - 3;
}

/** log2 of what an entry of a level covers: 12 + 9 for a level 2 entry with 4 KB granules. */
export function entryBits({ granuleBits }: TranslationTable, level: number): number {
  return granuleBits + strideOf(granuleBits) * (3 - level);
}

/** The level of the first table of stage 1 (Arm ARM D8.2, by TxSZ and granule). */
function firstLevel(granuleBits: GranuleBits, inputBits: number): number {
  return 4 - Math.floor((inputBits - 4) / strideOf(granuleBits));
}

export interface Stage1Fields {
  readonly register: string;
  readonly ttbr: bigint;
  readonly txsz: bigint;
  /** TG0 or TG1 as it is in the register. */
  readonly tg: bigint;
  readonly half: 0 | 1;
  /** IPS or PS. */
  readonly ps: bigint;
  readonly ds: boolean;
  readonly hpd: boolean;
  readonly space: SecurityState;
}

function reserved(register: string, what: string): Result<never> {
  return fail(
    'unknown-translation',
    `${register}: ${what}. The architecture leaves open what happens then; nothing is translated here.`,
  );
}

/** Base address of a table from its register: 52-bit addresses keep bits 51 to 48 at [5:2]. */
function baseOf(ttbr: bigint, outputBits: number, alignBits: number): bigint {
  const low = bits(ttbr, 47, 1) << 1n;
  const address = outputBits > 48 ? low | (bits(ttbr, 5, 2) << 48n) : low;
  const align = BigInt(Math.max(alignBits, outputBits > 48 ? 6 : 0));
  return (address >> align) << align;
}

/** The tables of stage 1 by the fields of TCR_ELx, or why there can be none. */
export function stage1Table(fields: Stage1Fields): Result<TranslationTable> {
  const { register, ttbr, txsz, tg, half, ps, ds, hpd, space } = fields;
  const granuleBits = granuleOf(tg, half);
  if (granuleBits === undefined) return reserved(register, `TG${half.toString()} is reserved`);
  const inputBits = 64 - Number(txsz);
  const most = granuleBits === 16 || ds ? 52 : 48;
  if (inputBits > most || inputBits < 16) {
    return reserved(register, `T${half.toString()}SZ is ${txsz.toString()}`);
  }
  const size = paBits(ps);
  if (size === undefined) return reserved(register, 'the output size (IPS, PS) is reserved');
  // 52 bits of output need 64 KB granules or DS (Arm ARM D8.1.9).
  const outputBits = granuleBits === 16 || ds ? Math.min(size, 52) : Math.min(size, 48);
  const startLevel = firstLevel(granuleBits, inputBits);
  const top = inputBits - (granuleBits + strideOf(granuleBits) * (3 - startLevel)) + 3;
  const base = baseOf(ttbr, outputBits, top);
  const table = { stage: 1 as const, register, base, space, granuleBits, inputBits, outputBits };
  return ok({ ...table, startLevel, ds, hpd });
}

/**
 * The tables of stage 2 by VTCR_EL2 or VSTCR_EL2 and their base register. Up to sixteen tables
 * stand in a row at the first level (Arm ARM D8.2.8).
 */
export function stage2Table(
  register: string,
  ttbr: bigint,
  vtcr: bigint,
  space: SecurityState,
): Result<TranslationTable> {
  const granuleBits = granuleOf(bits(vtcr, 15, 14), 0);
  if (granuleBits === undefined) return reserved(register, 'TG0 is reserved');
  const inputBits = 64 - Number(bits(vtcr, 5, 0));
  const ds = bit(vtcr, 32);
  const sl0 = Number(bits(vtcr, 7, 6));
  const size = paBits(bits(vtcr, 18, 16));
  if (size === undefined) return reserved(register, 'PS is reserved');
  const outputBits = granuleBits === 16 || ds ? Math.min(size, 52) : Math.min(size, 48);
  // SL0 counts from level 2 with 4 KB granules, else from level 3 (D24.2, VTCR_EL2).
  let startLevel = granuleBits === 12 ? 2 - sl0 : 3 - sl0;
  if (granuleBits === 12 && sl0 === 3) startLevel = 3;
  if (granuleBits === 12 && ds && bit(vtcr, 33)) startLevel = -1;
  const table = { stage: 2 as const, register, granuleBits, inputBits, outputBits, startLevel };
  const top = inputBits - (granuleBits + strideOf(granuleBits) * (3 - startLevel)) + 3;
  const concatenated = top - granuleBits;
  if (inputBits < 16 || top < 4 || concatenated > 4) {
    return reserved(
      register,
      `T0SZ ${bits(vtcr, 5, 0).toString()} does not go with first level ${startLevel.toString()}`,
    );
  }
  return ok({ ...table, base: baseOf(ttbr, outputBits, top), space, ds, hpd: true });
}

export type Descriptor =
  | { readonly kind: 'table'; readonly next: bigint }
  | { readonly kind: 'block' | 'page'; readonly output: bigint; readonly sizeBits: number };

/** Which levels may hold blocks (Arm ARM D8.3.1). */
function mayBeBlock({ granuleBits, ds, outputBits }: TranslationTable, level: number): boolean {
  if (granuleBits === 12) return level === 1 || level === 2 || (ds && level === 0);
  if (granuleBits === 14) return level === 2 || (ds && level === 1);
  return level === 2 || (outputBits > 48 && level === 1);
}

/** The address in a descriptor: [47:granule], and above bit 47 as the granule and DS say. */
function addressOf(descriptor: bigint, table: TranslationTable, lowBit: number): bigint {
  const align = BigInt(lowBit);
  const { granuleBits, ds, outputBits } = table;
  if (granuleBits !== 16 && ds) {
    // LPA2: bits 49 and 48 in place, 51 and 50 at [9:8].
    const low = (bits(descriptor, 49, 0) >> align) << align;
    return low | (bits(descriptor, 9, 8) << 50n);
  }
  const low = (bits(descriptor, 47, 0) >> align) << align;
  return granuleBits === 16 && outputBits > 48 ? low | (bits(descriptor, 15, 12) << 48n) : low;
}

/** What a descriptor of a level is; the error is what an access would take. */
export function decodeDescriptor(
  descriptor: bigint,
  table: TranslationTable,
  level: number,
  at: bigint,
): Result<Descriptor> {
  const fault = (why: string): Result<Descriptor> =>
    fail(
      'translation-fault',
      `Translation fault, level ${level.toString()} of stage ${table.stage.toString()}: the descriptor ${hex(descriptor, 16)} at ${hex(at)} ${why}.`,
      at,
    );
  if (!bit(descriptor, 0)) return fault('is not valid (bit 0 is 0)');
  const isTable = bit(descriptor, 1);
  if (isTable && level < 3) {
    return sized(ok({ kind: 'table', next: addressOf(descriptor, table, table.granuleBits) }));
  }
  if (!isTable && (level === 3 || !mayBeBlock(table, level))) {
    return fault('is a block, which this level cannot have');
  }
  const sizeBits = entryBits(table, level);
  const output = addressOf(descriptor, table, sizeBits);
  return sized(ok({ kind: level === 3 ? 'page' : 'block', output, sizeBits }));

  function sized(found: Result<Descriptor>): Result<Descriptor> {
    if (!found.ok) return found;
    const address = found.value.kind === 'table' ? found.value.next : found.value.output;
    if (address >> BigInt(table.outputBits) === 0n) return found;
    return fail(
      'address-size-fault',
      `Address size fault, level ${level.toString()} of stage ${table.stage.toString()}: the descriptor at ${hex(at)} gives ${hex(address)}, beyond ${table.outputBits.toString()} bits.`,
      at,
    );
  }
}
