/**
 * The table of exception classes, ESR_ELx.EC.
 * Source: Arm ARM D24.2, ESR_EL1, field EC, and each class's ISS encoding.
 */
import { bit, hex, type FieldSpec } from '../field';
import { iss } from '../source';
import {
  ABORT_SOURCES,
  abortSentence,
  DATA_ABORT_ISS2,
  dataAbortIss,
  GPC_ISS,
  INSTRUCTION_ABORT_ISS,
  INSTRUCTION_ABORT_ISS2,
  serrorIss,
} from './aborts';
import { BREAK_INSTRUCTION, BREAKPOINT, PROFILING, STEP, WATCHPOINT } from './debug';
import * as t from './traps';
import { faultStatus } from './fault-status';

export interface ExceptionClass {
  readonly name: string;
  /** The ISS fields, for this ESR value. */
  readonly iss: (esr: bigint) => readonly FieldSpec[];
  /** ISS2, bits [55:32]. */
  readonly iss2?: readonly FieldSpec[];
  readonly source: string;
  /** What the ISS adds, in a few words; empty for none. */
  readonly detail?: (esr: bigint) => string;
}

function row(
  name: string,
  fields: readonly FieldSpec[] | ((esr: bigint) => readonly FieldSpec[]),
  cause: string,
  detail?: (esr: bigint) => string,
): ExceptionClass {
  const table = typeof fields === 'function' ? fields : () => fields;
  const source = iss(cause);
  return detail === undefined ? { name, iss: table, source } : { name, iss: table, source, detail };
}

const imm16 = (esr: bigint) => hex(esr & 0xffffn);
const wfx = (esr: bigint) => ['WFI', 'WFE', 'WFIT', 'WFET'][Number(esr & 3n)] ?? '';
const eret = (esr: bigint) => (!bit(esr, 1) ? 'ERET' : bit(esr, 0) ? 'ERETAB' : 'ERETAA');

const MRC = 'a trapped MCR or MRC access';
const CALL = 'exceptions from HVC or SVC instruction execution';
const FP = 'an exception from a trapped floating-point exception';
const BKPT = 'a Breakpoint or Vector Catch debug exception';
const STEP_CAUSE = 'an exception from a Software Step exception';
const WATCH = 'an exception from a Watchpoint exception';
const BRK = 'an exception from execution of a Breakpoint instruction';

function dataAbort(name: string): ExceptionClass {
  return {
    name,
    iss: dataAbortIss,
    iss2: DATA_ABORT_ISS2,
    source: ABORT_SOURCES.data,
    detail: (esr) => abortSentence(esr, 'data'),
  };
}

function instructionAbort(name: string): ExceptionClass {
  return {
    name,
    iss: () => INSTRUCTION_ABORT_ISS,
    iss2: INSTRUCTION_ABORT_ISS2,
    source: ABORT_SOURCES.instruction,
    detail: (esr) => abortSentence(esr, 'instruction'),
  };
}

