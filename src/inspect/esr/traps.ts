/** ISS of trapped instructions: WFx, system registers, coprocessors, FP, ERET and others. */
import { bits, flag, hex, number, range, type FieldSpec } from '../field';
import { sysregName } from './sysreg-names';

const CONDITIONS = [
  'EQ',
  'NE',
  'CS',
  'CC',
  'MI',
  'PL',
  'VS',
  'VC',
  'HI',
  'LS',
  'GE',
  'LT',
  'GT',
  'LE',
  'AL',
  'AL',
] as const;

const CV = flag(24, 'CV', 'COND is not valid', 'COND is valid');
const COND = range(23, 20, 'COND', CONDITIONS);

function gpr(hi: number, lo: number, name: string): FieldSpec {
  return range(hi, lo, name, (v) => `X${v.toString()}${v === 31n ? ' (XZR)' : ''}`);
}

function op(hi: number, lo: number, name: string): FieldSpec {
  return range(hi, lo, name, (v) => v.toString());
}

const DIRECTION = flag(0, 'Direction', 'write (MSR)', 'read (MRS)');
const COPROC_DIRECTION = flag(
  0,
  'Direction',
  'write to the coprocessor',
  'read from the coprocessor',
);

export const NO_ISS: readonly FieldSpec[] = [];

export const WFX: readonly FieldSpec[] = [
  CV,
  COND,
  gpr(9, 5, 'RN'),
  flag(2, 'RV', 'RN is not valid', 'RN is valid'),
  range(1, 0, 'TI', ['WFI', 'WFE', 'WFIT', 'WFET']),
];

/** MCR, MRC (coprocessors 14 and 15) and VMRS. */
export const COPROC: readonly FieldSpec[] = [
  CV,
  COND,
  op(19, 17, 'Opc2'),
  op(16, 14, 'Opc1'),
  op(13, 10, 'CRn'),
  gpr(9, 5, 'Rt'),
  op(4, 1, 'CRm'),
  COPROC_DIRECTION,
];

/** MCRR, MRRC. */
export const COPROC_PAIR: readonly FieldSpec[] = [
  CV,
  COND,
  op(19, 16, 'Opc1'),
  gpr(14, 10, 'Rt2'),
  gpr(9, 5, 'Rt'),
  op(4, 1, 'CRm'),
  COPROC_DIRECTION,
];

export const LDC_STC: readonly FieldSpec[] = [
  CV,
  COND,
  number(19, 12, 'imm8'),
  gpr(9, 5, 'Rn'),
  flag(4, 'Offset', 'subtract', 'add'),
  range(3, 1, 'AM', {
    0: 'immediate unindexed',
    1: 'immediate post-indexed',
    2: 'immediate offset',
    3: 'immediate pre-indexed',
    4: 'literal unindexed',
    6: 'literal offset',
  }),
  flag(0, 'Direction', 'STC', 'LDC'),
];

export const SIMD_FP: readonly FieldSpec[] = [CV, COND];

export const LS64: readonly FieldSpec[] = [
  range(24, 0, 'ISS', { 0: 'ST64BV', 1: 'ST64BV0', 2: 'LD64B or ST64B' }),
];

export const BTI: readonly FieldSpec[] = [number(1, 0, 'BTYPE', 'PSTATE.BTYPE was')];

export const SVC_HVC_SMC64: readonly FieldSpec[] = [
  range(15, 0, 'imm16', (v) => `immediate ${hex(v)}`),
];

export const SMC32: readonly FieldSpec[] = [
  CV,
  COND,
  flag(19, 'CCKNOWNPASS', 'unconditional, or passed its condition', 'condition may have failed'),
];

/** MSR, MRS and System instructions. */
export const SYSREG: readonly FieldSpec[] = [
  op(21, 20, 'Op0'),
  op(19, 17, 'Op2'),
  op(16, 14, 'Op1'),
  op(13, 10, 'CRn'),
  gpr(9, 5, 'Rt'),
  op(4, 1, 'CRm'),
  DIRECTION,
];

/** MSRR, MRRS and 128-bit System instructions; Rt is the first of a pair. */
export const SYSREG128: readonly FieldSpec[] = [
  op(21, 20, 'Op0'),
  op(19, 17, 'Op2'),
  op(16, 14, 'Op1'),
  op(13, 10, 'CRn'),
  range(9, 6, 'Rt', (v) => `X${(v * 2n).toString()}, X${(v * 2n + 1n).toString()}`),
  op(4, 1, 'CRm'),
  flag(0, 'Direction', 'write (MSRR)', 'read (MRRS)'),
];

/** The trapped register access in words, from the whole ESR value. */
export function sysregSentence(esr: bigint): string {
  const name = sysregName({
    op0: Number(bits(esr, 21, 20)),
    op1: Number(bits(esr, 16, 14)),
    crn: Number(bits(esr, 13, 10)),
    crm: Number(bits(esr, 4, 1)),
    op2: Number(bits(esr, 19, 17)),
  });
  const direction = bits(esr, 0, 0) === 1n ? 'read' : 'write';
  return name.startsWith('SYS') ? name : `${direction} of ${name}`;
}

export const ERET: readonly FieldSpec[] = [
  flag(1, 'ERET', 'ERET', 'ERETAA or ERETAB'),
  flag(0, 'ERETA', 'ERETAA', 'ERETAB'),
];

export const TSTART: readonly FieldSpec[] = [gpr(9, 5, 'Rd')];

export const PAC_FAIL: readonly FieldSpec[] = [
  flag(1, 'InD', 'instruction key', 'data key'),
  flag(0, 'AnB', 'key A', 'key B'),
];

export const SME: readonly FieldSpec[] = [
  range(2, 0, 'SMTC', [
    'access trapped by CPACR_ELx.SMEN or CPTR_ELx',
    'instruction illegal in Streaming SVE mode',
    'instruction illegal outside Streaming SVE mode',
    'ZA array is disabled',
    'ZT0 access trapped',
  ]),
];

export const MOPS: readonly FieldSpec[] = [
  flag(24, 'MemInst', 'CPY*', 'SET*'),
  flag(23, 'isSETG', 'not SETG*', 'SETG* (sets tags)'),
  number(22, 19, 'Options', 'option bits'),
  flag(18, 'FromEpilogue', 'main instruction', 'epilogue'),
  flag(17, 'WrongOption', 'right algorithm', 'algorithm option does not match'),
  flag(16, 'OptionA', 'option B', 'option A'),
  gpr(14, 10, 'destreg'),
  gpr(9, 5, 'srcreg'),
  gpr(4, 0, 'sizereg'),
];

export const FP_EXCEPTION: readonly FieldSpec[] = [
  flag(23, 'TFV', 'the flags below are not valid', 'the flags below are valid'),
  number(10, 8, 'VECITR'),
  flag(7, 'IDF', 'no input denormal', 'input denormal'),
  flag(4, 'IXF', 'exact', 'inexact'),
  flag(3, 'UFF', 'no underflow', 'underflow'),
  flag(2, 'OFF', 'no overflow', 'overflow'),
  flag(1, 'DZF', 'no divide by zero', 'divide by zero'),
  flag(0, 'IOF', 'valid operation', 'invalid operation'),
];

export const GCS: readonly FieldSpec[] = [
  range(23, 20, 'ExType', ['GCS data check', 'EXLOCK check', 'trapped GCSSTR or GCSSTTR']),
  gpr(14, 10, 'Raddr'),
  gpr(9, 5, 'Rvalue'),
  number(4, 0, 'IT', 'instruction type'),
];
