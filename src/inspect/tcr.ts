/** TCR_EL1, TCR_EL2, TCR_EL3 and VTCR_EL2: address sizes, granules, walk attributes. */
import {
  bit,
  bits,
  decodeFields,
  flag,
  number,
  range,
  type Decoded,
  type FieldSpec,
} from './field';
import { register } from './source';

const CACHE = ['Non-cacheable', 'Write-Back allocate', 'Write-Through', 'Write-Back no allocate'];
const SHARE = ['Non-shareable', 'reserved', 'Outer Shareable', 'Inner Shareable'];
const TG0 = ['4 KB granule', '64 KB granule', '16 KB granule', 'reserved'];
/** TG1 counts differently from TG0. */
const TG1 = ['reserved', '16 KB granule', '4 KB granule', '64 KB granule'];
const PA_BITS = [32, 36, 40, 42, 44, 48, 52, 56] as const;

/** Physical address size in bits of an IPS, PS or PPS code; undefined past the table. */
export function paBits(code: bigint): number | undefined {
  return PA_BITS[Number(code)];
}

function paSize(v: bigint): string {
  const n = paBits(v);
  return n === undefined ? 'reserved' : `${n.toString()}-bit physical addresses`;
}

function vaSize(v: bigint): string {
  return `${(64n - v).toString()}-bit virtual addresses`;
}

/** The region fields, shifted to where TTBR0 or TTBR1 has them. */
function region(n: '0' | '1', base: number, tg: readonly string[]): readonly FieldSpec[] {
  return [
    range(base + 5, base, `T${n}SZ`, vaSize),
    range(base + 9, base + 8, `IRGN${n}`, CACHE),
    range(base + 11, base + 10, `ORGN${n}`, CACHE),
    range(base + 13, base + 12, `SH${n}`, SHARE),
    range(base + 15, base + 14, `TG${n}`, tg),
  ];
}

const EL1: readonly FieldSpec[] = [
  ...region('0', 0, TG0),
  ...region('1', 16, TG1),
  flag(7, 'EPD0', 'walks from TTBR0', 'no walks from TTBR0: such addresses fault'),
  flag(22, 'A1', 'ASID from TTBR0', 'ASID from TTBR1'),
  flag(23, 'EPD1', 'walks from TTBR1', 'no walks from TTBR1: such addresses fault'),
  range(34, 32, 'IPS', paSize),
  flag(36, 'AS', '8-bit ASID', '16-bit ASID'),
  flag(37, 'TBI0', 'top byte used (TTBR0)', 'top byte ignored (TTBR0)'),
  flag(38, 'TBI1', 'top byte used (TTBR1)', 'top byte ignored (TTBR1)'),
  flag(39, 'HA', 'Access flag by software', 'Access flag by hardware'),
  flag(40, 'HD', 'dirty state by software', 'dirty state by hardware'),
  flag(41, 'HPD0', 'hierarchical permissions (TTBR0)', 'hierarchical permissions off (TTBR0)'),
  flag(42, 'HPD1', 'hierarchical permissions (TTBR1)', 'hierarchical permissions off (TTBR1)'),
  number(46, 43, 'HWU0', 'hardware use of descriptor bits'),
  number(50, 47, 'HWU1', 'hardware use of descriptor bits'),
  flag(51, 'TBID0', 'top byte rule for code too (TTBR0)', 'for data only (TTBR0)'),
  flag(52, 'TBID1', 'top byte rule for code too (TTBR1)', 'for data only (TTBR1)'),
  flag(53, 'NFD0', 'non-fault walks (TTBR0)', 'no non-fault walks (TTBR0)'),
  flag(54, 'NFD1', 'non-fault walks (TTBR1)', 'no non-fault walks (TTBR1)'),
  flag(55, 'E0PD0', 'EL0 may use TTBR0 half', 'EL0 faults in TTBR0 half'),
  flag(56, 'E0PD1', 'EL0 may use TTBR1 half', 'EL0 faults in TTBR1 half'),
  flag(57, 'TCMA0', 'tag checks (TTBR0)', 'tag 0 unchecked (TTBR0)'),
  flag(58, 'TCMA1', 'tag checks (TTBR1)', 'tag 15 unchecked (TTBR1)'),
  flag(59, 'DS', '48-bit descriptors', '52-bit descriptors (LPA2)'),
  flag(60, 'MTX0', 'no extended tag check (TTBR0)', 'extended tag check (TTBR0)'),
  flag(61, 'MTX1', 'no extended tag check (TTBR1)', 'extended tag check (TTBR1)'),
];

