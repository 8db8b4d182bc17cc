/** Registers as QEMU's gdbstub names them: their name in the Arm ARM, and which belong together. */
import { bit } from './field';
import {
  el3State,
  securityState,
  type ExceptionLevel,
  type Place,
  type SecurityState,
} from './security';

/** In the order in which they are shown. */
export const REGISTER_GROUPS = [
  'General',
  'Exceptions',
  'Control',
  'Translation',
  'Granule protection',
  'Threads',
  'Timers',
  'Floating point and vectors',
  'Pointer authentication',
  'Debug and performance',
  'Identification',
  'Others',
] as const;
export type RegisterGroup = (typeof REGISTER_GROUPS)[number];

/**
 * QEMU registers what AArch32 has too under one name without a level (target/arm/helper.c,
 * ARM_CP_STATE_BOTH): these stand for the EL1 register.
 */
const OF_EL1: ReadonlySet<string> = new Set(
  'SCTLR VBAR CPACR CNTKCTL CSSELR CLIDR AIDR'.split(' '),
);

/** The name in the Arm ARM of a register that the gdbstub lists. */
export function architecturalName(name: string): string {
  if (name === 'cpsr') return 'PSTATE';
  if (name === 'AMAIR0') return 'AMAIR_EL1';
  // Vectors, predicates and their control registers.
  if (/^(fpsr|fpcr|ffr|vg|[vzp]\d+)$/.test(name)) return name.toUpperCase();
  if (OF_EL1.has(name) || /^ID_[A-Z]+\d$/.test(name)) return `${name}_EL1`;
  return name;
}

const RULES: readonly (readonly [RegExp, RegisterGroup])[] = [
  [/^(x\d+|sp|pc|PSTATE|SP_EL\d)$/, 'General'],
  [/^(ESR|FAR|HPFAR|ELR|SPSR|VBAR|RVBAR|AFSR[01]|V?DISR|VSESR|ISR|RMR|TCO)(_|$)/, 'Exceptions'],
  [/^(GPCCR|GPTBR|MFAR)_/, 'Granule protection'],
  [
    /^(SCTLR2?|HCRX?|SCR|ACTLR|CPACR|CPTR|HSTR|HACR|H[FD]+G\w+TR|MDCR|ZCR|SMCR|SDER32|VNCR)(_|$)/,
    'Control',
  ],
  [/^(TTBR\d|TCR2?|MAIR2?|AMAIR2?|V?S?TTBR|V?S?TCR|PAR|CONTEXTIDR|LOR\w+)_/, 'Translation'],
  [/^(TPIDR\w*|SCXTNUM)_/, 'Threads'],
  [/^CNT/, 'Timers'],
  [/^(FPSR|FPCR|FFR|VG|[VZP]\d+|FPEXC32_EL2|SVCR|SMPRI\w*_EL\d)$/, 'Floating point and vectors'],
  [/^(AP[ID][AB]KEY|APGAKEY|pauth_)/, 'Pointer authentication'],
  [/^(DBG|MDSCR|MDCCINT|MDCCSR|MDRAR|OS[DLE]|PM)/, 'Debug and performance'],
  [/^(ID_|MIDR|MPIDR|REVIDR|AIDR|CLIDR|CTR_|DCZID|MVFR|VPIDR|VMPIDR|SMIDR)/, 'Identification'],
];

/** Which group a register is of, by its name in the Arm ARM. */
export function groupOf(name: string): RegisterGroup {
  // With E2H these name registers of EL1 from EL2 (Arm ARM D13.3): the same values again.
  if (/_EL[01]2$/.test(name)) return 'Others';
  return RULES.find(([pattern]) => pattern.test(name))?.[1] ?? 'Others';
}

/** The value of a register by its name in the Arm ARM, undefined where the vCPU has none. */
export type RegisterReader = (name: string) => bigint | undefined;

/**
 * Where a vCPU is, by its registers; undefined without PSTATE. A vCPU without EL3 is Non-secure,
 * as QEMU makes it, and one with granule protection has RME.
 */
export function placeOfRegisters(read: RegisterReader): Place | undefined {
  const pstate = read('PSTATE');
  if (pstate === undefined) return undefined;
  const aarch32 = bit(pstate, 4);
  // AArch32 at EL3 is Monitor mode only where EL3 is AArch32, which QEMU's 64-bit vCPUs are not.
  const el: ExceptionLevel = aarch32
    ? aarch32Level(Number(pstate & 0xfn))
    : (Number((pstate >> 2n) & 3n) as ExceptionLevel);
  const scr = read('SCR_EL3');
  const rme = read('GPCCR_EL3') !== undefined;
  // NSE without NS is reserved; QEMU looks at NS first (arm_security_space_below_el3).
  const below: SecurityState = scr === undefined ? 'Non-secure' : (securityState(scr) ?? 'Secure');
  return { el, state: el === 3 ? el3State(rme) : below, aarch32 };
}

/** Arm ARM G1.9.1, processor modes: User, Monitor, Hyp, all others EL1. */
function aarch32Level(mode: number): ExceptionLevel {
  return mode === 0 ? 0 : mode === 0b0110 ? 3 : mode === 0b1010 ? 2 : 1;
}

const LEVELS = [1, 2, 3] as const;

/** An entry of a vector table. */
export interface VectorEntry {
  readonly el: 1 | 2 | 3;
  readonly address: bigint;
}

/**
 * Where exceptions are taken to: sixteen entries of 0x80 bytes for each level (Arm ARM D1.3.1).
 * A table at 0 is one that nobody has set up, and is left out: firmware itself may run there.
 */
export function vectorEntries(read: RegisterReader): VectorEntry[] {
  return LEVELS.flatMap((el) => {
    const base = read(`VBAR_EL${el.toString()}`) ?? 0n;
    if (base === 0n) return [];
    return Array.from({ length: 16 }, (_, n) => ({ el, address: base + BigInt(n) * 0x80n }));
  });
}