/** All defined values of EC. */
export const EXCEPTION_CLASSES: Readonly<Record<number, ExceptionClass>> = {
  0x00: row(
    'Unknown reason, most often an UNDEFINED instruction',
    t.NO_ISS,
    'exceptions with an unknown reason',
  ),
  0x01: row('Trapped WFI or WFE', t.WFX, 'an exception from a WF* instruction', wfx),
  0x03: row('Trapped MCR or MRC, coprocessor 15', t.COPROC, MRC),
  0x04: row('Trapped MCRR or MRRC, coprocessor 15', t.COPROC_PAIR, 'a trapped MCRR or MRRC access'),
  0x05: row('Trapped MCR or MRC, coprocessor 14', t.COPROC, MRC),
  0x06: row('Trapped LDC or STC', t.LDC_STC, 'a trapped LDC or STC instruction'),
  0x07: row(
    'Trapped SVE, SIMD or floating point',
    t.SIMD_FP,
    'an access to SVE, Advanced SIMD or floating point',
  ),
  0x08: row('Trapped VMRS', t.COPROC, MRC),
  0x09: row(
    'Trapped pointer authentication instruction',
    t.NO_ISS,
    'a trapped Pointer authentication instruction',
  ),
  0x0a: row(
    'Trapped LD64B, ST64B, ST64BV or ST64BV0',
    t.LS64,
    'a trapped LD64B or ST64B* instruction',
  ),
  0x0c: row('Trapped MRRC, coprocessor 14', t.COPROC_PAIR, 'a trapped MCRR or MRRC access'),
  0x0d: row(
    'Branch target exception (BTI)',
    t.BTI,
    'an exception from Branch Target Identification',
  ),
  0x0e: row('Illegal Execution state', t.NO_ISS, 'an Illegal Execution state exception'),
  0x11: row('SVC from AArch32', t.SVC_HVC_SMC64, CALL, imm16),
  0x12: row('HVC from AArch32', t.SVC_HVC_SMC64, CALL, imm16),
  0x13: row('SMC from AArch32', t.SMC32, 'an exception from SMC execution in AArch32 state'),
  0x14: row(
    'Trapped MSRR, MRRS or 128-bit System instruction',
    t.SYSREG128,
    'a trapped 128-bit System register access',
    t.sysregSentence,
  ),
  0x15: row('SVC', t.SVC_HVC_SMC64, CALL, imm16),
  0x16: row('HVC', t.SVC_HVC_SMC64, CALL, imm16),
  0x17: row('SMC', t.SVC_HVC_SMC64, 'an exception from SMC execution in AArch64 state', imm16),
  0x18: row(
    'Trapped MSR, MRS or System instruction',
    t.SYSREG,
    'a trapped MSR, MRS or System instruction',
    t.sysregSentence,
  ),
  0x19: row('Trapped SVE', t.NO_ISS, 'an access to SVE functionality'),
  0x1a: row('Trapped ERET', t.ERET, 'a trapped ERET, ERETAA or ERETAB', eret),
  0x1b: row('Trapped TSTART', t.TSTART, 'a TSTART instruction'),
  0x1c: row(
    'Pointer authentication failed',
    t.PAC_FAIL,
    'a Pointer Authentication instruction authentication failure',
  ),
  0x1d: row('Trapped SME', t.SME, 'an access to SME functionality'),
  0x1e: {
    name: 'Granule protection check',
    iss: () => GPC_ISS,
    source: ABORT_SOURCES.gpc,
    detail: (esr) => abortSentence(esr, 'gpc'),
  },
  0x1f: row(
    'Implementation defined exception to EL3',
    () => [{ name: 'IMP DEF', hi: 24, lo: 0, meaning: (v) => `implementation defined ${hex(v)}` }],
    'an implementation defined exception to EL3',
  ),
  0x20: instructionAbort('Instruction Abort from a lower EL'),
  0x21: instructionAbort('Instruction Abort from the same EL'),
  0x22: row('PC alignment fault', t.NO_ISS, 'a PC alignment fault'),
  0x24: dataAbort('Data Abort from a lower EL'),
  0x25: dataAbort('Data Abort from the same EL'),
  0x26: row('SP alignment fault', t.NO_ISS, 'an SP alignment fault'),
  0x27: row('Memory copy or set exception', t.MOPS, 'a Memory Copy and Memory Set exception'),
  0x28: row('Floating-point exception from AArch32', t.FP_EXCEPTION, FP),
  0x2c: row('Floating-point exception', t.FP_EXCEPTION, FP),
  0x2d: row('Guarded control stack exception', t.GCS, 'a GCS exception'),
  0x2f: {
    name: 'SError',
    iss: serrorIss,
    source: ABORT_SOURCES.serror,
    detail: (esr) =>
      bit(esr, 24)
        ? 'implementation defined syndrome'
        : faultStatus(Number(esr & 0x3fn), 'serror').text,
  },
  0x30: row('Breakpoint from a lower EL', BREAKPOINT, BKPT),
  0x31: row('Breakpoint from the same EL', BREAKPOINT, BKPT),
  0x32: row('Software step from a lower EL', STEP, STEP_CAUSE),
  0x33: row('Software step from the same EL', STEP, STEP_CAUSE),
  0x34: row('Watchpoint from a lower EL', WATCHPOINT, WATCH, (e) => (bit(e, 6) ? 'write' : 'read')),
  0x35: row('Watchpoint from the same EL', WATCHPOINT, WATCH, (e) =>
    bit(e, 6) ? 'write' : 'read',
  ),
  0x38: row('BKPT from AArch32', BREAK_INSTRUCTION, BRK, imm16),
  0x3a: row('Vector catch from AArch32', BREAKPOINT, BKPT),
  0x3c: row('BRK', BREAK_INSTRUCTION, BRK, imm16),
  0x3d: row('Profiling exception', PROFILING, 'a Profiling exception'),
};
