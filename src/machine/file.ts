import { linkLimits } from './limits';
import { canonical, parseJson, readMachine, type ReadMachine } from './machine-json';
import type { Machine } from './schema';

export const machineFileSuffix = '.bootlink.json';

/** A machine as the text of a `.bootlink.json` file. */
export function toFile(machine: Machine): string {
  return `${JSON.stringify(canonical(machine), null, 2)}\n`;
}

/** Reads a `.bootlink.json` file; the reason completes "This file cannot be opened: …". */
export function fromFile(text: string): ReadMachine {
  if (text.length > linkLimits.fileBytes) {
    return { ok: false, reason: `it is larger than ${String(linkLimits.fileBytes)} bytes` };
  }
  const parsed = parseJson(text.replace(/^\uFEFF/, ''));
  return parsed.ok ? readMachine(parsed.value) : parsed;
}
