import { canonical } from './machine-json';
import type { Machine } from './schema';

export type Part = keyof Machine;

/** Parts in which a machine differs from another: what each has there, if anything. */
export function differentParts(
  base: Machine,
  machine: Machine,
): { part: Part; before: unknown; after: unknown }[] {
  const before: Record<string, unknown> = canonical(base);
  const after: Record<string, unknown> = canonical(machine);
  return [...new Set([...Object.keys(after), ...Object.keys(before)])]
    .filter((key) => JSON.stringify(before[key]) !== JSON.stringify(after[key]))
    .map((key) => ({ part: key as Part, before: before[key], after: after[key] }));
}
