/** GPT entries of levels 0 and 1. Source: Arm ARM D9, GPT entry formats. */
import { bits, hex } from '../field';
import { fail, ok, type Result } from '../error';
import { GPC_CHAPTER } from '../source';
import { sizeText, type GptConfig } from './gpccr';

/** Who may use a granule. 'any' and 'none' are the architecture's all and no access. */
export type Owner =
  | 'none'
  | 'Secure'
  | 'Non-secure'
  | 'Root'
  | 'Realm'
  | 'any'
  | 'Non-secure only'
  | 'System Agent'
  | 'Non-secure Protected'
  | 'NA6'
  | 'NA7';

const GPI: Readonly<Record<number, Owner>> = {
  0b0000: 'none',
  0b0100: 'System Agent',
  0b0101: 'Non-secure Protected',
  0b0110: 'NA6',
  0b0111: 'NA7',
  0b1000: 'Secure',
  0b1001: 'Non-secure',
  0b1010: 'Root',
  0b1011: 'Realm',
  0b1101: 'Non-secure only',
  0b1111: 'any',
};

const ALWAYS: readonly number[] = [0b0000, 0b1000, 0b1001, 0b1010, 0b1011, 0b1111];

/** The owner a GPI names, or undefined where this configuration reserves the code. */
export function ownerOfGpi(gpi: number, config: Pick<GptConfig, 'extraGpis'>): Owner | undefined {
  return ALWAYS.includes(gpi) || config.extraGpis.includes(gpi) ? GPI[gpi] : undefined;
}

/** What the owner means for the four states, in words. */
export function ownerMeaning(owner: Owner): string {
  switch (owner) {
    case 'none':
      return 'no state may use it';
    case 'any':
      return 'every physical address space reaches it';
    case 'Root':
      return 'only EL3 may use it';
    case 'Realm':
      return 'the Realm world and EL3 may use it';
    case 'Secure':
      return 'the Secure world and EL3 may use it';
    case 'Non-secure':
      return 'every world may use it, as Non-secure memory';
    case 'Non-secure only':
      return 'only Non-secure accesses of the Non-secure state';
    case 'System Agent':
    case 'Non-secure Protected':
    case 'NA6':
    case 'NA7':
      return 'no processing element may use it; kept for other requesters';
  }
}

export type GptEntry =
  | { readonly kind: 'block'; readonly owner: Owner; readonly size: bigint }
  | { readonly kind: 'table'; readonly table: bigint }
  /** Sixteen granules, the lowest address first. */
  | { readonly kind: 'granules'; readonly owners: readonly Owner[] }
  | { readonly kind: 'contiguous'; readonly owner: Owner; readonly size: bigint };

/** What the hardware makes of a bad entry: a GPT walk fault at that level. */
function walkFault(level: 0 | 1, entry: bigint, at: bigint, why: string): Result<GptEntry> {
  return fail(
    'gpt-bad-entry',
    `The level ${level.toString()} GPT entry ${hex(entry, 16)} at ${hex(at)} is not valid: ${why}. An access that meets it takes a GPT walk fault.`,
    at,
  );
}

/** A level 0 entry read from `at`: a block or a table. */
export function decodeLevel0(entry: bigint, at: bigint, config: GptConfig): Result<GptEntry> {
  const type = bits(entry, 3, 0);
  if (type === 1n) {
    if (entry >> 8n !== 0n) return walkFault(0, entry, at, 'reserved bits of a block are set');
    const gpi = Number(bits(entry, 7, 4));
    const owner = ownerOfGpi(gpi, config);
    if (owner === undefined) return walkFault(0, entry, at, `GPI ${hex(gpi)} is reserved`);
    return ok({ kind: 'block', owner, size: 1n << BigInt(config.level0Bits) });
  }
  if (type !== 3n) return walkFault(0, entry, at, `type ${hex(type)} is neither block nor table`);
  const table = entry & ~0xfn;
  const align = 1n << BigInt(Math.max(config.level0Bits - config.granuleBits - 1, 12));
  if (table % align !== 0n) {
    return walkFault(0, entry, at, `the table address is not aligned to ${sizeText(align)}`);
  }
  if (table >> BigInt(config.protectedBits) !== 0n) {
    return walkFault(0, entry, at, 'the table lies beyond the protected space');
  }
  return ok({ kind: 'table', table });
}

const CONTIG_SHIFT = [undefined, 21, 25, 29] as const;

/** A level 1 entry: sixteen granules, or one GPI for a contiguous stretch. */
export function decodeLevel1(entry: bigint, at: bigint, config: GptConfig): Result<GptEntry> {
  if (bits(entry, 3, 0) === 1n) {
    if (entry >> 10n !== 0n) {
      return walkFault(1, entry, at, 'reserved bits of a contiguous entry are set');
    }
    const shift = CONTIG_SHIFT[Number(bits(entry, 9, 8))];
    if (shift === undefined) return walkFault(1, entry, at, 'its Contig field is reserved');
    const gpi = Number(bits(entry, 7, 4));
    const owner = ownerOfGpi(gpi, config);
    if (owner === undefined) return walkFault(1, entry, at, `GPI ${hex(gpi)} is reserved`);
    return ok({ kind: 'contiguous', owner, size: 1n << BigInt(shift) });
  }
  const owners: Owner[] = [];
  for (let i = 0; i < 16; i++) {
    const gpi = Number(bits(entry, i * 4 + 3, i * 4));
    const owner = ownerOfGpi(gpi, config);
    if (owner === undefined) {
      return walkFault(1, entry, at, `GPI ${hex(gpi)} of granule ${i.toString()} is reserved`);
    }
    owners.push(owner);
  }
  return ok({ kind: 'granules', owners });
}

/** Owners in order, those that repeat counted: "Realm, 15 × Non-secure". */
function inRuns(owners: readonly string[]): string {
  const runs: { owner: string; count: number }[] = [];
  for (const owner of owners) {
    const last = runs.at(-1);
    if (last?.owner === owner) last.count++;
    else runs.push({ owner, count: 1 });
  }
  return runs
    .map(({ owner, count }) => (count === 1 ? owner : `${count.toString()} × ${owner}`))
    .join(', ');
}

/** An entry in a line, for the Granules pane. */
export function entryText(entry: GptEntry): string {
  switch (entry.kind) {
    case 'table':
      return `table at ${hex(entry.table)}`;
    case 'granules':
      return `sixteen granules: ${inRuns(entry.owners)}`;
    case 'block':
    case 'contiguous':
      return `${entry.kind}, ${sizeText(entry.size)}, ${entry.owner}`;
  }
}

/** Every GPI that any configuration allows. */
const ANY_CONFIG = { extraGpis: [0b0100, 0b0101, 0b0110, 0b0111, 0b1101] };

/**
 * An entry of a recorded event in words. Neither its level nor the configuration is needed for
 * that: no GPI has the code of a block (1) or of a table (3).
 */
export function recordedEntryText(entry: bigint): string {
  const name = (gpi: bigint): string =>
    ownerOfGpi(Number(gpi), ANY_CONFIG) ?? `reserved GPI ${hex(gpi)}`;
  const type = bits(entry, 3, 0);
  if (type === 3n) return `table at ${hex(entry & ~0xfn)}`;
  if (type === 1n) return `all that it covers: ${name(bits(entry, 7, 4))}`;
  const owners = Array.from({ length: 16 }, (_, i) => name(bits(entry, i * 4 + 3, i * 4)));
  return `sixteen granules: ${inRuns(owners)}`;
}

export const ENTRY_SOURCE = `${GPC_CHAPTER}, GPT entry formats`;
