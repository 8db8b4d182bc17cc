/** Vector and predicate registers as their elements, and how much of them a vCPU may use. */
import { bit, bits, hex } from './field';
import type { RegisterReader } from './register-groups';
import type { ExceptionLevel } from './security';

/** What the elements of a vector are taken for. */
export const VECTOR_VIEWS = [
  'hex',
  'bytes',
  'halfwords',
  'words',
  'doublewords',
  'half-precision',
  'single-precision',
  'double-precision',
] as const;
export type VectorView = (typeof VECTOR_VIEWS)[number];

const ELEMENT_BITS: Readonly<Record<Exclude<VectorView, 'hex'>, number>> = {
  bytes: 8,
  halfwords: 16,
  words: 32,
  doublewords: 64,
  'half-precision': 16,
  'single-precision': 32,
  'double-precision': 64,
};

/** Vector registers are multiples of this (Arm ARM B1.3.2, SVE vector length). */
const QUADWORD = 128;

/** Bits of an element; of the whole for `hex`. */
export function elementBits(view: VectorView, whole: number): number {
  return view === 'hex' ? whole : ELEMENT_BITS[view];
}

/**
 * The elements of a vector in words, element 0 (the least significant) first.
 * @param whole bits of the vector
 */
export function vectorElements(value: bigint, whole: number, view: VectorView): string[] {
  const size = elementBits(view, whole);
  return Array.from({ length: Math.floor(whole / size) }, (_, n) => {
    const element = bits(value, n * size + size - 1, n * size);
    return view.endsWith('-precision') ? floatText(element, size) : hex(element, size / 4);
  });
}

/** A number in the fewest digits that tell it from its neighbours. */
function floatText(element: bigint, size: number): string {
  const view = new DataView(new ArrayBuffer(8));
  if (size === 64) {
    view.setBigUint64(0, element);
    return numberText(view.getFloat64(0), 17, (text) => Number(text));
  }
  if (size === 32) {
    view.setUint32(0, Number(element));
    return numberText(view.getFloat32(0), 9, (text) => Math.fround(Number(text)));
  }
  const value = halfPrecision(Number(element));
  // Eleven bits of significand: five decimal digits tell all of them apart.
  return numberText(value, 5, (text, digits) => (digits === 5 ? value : Number(text)));
}

function numberText(
  value: number,
  mostDigits: number,
  back: (text: string, digits: number) => number,
): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? '∞' : '−∞';
  if (Object.is(value, -0)) return '-0';
  for (let digits = 1; digits <= mostDigits; digits++) {
    const text = value.toPrecision(digits);
    if (back(text, digits) === value) return Number(text).toString();
  }
  return value.toString();
}

/** IEEE 754 binary16, as with FPCR.AHP clear. */
function halfPrecision(element: number): number {
  const sign = (element & 0x8000) === 0 ? 1 : -1;
  const exponent = (element >> 10) & 0x1f;
  const fraction = element & 0x3ff;
  if (exponent === 0x1f) return fraction === 0 ? sign * Infinity : Number.NaN;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  return sign * (0x400 + fraction) * 2 ** (exponent - 25);
}

/**
 * Which elements a predicate makes active: one bit for each byte of a vector, and of an element's
 * bits the lowest counts (Arm ARM B1.3.3).
 *
 * @param vector bits of a vector, 8 for each of the predicate's
 */
export function activeElements(predicate: bigint, vector: number, view: VectorView): string {
  const size = elementBits(view, vector);
  if (view === 'hex') return hex(predicate, vector / 8 / 4);
  const count = Math.floor(vector / size);
  const active = Array.from({ length: count }, (_, n) => n).filter((n) =>
    bit(predicate, (n * size) / 8),
  );
  if (active.length === 0) return 'none';
  if (active.length === count) return `all ${count}`;
  const runs: [number, number][] = [];
  for (const n of active) {
    const last = runs.at(-1);
    if (last !== undefined && last[1] === n - 1) last[1] = n;
    else runs.push([n, n]);
  }
  const text = runs.map(([from, to]) => (from === to ? `${from}` : `${from} to ${to}`)).join(', ');
  return `${text} of ${count}`;
}

/** What of the vector registers a vCPU may use where it is. */
export interface VectorUse {
  /** Bits of a vector that are to be shown: 128 where SVE is not there, or trapped. */
  readonly bits: number;
  /** Whether vectors are Z registers, with predicates. */
  readonly sve: boolean;
  /** The register that traps SVE at this level; undefined where nothing does. */
  readonly trappedBy: string | undefined;
}

/** ZEN of CPACR_EL1, and of CPTR_EL2 with E2H: 0b01 traps EL0 alone, 0b11 nothing. */
function isTrappedByZen(register: bigint, el: ExceptionLevel): boolean {
  const zen = Number(bits(register, 17, 16));
  return zen !== 0b11 && !(zen === 0b01 && el !== 0);
}

/**
 * Arm ARM, CheckSVEEnabled: what CPACR_EL1, CPTR_EL2 and CPTR_EL3 let through at a level.
 *
 * @param read `VG` is the gdbstub's: 64-bit granules of a vector, as ZCR_ELx has them here;
 *   undefined on a vCPU without SVE
 */
export function vectorUse(read: RegisterReader, el: ExceptionLevel): VectorUse {
  const vg = read('VG');
  const none = { bits: QUADWORD, sve: false };
  if (vg === undefined) return { ...none, trappedBy: undefined };
  const hcr = read('HCR_EL2') ?? 0n;
  const e2h = bit(hcr, 34);
  const isHost = e2h && bit(hcr, 27); // TGE: EL0 runs under EL2.
  const cpacr = read('CPACR_EL1');
  const cptr2 = read('CPTR_EL2');
  const cptr3 = read('CPTR_EL3');
  const trap = (by: string): VectorUse => ({ ...none, trappedBy: by });
  if (el <= 1 && !isHost && cpacr !== undefined && isTrappedByZen(cpacr, el)) {
    return trap('CPACR_EL1.ZEN');
  }
  if (el <= 2 && cptr2 !== undefined) {
    if (e2h ? isTrappedByZen(cptr2, isHost || el === 2 ? el : 1) : bit(cptr2, 8)) {
      return trap(e2h ? 'CPTR_EL2.ZEN' : 'CPTR_EL2.TZ');
    }
  }
  if (cptr3 !== undefined && !bit(cptr3, 8)) return trap('CPTR_EL3.EZ');
  return { bits: Math.max(QUADWORD, Number(vg) * 64), sve: true, trappedBy: undefined };
}

/** The low bits of a register: those of a vector are its V register. */
export function lowBits(value: bigint, count: number): bigint {
  return bits(value, count - 1, 0);
}
