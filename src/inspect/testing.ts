/** Generators that several tests of this folder share. Imported by tests only. */
import fc from 'fast-check';
import type { Decoded, Field } from './field';

/** Any 64-bit value, with single bits, dense and sparse ones all common. */
export const anyU64 = fc.oneof(
  fc.bigInt({ min: 0n, max: (1n << 64n) - 1n }),
  fc.integer({ min: 0, max: 63 }).map((n) => 1n << BigInt(n)),
  fc
    .array(fc.integer({ min: 0, max: 63 }), { maxLength: 20 })
    .map((ns) => ns.reduce((v, n) => v | (1n << BigInt(n)), 0n)),
);

/** Puts fields together again: equal to the value only if every set bit is in exactly one. */
export function reassemble(fields: readonly Field[]): bigint {
  let value = 0n;
  for (const { bits, value: v } of fields) {
    if ((value & (((1n << BigInt(bits[0] - bits[1] + 1)) - 1n) << BigInt(bits[1]))) !== 0n) {
      throw new Error(`bits ${bits.join(':')} are in two fields`);
    }
    value |= v << BigInt(bits[1]);
  }
  return value;
}

/** Pairs of field names that share a bit. */
export function overlaps(fields: readonly Field[]): string[] {
  const owner = new Map<number, string>();
  const found: string[] = [];
  for (const { name, bits } of fields) {
    for (let i = bits[1]; i <= bits[0]; i++) {
      const other = owner.get(i);
      if (other !== undefined) found.push(`${name} and ${other} share bit ${i.toString()}`);
      owner.set(i, name);
    }
  }
  return found;
}

/** What every decoder promises for every value; gives the complaint, or an empty string. */
export function complaint(decoded: Decoded, value: bigint): string {
  const shared = overlaps(decoded.fields);
  if (shared.length > 0) return shared.join('; ');
  if (reassemble(decoded.fields) !== value) return 'the fields do not account for every bit';
  if (decoded.summary === '' || /undefined|NaN/.test(decoded.summary)) {
    return `summary: ${decoded.summary}`;
  }
  for (const f of decoded.fields) {
    if (f.meaning === '' || /undefined|NaN/.test(f.meaning)) return `${f.name}: ${f.meaning}`;
    if (f.source === '') return `${f.name} has no source`;
  }
  return '';
}
