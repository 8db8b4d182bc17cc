import * as v from 'valibot';
import { linkLimits } from './limits';
import { Machine, machineFormat } from './schema';

export type ReadMachine = { ok: true; machine: Machine } | { ok: false; reason: string };

/** Deepest nesting of brackets in JSON text, without parsing it. */
export function nestingDepth(text: string): number {
  let depth = 0;
  let deepest = 0;
  let inString = false;
  for (let i = 0; i < text.length; i++) {
    const c = text[i];
    if (inString) {
      if (c === '\\') i++;
      else if (c === '"') inString = false;
    } else if (c === '"') inString = true;
    else if (c === '{' || c === '[') deepest = Math.max(deepest, ++depth);
    else if (c === '}' || c === ']') depth--;
  }
  return deepest;
}

export function parseJson(
  text: string,
): { ok: true; value: unknown } | { ok: false; reason: string } {
  if (nestingDepth(text) > linkLimits.depth) {
    return { ok: false, reason: `it is nested deeper than ${String(linkLimits.depth)} levels` };
  }
  try {
    return { ok: true, value: JSON.parse(text) };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return { ok: false, reason: `it is not JSON (${why})` };
  }
}

/** An object against the schema; the reason names the part that is wrong. */
export function readMachine(value: unknown): ReadMachine {
  const format =
    typeof value === 'object' && value !== null && 'format' in value ? value.format : undefined;
  if (typeof format === 'number' && format > machineFormat) {
    const reason = `its format is ${String(format)}, and this Bootlink knows up to ${String(machineFormat)}: reload the page for a newer one`;
    return { ok: false, reason };
  }
  const result = v.safeParse(Machine, value);
  if (result.success) return { ok: true, machine: result.output };
  const [issue] = result.issues;
  const path = v.getDotPath(issue);
  return { ok: false, reason: `${path === null ? '' : `"${path}": `}${issue.message}` };
}

const order = Object.keys(Machine.entries);

/**
 * The machine in canonical key order: the schema's for its parts. Inside a part the order is
 * kept, since it is the order on the command line.
 */
export function canonical(machine: Machine): Machine {
  const entries = Object.entries(machine).sort(([a], [b]) => order.indexOf(a) - order.indexOf(b));
  return Object.fromEntries(entries) as Machine;
}
