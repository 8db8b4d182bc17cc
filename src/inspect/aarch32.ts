/** AArch32 as the diagnosis needs it: modes, vectors, and the instructions that end or wait. */
import { AARCH32_MODES } from './aarch32-modes';
import { bit } from './field';
import { spsrEl } from './spsr';
import type { ExceptionLevel } from './security';

export type InstructionSet = 'A64' | 'A32' | 'T32';

/** By PSTATE.nRW and, in AArch32, PSTATE.T. */
export function instructionSet(pstate: bigint): InstructionSet {
  return !bit(pstate, 4) ? 'A64' : bit(pstate, 5) ? 'T32' : 'A32';
}

/**
 * The level of a PSTATE or CPSR, and its AArch32 mode. Modes of AArch32 count as EL1 but for User,
 * Hyp and Monitor: a vCPU whose EL3 is AArch32 has its Secure ones at EL3 (Arm ARM G1.9.1), which
 * CPSR alone does not tell.
 */
export function levelOfPstate(
  pstate: bigint,
): { el: ExceptionLevel; mode: string | undefined } | undefined {
  const el = spsrEl(pstate);
  if (el === undefined) return undefined;
  return { el, mode: bit(pstate, 4) ? AARCH32_MODES[Number(pstate & 15n)] : undefined };
}

/** Entries of an AArch32 vector table, four bytes each (Arm ARM G1.12.3). */
const VECTORS = [
  'Reset, or not used',
  'Undefined Instruction',
  'Supervisor Call, or a call to Monitor or Hyp',
  'Prefetch Abort',
  'Data Abort',
  'Hyp Trap',
  'IRQ',
  'FIQ',
] as const;
export const AARCH32_VECTOR_BYTES = 4n;

export function aarch32Vector(offset: number): string {
  return VECTORS[(offset & 0x1f) >> 2] ?? '';
}

/** T32 instructions of 16 bits lie in the half of a word that is read from their address. */
const half = (word: number): number => word & 0xffff;

/** "b ." (Arm ARM C6.2, F5.1: B). */
export function isBranchToSelf(word: number, set: InstructionSet): boolean {
  if (set === 'A64') return word === 0x14000000;
  return set === 'A32' ? word === 0xeafffffe : half(word) === 0xe7fe;
}

/** WFI or WFE. */
export function isWait(word: number, set: InstructionSet): boolean {
  if (set === 'A64') return word === 0xd503207f || word === 0xd503205f;
  if (set === 'A32') return word === 0xe320f003 || word === 0xe320f002;
  return half(word) === 0xbf30 || half(word) === 0xbf20;
}

/** Bytes of a wait instruction: the PC of a vCPU that waits is behind it. */
export function waitBytes(set: InstructionSet): bigint {
  return set === 'T32' ? 2n : 4n;
}

/** SMC or HVC, with any immediate (Arm ARM C6.2, F5.1). T32's two halfwords are one word here. */
export function callOf(word: number, set: InstructionSet): 'SMC' | 'HVC' | undefined {
  const masked = (mask: number): number => (word & mask) >>> 0;
  if (set === 'A64') {
    const rest = masked(0xffe0001f);
    return rest === 0xd4000003 ? 'SMC' : rest === 0xd4000002 ? 'HVC' : undefined;
  }
  if (set === 'A32') {
    if (masked(0x0ff000f0) === 0x01600070) return 'SMC';
    return masked(0xfff000f0) === 0xe1400070 ? 'HVC' : undefined;
  }
  // 11110 1111111 imm4, 1000 0000 0000 0000: the first halfword is the low one.
  if (masked(0xfffffff0) === 0x8000f7f0) return 'SMC';
  return masked(0xf000fff0) === 0x8000f7e0 ? 'HVC' : undefined;
}

/**
 * The address of the instruction that an exception is about. AArch64 and Hyp have it in ELR; other
 * AArch32 modes in LR, plus what their architecture adds (Arm ARM G1.13.6, preferred return address).
 */
export function faultingAddress(event: {
  readonly to: { readonly el: ExceptionLevel; readonly aarch32: boolean };
  readonly vectorOffset: number;
  readonly elr: bigint;
  readonly spsr: bigint;
}): bigint {
  const { to, vectorOffset, elr, spsr } = event;
  if (!to.aarch32 || to.el === 2) return elr;
  const added: Readonly<Record<number, bigint>> = {
    0x04: instructionSet(spsr) === 'T32' ? 2n : 4n,
    0x0c: 4n,
    0x10: 8n,
  };
  const address = elr - (added[vectorOffset & 0x1c] ?? 0n);
  return address < 0n ? 0n : address;
}
