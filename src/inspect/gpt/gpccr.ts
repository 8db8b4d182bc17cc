/** GPCCR_EL3 and GPTBR_EL3: whether granule protection checks are on, and how. */
import { bit, bits, decodeFields, flag, hex, range, type Decoded, type FieldSpec } from '../field';
import { fail, ok, type Result } from '../error';
import { register } from '../source';
import { paBits } from '../tcr';

const SOURCE = register('GPCCR_EL3');
const TBR_SOURCE = register('GPTBR_EL3');

const CACHE = ['Non-cacheable', 'Write-Back allocate', 'Write-Through', 'Write-Back no allocate'];

/** PGS: 64 KB comes before 16 KB, as in TG0. */
const PGS_SHIFT = [12, 16, 14] as const;

const L0GPTSZ: Readonly<Record<number, number>> = { 0: 30, 4: 34, 6: 36, 9: 39 };

/** A bit of FEAT_RME_GPC2 or later that allows one more GPI encoding. */
function encoding(position: number, name: string, gpi: string): FieldSpec {
  return flag(position, name, `GPI ${gpi} is reserved`, `GPI ${gpi} is allowed`);
}

const FIELDS: readonly FieldSpec[] = [
  flag(29, 'GPCBW', 'no bypass window', 'bypass window in use'),
  encoding(28, 'NA7', '0b0111'),
  encoding(27, 'NA6', '0b0110'),
  encoding(26, 'NSP', '0b0101 (Non-secure Protected)'),
  encoding(25, 'SA', '0b0100 (System Agent)'),
  flag(24, 'APPSAA', 'addresses above PPS: only Non-secure', 'addresses above PPS: any space'),
  range(23, 20, 'L0GPTSZ', (v) => {
    const n = L0GPTSZ[Number(v)];
    return n === undefined ? 'reserved' : `each level 0 entry covers ${sizeText(1n << BigInt(n))}`;
  }),
  encoding(19, 'NSO', '0b1101 (Non-secure only)'),
  flag(18, 'TBGPCD', 'trace buffer accesses checked', 'trace buffer accesses not checked'),
  flag(17, 'GPCP', 'all faults reported at once', 'stage 2 walk faults as GPC exceptions'),
  flag(16, 'GPC', 'granule protection checks off', 'granule protection checks on'),
  range(15, 14, 'PGS', ['4 KB granules', '64 KB granules', '16 KB granules', 'reserved']),
  range(13, 12, 'SH', ['Non-shareable', 'reserved', 'Outer Shareable', 'Inner Shareable']),
  range(11, 10, 'ORGN', CACHE),
  range(9, 8, 'IRGN', CACHE),
  flag(7, 'SPAD', 'Secure space in use', 'Secure space disabled'),
  flag(6, 'NSPAD', 'Non-secure space in use', 'Non-secure space disabled'),
  flag(5, 'RLPAD', 'Realm space in use', 'Realm space disabled'),
  range(2, 0, 'PPS', (v) => {
    const n = paBits(v);
    return n === undefined ? 'reserved' : `${n.toString()}-bit protected physical addresses`;
  }),
];

/** 4 KB, 2 MB, 1 GB: the largest unit that divides. */
export function sizeText(size: bigint): string {
  const units = ['B', 'KB', 'MB', 'GB', 'TB', 'PB'] as const;
  let n = size;
  let unit = 0;
  while (n >= 1024n && n % 1024n === 0n && unit < units.length - 1) {
    n /= 1024n;
    unit++;
  }
  return `${n.toString()} ${units[unit] ?? ''}`;
}

export function decodeGpccr(gpccr: bigint): Decoded {
  const config = gptConfig(gpccr, 0n);
  const summary = config.ok
    ? `checks on, ${sizeText(1n << BigInt(config.value.granuleBits))} granules, ` +
      `${config.value.protectedBits.toString()}-bit protected space`
    : config.error.message;
  return {
    register: 'GPCCR_EL3',
    value: gpccr,
    fields: decodeFields(gpccr, FIELDS, SOURCE),
    summary,
    source: SOURCE,
  };
}

export function decodeGptbr(gptbr: bigint): Decoded {
  const base = bits(gptbr, 39, 0) << 12n;
  return {
    register: 'GPTBR_EL3',
    value: gptbr,
    fields: decodeFields(gptbr, [range(39, 0, 'BADDR', (v) => hex(v << 12n))], TBR_SOURCE),
    summary: `level 0 table at ${hex(base)}`,
    source: TBR_SOURCE,
  };
}

/** What a GPT walk needs from the two registers. */
export interface GptConfig {
  /** Base of the level 0 table in the Root space. */
  readonly base: bigint;
  /** Width of the protected physical address space (PPS), in bits. */
  readonly protectedBits: number;
  /** log2 of the granule size (PGS): 12, 14 or 16. */
  readonly granuleBits: number;
  /** log2 of what one level 0 entry covers (L0GPTSZ). */
  readonly level0Bits: number;
  /** GPI codes beyond the base set that this configuration allows. */
  readonly extraGpis: readonly number[];
}

/**
 * The configuration, or why there is none: checks are off, or the registers
 * hold a combination that makes every access fail with a GPT walk fault.
 * Source: Arm ARM D9, GPC faults; QEMU target/arm/ptw.c, granule_protection_check.
 */
export function gptConfig(gpccr: bigint, gptbr: bigint): Result<GptConfig> {
  if (!bit(gpccr, 16)) {
    return fail(
      'gpt-off',
      'Granule protection checks are off (GPCCR_EL3.GPC is 0): no granule has an owner.',
    );
  }
  const protectedBits = paBits(bits(gpccr, 2, 0));
  const granuleBits = PGS_SHIFT[Number(bits(gpccr, 15, 14))];
  const level0Bits = L0GPTSZ[Number(bits(gpccr, 23, 20))];
  const sh = bits(gpccr, 13, 12);
  const uncached = bits(gpccr, 11, 8) === 0n;
  const bad = (field: string) =>
    fail<GptConfig>(
      'gpt-bad-config',
      `GPCCR_EL3 is ${hex(gpccr)}: ${field}. Every access then faults; see what wrote the register.`,
    );
  if (protectedBits === undefined) return bad('PPS is a reserved value');
  if (granuleBits === undefined) return bad('PGS is a reserved value');
  if (level0Bits === undefined) return bad('L0GPTSZ is a reserved value');
  if (sh === 1n) return bad('SH is a reserved value');
  if (uncached && sh !== 2n) return bad('Non-cacheable tables must be Outer Shareable');
  const extraGpis = (
    [
      [25, 0b0100],
      [26, 0b0101],
      [27, 0b0110],
      [28, 0b0111],
      [19, 0b1101],
    ] as const
  )
    .filter(([position]) => bit(gpccr, position))
    .map(([, gpi]) => gpi);
  // The table is aligned to its own size: low address bits are ignored, not an error.
  const align = BigInt(Math.max(protectedBits - level0Bits + 3, 12));
  const address = bits(gptbr, 39, 0) << 12n;
  if (address >> BigInt(protectedBits) !== 0n) {
    return fail(
      'gpt-address-size',
      `GPTBR_EL3 puts the table at ${hex(address)}, beyond the ${protectedBits.toString()}-bit protected space.`,
    );
  }
  const base = (address >> align) << align;
  return ok({ base, protectedBits, granuleBits, level0Bits, extraGpis });
}