/** TCR_EL3, and TCR_EL2 with HCR_EL2.E2H=0. */
const SINGLE: readonly FieldSpec[] = [
  ...region('0', 0, TG0),
  range(18, 16, 'PS', paSize),
  flag(20, 'TBI', 'top byte used', 'top byte ignored'),
  flag(21, 'HA', 'Access flag by software', 'Access flag by hardware'),
  flag(22, 'HD', 'dirty state by software', 'dirty state by hardware'),
  flag(23, 'RES1[23]', 'should be 1', 'reserved, reads 1'),
  flag(24, 'HPD', 'hierarchical permissions', 'hierarchical permissions off'),
  number(28, 25, 'HWU', 'hardware use of descriptor bits'),
  flag(29, 'TBID', 'top byte rule for code too', 'for data only'),
  flag(30, 'TCMA', 'tag checks', 'tag 0 unchecked'),
  flag(31, 'RES1[31]', 'should be 1', 'reserved, reads 1'),
  flag(32, 'DS', '48-bit descriptors', '52-bit descriptors (LPA2)'),
  flag(33, 'MTX', 'no extended tag check', 'extended tag check'),
];

const STAGE2: readonly FieldSpec[] = [
  range(5, 0, 'T0SZ', (v) => `${(64n - v).toString()}-bit intermediate physical addresses`),
  range(7, 6, 'SL0', (v) => `starting level code ${v.toString()}`),
  ...region('0', 0, TG0).slice(1),
  range(18, 16, 'PS', paSize),
  flag(19, 'VS', '8-bit VMID', '16-bit VMID'),
  flag(21, 'HA', 'Access flag by software', 'Access flag by hardware'),
  flag(22, 'HD', 'dirty state by software', 'dirty state by hardware'),
  number(28, 25, 'HWU', 'hardware use of descriptor bits'),
  flag(29, 'NSW', 'table walks of Non-secure IPA are Secure', 'they are Non-secure'),
  flag(30, 'NSA', 'Non-secure IPA to Secure PA', 'Non-secure IPA to Non-secure PA'),
  flag(31, 'RES1[31]', 'should be 1', 'reserved, reads 1'),
  flag(32, 'DS', '48-bit descriptors', '52-bit descriptors (LPA2)'),
  flag(33, 'SL2', 'starting level by SL0', 'starting level -1'),
];

export type TcrName = 'TCR_EL1' | 'TCR_EL2' | 'TCR_EL3' | 'VTCR_EL2';

/** Any of the four; `e2h` gives TCR_EL2 the two-region layout of TCR_EL1. */
export function decodeTcr(value: bigint, name: TcrName, e2h = false): Decoded {
  const source = register(name);
  const two = name === 'TCR_EL1' || (name === 'TCR_EL2' && e2h);
  const fields = decodeFields(value, two ? EL1 : name === 'VTCR_EL2' ? STAGE2 : SINGLE, source);
  const ps = bits(value, two ? 34 : 18, two ? 32 : 16);
  const size = paBits(ps)?.toString() ?? '?';
  const half = (base: number, tg: readonly string[], off: boolean) =>
    off
      ? 'off'
      : `${(64n - bits(value, base + 5, base)).toString()}-bit, ${tg[Number(bits(value, base + 15, base + 14))] ?? ''}`;
  const kind = name === 'VTCR_EL2' ? 'IPA' : 'VA';
  const summary = two
    ? `TTBR0: ${half(0, TG0, bit(value, 7))}; TTBR1: ${half(16, TG1, bit(value, 23))}; ${size}-bit PA`
    : `${kind} ${half(0, TG0, false)}; ${size}-bit PA`;
  return { register: name, value, fields, summary, source };
}
