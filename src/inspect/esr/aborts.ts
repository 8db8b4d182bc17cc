/** ISS of aborts: Instruction and Data Aborts, granule protection checks, SError. */
import { bit, flag, hex, number, range, type FieldSpec } from '../field';
import { iss } from '../source';
import { faultMeaning, faultStatus } from './fault-status';

const SIZES = ['byte', 'halfword', 'word', 'doubleword'] as const;

const SET = ['recoverable (UER)', 'reserved', 'uncontainable (UC)', 'restartable (UEO)'] as const;

const FNV = flag(10, 'FnV', 'FAR holds the faulting address', 'FAR is not valid');
const EA = flag(9, 'EA', 'external abort type 0', 'external abort type 1');
const CM = flag(
  8,
  'CM',
  'not a cache maintenance instruction',
  'cache maintenance or address translation instruction',
);
const S1PTW = flag(
  7,
  'S1PTW',
  'not on a stage 2 fault of a stage 1 walk',
  'stage 2 fault on a stage 1 table walk',
);
const WNR = flag(6, 'WnR', 'read', 'write');
const VNCR = flag(
  13,
  'VNCR',
  'not an access by VNCR_EL2',
  'access through VNCR_EL2 (nested virtualization)',
);

/** ISS2, ESR bits [55:32], of Data Aborts. */
export const DATA_ABORT_ISS2: readonly FieldSpec[] = [
  flag(43, 'HDBSSF', 'not a dirty state tracking fault', 'dirty state tracking structure fault'),
  flag(42, 'TnD', 'not a tag fault by NoTagAccess', 'fault because of the NoTagAccess attribute'),
  flag(41, 'TagAccess', 'not an access to allocation tags', 'store of allocation tags'),
  flag(40, 'GCS', 'not a guarded control stack access', 'guarded control stack access'),
  flag(39, 'AssuredOnly', 'not by AssuredOnly', 'fault because of AssuredOnly'),
  flag(38, 'Overlay', 'not by overlay permissions', 'denied by overlay permissions'),
  flag(37, 'DirtyBit', 'not by dirty state', 'fault because of dirty state'),
  number(36, 32, 'Xs', 'X'),
];

/** ISS2 of Instruction Aborts. */
export const INSTRUCTION_ABORT_ISS2: readonly FieldSpec[] = [
  flag(39, 'AssuredOnly', 'not by AssuredOnly', 'fault because of AssuredOnly'),
  flag(38, 'Overlay', 'not by overlay permissions', 'denied by overlay permissions'),
];

/**
 * ISS of a Data Abort. With ISV=1 the bits above 14 describe the instruction;
 * with ISV=0 they say nothing (or LST, WU with newer features).
 */
export function dataAbortIss(esr: bigint): readonly FieldSpec[] {
  const common: readonly FieldSpec[] = [
    flag(
      24,
      'ISV',
      'bits [23:14] do not describe the instruction',
      'bits [23:14] describe the instruction',
    ),
    VNCR,
    range(12, 11, 'SET', (v) => SET[Number(v)] ?? 'reserved'),
    FNV,
    EA,
    CM,
    S1PTW,
    WNR,
    range(5, 0, 'DFSC', faultMeaning('abort')),
  ];
  if (!bit(esr, 24)) return common;
  return [
    ...common,
    range(23, 22, 'SAS', SIZES),
    flag(21, 'SSE', 'no sign extension', 'sign extended'),
    range(20, 16, 'SRT', (v) => `X${v.toString()}${v === 31n ? ' (XZR)' : ''}`),
    flag(15, 'SF', '32-bit register', '64-bit register'),
    flag(14, 'AR', 'no acquire or release', 'acquire or release'),
  ];
}

export const INSTRUCTION_ABORT_ISS: readonly FieldSpec[] = [
  range(12, 11, 'SET', (v) => SET[Number(v)] ?? 'reserved'),
  FNV,
  EA,
  S1PTW,
  range(5, 0, 'IFSC', faultMeaning('abort')),
];

const GPCSC: Readonly<Record<number, string>> = {
  0b000000: 'GPT address size fault, level 0',
  0b000100: 'GPT walk fault, level 0 (configuration or entry not valid)',
  0b000101: 'GPT walk fault, level 1 (entry not valid)',
  0b001100: 'granule protection fault, level 0 (the state may not use this granule)',
  0b001101: 'granule protection fault, level 1 (the state may not use this granule)',
  0b010100: 'external abort on reading the GPT, level 0',
  0b010101: 'external abort on reading the GPT, level 1',
};

/** GPCSC in words: what the granule protection check itself met. */
export function gpcStatus(code: number): string {
  return GPCSC[code & 0x3f] ?? `reserved GPCSC ${hex(code & 0x3f, 2)}`;
}

/** ISS of a Granule Protection Check exception, EC 0x1e, always taken to EL3. */
export const GPC_ISS: readonly FieldSpec[] = [
  flag(21, 'S2PTW', 'not on a stage 2 table walk', 'on a stage 2 table walk'),
  flag(20, 'InD', 'data access', 'instruction fetch'),
  range(19, 14, 'GPCSC', (v) => gpcStatus(Number(v))),
  VNCR,
  CM,
  S1PTW,
  WNR,
  range(5, 0, 'xFSC', faultMeaning('abort')),
];

const AET: Readonly<Record<number, string>> = {
  0b000: 'uncontainable (UC)',
  0b001: 'unrecoverable (UEU)',
  0b010: 'restartable (UEO)',
  0b011: 'recoverable (UER)',
  0b110: 'corrected (CE)',
};

/** ISS of an SError; with IDS=1 everything else is the implementation's own. */
export function serrorIss(esr: bigint): readonly FieldSpec[] {
  const ids = flag(24, 'IDS', 'architected syndrome', 'implementation defined syndrome');
  if (bit(esr, 24)) {
    return [ids, range(23, 0, 'IMP DEF', (v) => `implementation defined ${hex(v, 6)}`)];
  }
  return [
    ids,
    flag(13, 'IESB', 'not taken at an error synchronization', 'synchronized and taken at once'),
    range(12, 10, 'AET', AET),
    EA,
    range(5, 0, 'DFSC', faultMeaning('serror')),
  ];
}

export const ABORT_SOURCES = {
  data: iss('an exception from a Data Abort'),
  instruction: iss('an exception from an Instruction Abort'),
  gpc: iss('a Granule Protection Check exception'),
  serror: iss('an SError interrupt'),
} as const;

/**
 * An abort in a sentence: what was being done and which fault stopped it.
 * Takes the whole ESR value.
 */
export function abortSentence(esr: bigint, what: 'data' | 'instruction' | 'gpc'): string {
  const fault = faultStatus(Number(esr & 0x3fn));
  if (what === 'instruction') return `instruction fetch: ${fault.text}`;
  if (what === 'gpc') {
    const doing = bit(esr, 20) ? 'instruction fetch' : bit(esr, 6) ? 'write' : 'read';
    return `${doing}: ${gpcStatus(Number((esr >> 14n) & 0x3fn))}${fault.onWalk ? `, met on a table walk (level ${(fault.level ?? 0).toString()})` : ''}`;
  }
  const doing = bit(esr, 8) ? 'cache maintenance' : bit(esr, 6) ? 'write' : 'read';
  const s1ptw = bit(esr, 7) ? ' (stage 2, while walking stage 1 tables)' : '';
  return `${doing}: ${fault.text}${s1ptw}`;
}
