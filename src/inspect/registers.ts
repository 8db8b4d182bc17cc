/** Every register this folder can put in words, by name, for the Registers pane. */
import { decodeEsr } from './esr/esr';
import type { Decoded } from './field';
import { decodeFpcr, decodeFpsr } from './floating-point';
import { decodeGpccr, decodeGptbr } from './gpt/gpccr';
import { decodeHcr } from './hcr';
import { decodeMair } from './mair';
import { decodeMfar } from './mfar';
import { decodePar } from './par';
import { decodeScr } from './scr';
import { decodeSctlr } from './sctlr';
import { decodeSpsr } from './spsr';
import { decodeTcr } from './tcr';

/** What a decoder may need to know besides the value. */
export interface RegisterContext {
  /** HCR_EL2.E2H, which changes the layout of SCTLR_EL2 and TCR_EL2. */
  readonly e2h?: boolean;
}

type Decoder = (value: bigint, context: RegisterContext) => Decoded;

const DECODERS: Readonly<Record<string, Decoder>> = {
  ESR_EL1: (v) => decodeEsr(v, 'ESR_EL1'),
  ESR_EL2: (v) => decodeEsr(v, 'ESR_EL2'),
  ESR_EL3: (v) => decodeEsr(v, 'ESR_EL3'),
  SPSR_EL1: (v) => decodeSpsr(v, 'SPSR_EL1'),
  SPSR_EL2: (v) => decodeSpsr(v, 'SPSR_EL2'),
  SPSR_EL3: (v) => decodeSpsr(v, 'SPSR_EL3'),
  CPSR: (v) => decodeSpsr(v, 'PSTATE'),
  SCTLR_EL1: (v) => decodeSctlr(v, 1),
  SCTLR_EL2: (v, { e2h }) => decodeSctlr(v, 2, e2h ?? false),
  SCTLR_EL3: (v) => decodeSctlr(v, 3),
  TCR_EL1: (v) => decodeTcr(v, 'TCR_EL1'),
  TCR_EL2: (v, { e2h }) => decodeTcr(v, 'TCR_EL2', e2h ?? false),
  TCR_EL3: (v) => decodeTcr(v, 'TCR_EL3'),
  VTCR_EL2: (v) => decodeTcr(v, 'VTCR_EL2'),
  MAIR_EL1: (v) => decodeMair(v, 'MAIR_EL1'),
  MAIR_EL2: (v) => decodeMair(v, 'MAIR_EL2'),
  MAIR_EL3: (v) => decodeMair(v, 'MAIR_EL3'),
  HCR_EL2: (v) => decodeHcr(v),
  SCR_EL3: (v) => decodeScr(v),
  PAR_EL1: (v) => decodePar(v),
  MFAR_EL3: (v) => decodeMfar(v),
  FPCR: (v) => decodeFpcr(v),
  FPSR: (v) => decodeFpsr(v),
  GPCCR_EL3: (v) => decodeGpccr(v),
  GPTBR_EL3: (v) => decodeGptbr(v),
};

/** Names that decodeRegister knows. QEMU's gdbstub calls PSTATE "cpsr". */
export const DECODED_REGISTERS: readonly string[] = Object.keys(DECODERS);

/** The register in words, or undefined where there is no decoder. Case is ignored. */
export function decodeRegister(
  name: string,
  value: bigint,
  context: RegisterContext = {},
): Decoded | undefined {
  return DECODERS[name.toUpperCase()]?.(value, context);
}
