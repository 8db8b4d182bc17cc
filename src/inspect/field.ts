/**
 * The shared model of a decoded register: fields in words, each with its source.
 *
 * A decoder is a table of FieldSpec. decodeFields() turns a value and a table
 * into Fields that together account for every bit that is set: what no row of
 * the table claims appears as a field named RES0, so nothing is hidden.
 */

/** Inclusive bit range, [hi, lo]; bit 0 is the least significant. */
export type Bits = readonly [hi: number, lo: number];

export interface Field {
  readonly name: string;
  readonly bits: Bits;
  /** The field's own value, shifted down. */
  readonly value: bigint;
  /** The value in words. */
  readonly meaning: string;
  /** Where the rule stands. */
  readonly source: string;
}

/**
 * The words for a value: a list indexed by value (one that runs out is
 * "reserved"), a sparse map, or a function of the value and the whole register.
 */
export type Meaning =
  | readonly string[]
  | { readonly [value: number]: string }
  | ((value: bigint, whole: bigint) => string);

export interface FieldSpec {
  readonly name: string;
  readonly hi: number;
  readonly lo: number;
  readonly meaning: Meaning;
  /** Overrides the table's source. */
  readonly source?: string;
}

/** A register, decoded. */
export interface Decoded {
  readonly register: string;
  readonly value: bigint;
  /** From the highest bit down. */
  readonly fields: readonly Field[];
  /** One line that says what matters most. */
  readonly summary: string;
  readonly source: string;
}

const MASK64 = (1n << 64n) - 1n;

/** The value as an unsigned 64-bit number: registers read over gdb may come signed. */
export function u64(value: bigint): bigint {
  return value & MASK64;
}

/** Bits [hi:lo] of a value. */
export function bits(value: bigint, hi: number, lo: number): bigint {
  return (value >> BigInt(lo)) & ((1n << BigInt(hi - lo + 1)) - 1n);
}

export function bit(value: bigint, position: number): boolean {
  return ((value >> BigInt(position)) & 1n) === 1n;
}

/** 0x and lower-case digits, padded to `digits` if given. */
export function hex(value: bigint | number, digits = 1): string {
  return `0x${value.toString(16).padStart(digits, '0')}`;
}

/** A one-bit field. */
export function flag(position: number, name: string, zero: string, one: string): FieldSpec {
  return { name, hi: position, lo: position, meaning: [zero, one] };
}

/** A multi-bit field. */
export function range(hi: number, lo: number, name: string, meaning: Meaning): FieldSpec {
  return { name, hi, lo, meaning };
}

/** A field whose value is simply a number. */
export function number(hi: number, lo: number, name: string, what = ''): FieldSpec {
  const prefix = what === '' ? '' : `${what} `;
  return { name, hi, lo, meaning: (v) => `${prefix}${v.toString()}` };
}

function words(meaning: Meaning, value: bigint, whole: bigint): string {
  if (typeof meaning === 'function') return meaning(value, whole);
  const found = (meaning as { readonly [value: number]: string })[Number(value)];
  return found ?? `reserved value ${hex(value)}`;
}

/**
 * Fields of `value` by `specs`, highest first. Bits of `within` (default: all
 * 64) that are set and that no spec claims become fields named RES0, one for
 * each unclaimed range.
 */
export function decodeFields(
  value: bigint,
  specs: readonly FieldSpec[],
  source: string,
  within: Bits = [63, 0],
): Field[] {
  const whole = u64(value);
  const fields: Field[] = specs.map((spec) => {
    const v = bits(whole, spec.hi, spec.lo);
    return {
      name: spec.name,
      bits: [spec.hi, spec.lo],
      value: v,
      meaning: words(spec.meaning, v, whole),
      source: spec.source ?? source,
    };
  });
  fields.sort((a, b) => b.bits[0] - a.bits[0]);
  return [...fields, ...unclaimed(whole, specs, source, within)].sort(
    (a, b) => b.bits[0] - a.bits[0],
  );
}

function unclaimed(
  whole: bigint,
  specs: readonly FieldSpec[],
  source: string,
  within: Bits,
): Field[] {
  const claimed = new Set<number>();
  for (const spec of specs) for (let i = spec.lo; i <= spec.hi; i++) claimed.add(i);
  const found: Field[] = [];
  for (let lo = within[1]; lo <= within[0]; lo++) {
    if (claimed.has(lo)) continue;
    let hi = lo;
    while (hi < within[0] && !claimed.has(hi + 1)) hi++;
    const v = bits(whole, hi, lo);
    if (v !== 0n) {
      found.push({
        name: 'RES0',
        bits: [hi, lo],
        value: v,
        meaning: 'set, though reserved or not known to this decoder',
        source,
      });
    }
    lo = hi;
  }
  return found;
}

/** The field of that name, if the table has it. */
export function fieldNamed(fields: readonly Field[], name: string): Field | undefined {
  return fields.find((f) => f.name === name);
}

/** Names of the one-bit fields that are set, for summaries. */
export function setFlags(fields: readonly Field[], except: readonly string[] = []): string[] {
  return fields
    .filter((f) => f.bits[0] === f.bits[1] && f.value === 1n && !except.includes(f.name))
    .map((f) => f.name);
}

/** "[hi:lo]" or "[n]" as registers are written in the Arm ARM. */
export function bitsText([hi, lo]: Bits): string {
  return hi === lo ? `[${hi.toString()}]` : `[${hi.toString()}:${lo.toString()}]`;
}
