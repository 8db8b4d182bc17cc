/**
 * Which applets a busybox binary has, read from its table of names: NUL-terminated, in strcmp
 * order, one after the other (busybox's applets/applet_tables.c writes it so, for its binary search).
 */
import { type Bytes, decodeText, indexOfBytes } from './bytes';

/** Fewer names in a row than this may be any other table of strings. */
const FEWEST = 8;
const NAME = /^[a-z0-9[][a-z0-9_.[+-]*$/;

/** The names in order; empty when the table cannot be found (a stripped-down or foreign binary). */
export function busyboxApplets(binary: Bytes): string[] {
  let best: string[] = [];
  // Every busybox that can run an init has a shell; its name is in the table.
  for (const anchor of ['ash', 'sh', 'hush']) {
    // The NUL before the name is checked afterwards: a binary is full of them.
    const needle = new TextEncoder().encode(`${anchor}\0`);
    let at = indexOfBytes(binary, needle);
    for (; at >= 0; at = indexOfBytes(binary, needle, at + 1)) {
      if (binary[at - 1] !== 0) continue;
      const run = tableAround(binary, at);
      if (run.length > best.length) best = run;
    }
  }
  return best.length >= FEWEST ? best : [];
}

/** The longest ascending run of names through the one that begins at `start`. */
function tableAround(binary: Bytes, start: number): string[] {
  const names: string[] = [];
  let next = start;
  for (let name = nameAt(binary, next); name !== undefined; name = nameAt(binary, next)) {
    const last = names[names.length - 1];
    if (last !== undefined && name <= last) break;
    names.push(name);
    next += name.length + 1;
  }
  for (let end = start - 1; end > 0;) {
    const before = binary.lastIndexOf(0, end - 1) + 1;
    const name = nameAt(binary, before);
    const first = names[0];
    if (name === undefined || before + name.length !== end || first === undefined || name >= first)
      break;
    names.unshift(name);
    end = before - 1;
  }
  // The first name of all, `[`, may follow other data without a NUL between.
  if (names[0] === '[[') prependTest(binary, names);
  return names;
}

function prependTest(binary: Bytes, names: string[]): void {
  const table = new TextEncoder().encode(`[\0${names.slice(0, 3).join('\0')}\0`);
  if (indexOfBytes(binary, table) >= 0) names.unshift('[');
}

function nameAt(binary: Bytes, at: number): string | undefined {
  const end = binary.indexOf(0, at);
  if (end <= at || end - at > 40) return undefined;
  const name = decodeText(binary.subarray(at, end));
  return NAME.test(name) ? name : undefined;
}
