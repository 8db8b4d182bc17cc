/**
 * Fault status codes, as in ESR_ELx.{DFSC,IFSC} and PAR_EL1.FST.
 * Source: Arm ARM D24.2, ESR_EL1, ISS encoding for a Data Abort, field DFSC.
 */
import { hex, type Meaning } from '../field';
import { iss } from '../source';

export type FaultKind =
  | 'address size fault'
  | 'translation fault'
  | 'access flag fault'
  | 'permission fault'
  | 'synchronous external abort'
  | 'synchronous tag check fault'
  | 'parity or ECC error'
  | 'asynchronous SError'
  | 'alignment fault'
  | 'granule protection fault'
  | 'debug exception'
  | 'TLB conflict abort'
  | 'unsupported atomic hardware update'
  | 'implementation defined fault'
  | 'domain fault'
  | 'reserved';

export interface FaultStatus {
  readonly code: number;
  readonly kind: FaultKind;
  /** Lookup level of the translation table, -2 to 3, where the code has one. */
  readonly level?: number;
  /** True where the fault was met while walking the tables, not on the access itself. */
  readonly onWalk: boolean;
  readonly text: string;
  readonly source: string;
}

type Row = readonly [first: number, levels: readonly number[], kind: FaultKind, onWalk: boolean];

/** Codes that carry a lookup level: code = first + index in levels. */
const LEVELLED: readonly Row[] = [
  [0x00, [0, 1, 2, 3], 'address size fault', false],
  [0x04, [0, 1, 2, 3], 'translation fault', false],
  [0x08, [0, 1, 2, 3], 'access flag fault', false],
  [0x0c, [0, 1, 2, 3], 'permission fault', false],
  [0x12, [-2, -1, 0, 1, 2, 3], 'synchronous external abort', true],
  [0x1b, [-1, 0, 1, 2, 3], 'parity or ECC error', true],
  [0x22, [-2, -1, 0, 1, 2, 3], 'granule protection fault', true],
  [0x29, [-1], 'address size fault', false],
  [0x2a, [-2, -1], 'translation fault', false],
  [0x2c, [-2], 'address size fault', false],
];

const PLAIN: Readonly<Record<number, readonly [kind: FaultKind, text: string]>> = {
  0x10: ['synchronous external abort', 'synchronous external abort on the access itself'],
  0x11: ['synchronous tag check fault', 'synchronous tag check fault'],
  0x18: ['parity or ECC error', 'synchronous parity or ECC error on the access itself'],
  0x21: ['alignment fault', 'alignment fault'],
  0x28: [
    'granule protection fault',
    'granule protection fault on the access itself: the granule is not in a physical address space that the accessing state may use',
  ],
  0x30: ['TLB conflict abort', 'TLB conflict abort'],
  0x31: ['unsupported atomic hardware update', 'unsupported atomic hardware update'],
  0x34: ['implementation defined fault', 'implementation defined fault (lockdown)'],
  0x35: [
    'implementation defined fault',
    'implementation defined fault (unsupported exclusive or atomic access)',
  ],
  0x3d: ['domain fault', 'section domain fault (PAR_EL1 only)'],
  0x3e: ['domain fault', 'page domain fault (PAR_EL1 only)'],
};

/** How a fault status code is read: a few codes mean something else for some classes. */
export type FaultContext = 'abort' | 'serror' | 'debug';

/** The six-bit code in words. Codes that the Arm ARM does not define are 'reserved'. */
export function faultStatus(code: number, context: FaultContext = 'abort'): FaultStatus {
  const c = code & 0x3f;
  const source = iss('an exception from a Data Abort, DFSC');
  if (context === 'debug' && c === 0x22) {
    return { code: c, kind: 'debug exception', onWalk: false, text: 'debug exception', source };
  }
  if (context === 'serror' && (c === 0 || c === 0x11)) {
    const text = c === 0 ? 'uncategorized SError' : 'asynchronous SError exception';
    return { code: c, kind: 'asynchronous SError', onWalk: false, text, source };
  }
  for (const [first, levels, kind, onWalk] of LEVELLED) {
    const level = levels[c - first];
    if (level === undefined) continue;
    const walk = onWalk ? ' on a translation table walk' : '';
    const text = `${kind}${walk}, level ${level.toString()}`;
    return { code: c, kind, level, onWalk, text, source };
  }
  const plain = PLAIN[c];
  if (plain !== undefined)
    return { code: c, kind: plain[0], onWalk: false, text: plain[1], source };
  return { code: c, kind: 'reserved', onWalk: false, text: `reserved code ${hex(c, 2)}`, source };
}

/** A field meaning that reads a fault status code. */
export function faultMeaning(context: FaultContext): Meaning {
  return (value) => faultStatus(Number(value), context).text;
}
