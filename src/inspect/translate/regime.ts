/**
 * Translation regimes: which tables a vCPU's registers say that its addresses go through
 * (Arm ARM D8.1.2, "Translation regimes"; QEMU target/arm/ptw.c, get_phys_addr).
 */
import { fail, ok, type Result } from '../error';
import { bit, bits, hex } from '../field';
import type { RegisterReader } from '../register-groups';
import type { Place, SecurityState } from '../security';
import { stage1Table, stage2Table, type TranslationTable } from './table';

export interface Regime {
  /** As the Arm ARM names it: EL3, EL2, EL2&0 or EL1&0. */
  readonly name: string;
  /** The Security state it translates for. */
  readonly state: SecurityState;
  /** The level whose SCTLR_ELx, TCR_ELx and MAIR_ELx rule. */
  readonly el: 1 | 2 | 3;
  /** Whether stage 1 is on (SCTLR_ELx.M). */
  readonly stage1: boolean;
  /** Whether there are two halves, for TTBR0 and TTBR1. */
  readonly twoHalves: boolean;
  /** Whether stage 2 is on (HCR_EL2.VM or DC). */
  readonly stage2: boolean;
  readonly tcr: bigint;
  readonly mair: bigint;
  readonly ttbr: readonly [bigint, bigint];
  readonly hasRme: boolean;
  /** VTCR_EL2 and VTTBR_EL2; for Secure IPAs VSTCR_EL2 and VSTTBR_EL2. */
  readonly vtcr: bigint;
  readonly vttbr: bigint;
  readonly vstcr: bigint;
  readonly vsttbr: bigint;
}

const M = 0;
const VM = 0;
const DC = 12;
const TGE = 27;
const E2H = 34;
const EEL2 = 18;

/** The regime of a place; undefined for AArch32, whose tables are others. */
export function regimeOf(read: RegisterReader, place: Place): Regime | undefined {
  if (place.aarch32) return undefined;
  const register = (name: string): bigint => read(name) ?? 0n;
  const hcr = register('HCR_EL2');
  const scr = read('SCR_EL3');
  const hasRme = read('GPCCR_EL3') !== undefined;
  // Secure EL2 is there only with SCR_EL3.EEL2 (Arm ARM D1.2).
  const el2 =
    read('SCTLR_EL2') !== undefined &&
    read('HCR_EL2') !== undefined &&
    (place.state !== 'Secure' || place.el === 2 || bit(scr ?? 0n, EEL2));
  const e2h = el2 && bit(hcr, E2H);
  const tge = el2 && bit(hcr, TGE);
  const common = {
    state: place.state,
    hasRme,
    vtcr: register('VTCR_EL2'),
    vttbr: register('VTTBR_EL2'),
    vstcr: register('VSTCR_EL2'),
    vsttbr: register('VSTTBR_EL2'),
  };
  const of = (el: 1 | 2 | 3, name: string, twoHalves: boolean) => ({
    ...common,
    name,
    el,
    twoHalves,
    stage1: bit(register(`SCTLR_EL${el.toString()}`), M),
    stage2: false,
    tcr: register(`TCR_EL${el.toString()}`),
    mair: register(`MAIR_EL${el.toString()}`),
    ttbr: [
      register(`TTBR0_EL${el.toString()}`),
      twoHalves ? register(`TTBR1_EL${el.toString()}`) : 0n,
    ] as const,
  });
  if (place.el === 3) return of(3, 'EL3', false);
  if (place.el === 2 || (place.el === 0 && e2h && tge)) {
    return of(2, e2h ? 'EL2&0' : 'EL2', e2h);
  }
  const regime = of(1, 'EL1&0', true);
  const dc = el2 && bit(hcr, DC);
  return {
    ...regime,
    // DC and TGE switch stage 1 off (Arm ARM D24.2, HCR_EL2).
    stage1: regime.stage1 && !dc && !tge,
    stage2: el2 && !tge && (bit(hcr, VM) || dc),
  };
}

/** The stage 1 tables that an address goes through, and the bits of it that they translate. */
export interface Stage1Choice {
  readonly table: TranslationTable;
  readonly half: 0 | 1;
  readonly input: bigint;
}

/** The space that a regime's stage 1 gives where nothing says otherwise. */
export function spaceOfRegime({ el, hasRme, state }: Regime): SecurityState {
  if (el === 3) return hasRme ? 'Root' : 'Secure';
  return state;
}

/** Both halves' fields lie apart in TCR_EL1, and TCR_EL2 of EL2&0; one-sided TCRs have one. */
function half(regime: Regime, n: 0 | 1): Result<TranslationTable> {
  const { tcr, el, twoHalves } = regime;
  const at = n === 0 ? 0 : 16;
  const register = `TTBR${n.toString()}_EL${el.toString()}`;
  return stage1Table({
    register,
    ttbr: regime.ttbr[n],
    txsz: bits(tcr, at + 5, at),
    tg: bits(tcr, at + 15, at + 14),
    half: n,
    ps: twoHalves ? bits(tcr, 34, 32) : bits(tcr, 18, 16),
    ds: bit(tcr, twoHalves ? 59 : 32),
    hpd: bit(tcr, twoHalves ? 41 + n : 24),
    space: spaceOfRegime(regime),
  });
}

/** The tables of a regime's halves, for who wants to read all of them. */
export function stage1Tables(regime: Regime): Result<TranslationTable>[] {
  const switchedOff = (n: 0 | 1): boolean => regime.twoHalves && bit(regime.tcr, n === 0 ? 7 : 23);
  const halves: (0 | 1)[] = regime.twoHalves ? [0, 1] : [0];
  return halves.filter((n) => !switchedOff(n)).map((n) => half(regime, n));
}

/** Which tables a virtual address goes through (Arm ARM D8.2.3, and D8.9 for tagged addresses). */
export function chooseStage1(regime: Regime, va: bigint): Result<Stage1Choice> {
  const { tcr, twoHalves } = regime;
  const n = twoHalves && bit(va, 55) ? 1 : 0;
  const topByteIgnored = bit(tcr, twoHalves ? 37 + n : 20);
  const fault = (why: string): Result<Stage1Choice> =>
    fail('translation-fault', `Translation fault, level 0 of stage 1: ${why}.`);
  if (twoHalves && bit(tcr, n === 0 ? 7 : 23)) {
    return fault(`TCR_EL${regime.el.toString()}.EPD${n.toString()} forbids walks for ${hex(va)}`);
  }
  const table = half(regime, n);
  if (!table.ok) return table;
  const { inputBits } = table.value;
  const top = topByteIgnored ? 55 : 63;
  const above = top >= inputBits ? bits(va, top, inputBits) : 0n;
  const ones = (1n << BigInt(Math.max(top - inputBits + 1, 0))) - 1n;
  if (above !== (n === 1 ? ones : 0n)) {
    return fault(
      `${hex(va)} lies outside of the ${inputBits.toString()} bits that ${table.value.register} covers`,
    );
  }
  return ok({ table: table.value, half: n, input: bits(va, inputBits - 1, 0) });
}

/** The stage 2 tables for an intermediate address of a space. */
export function chooseStage2(regime: Regime, ipaSpace: SecurityState): Result<TranslationTable> {
  const { state, vtcr, vttbr, vstcr, vsttbr } = regime;
  if (state !== 'Secure' || ipaSpace !== 'Secure') {
    // For Non-secure IPAs of the Secure state VSTCR_EL2 and VTCR_EL2 say where the tables are.
    const walksSecure = state === 'Secure' && !bit(vtcr, 29);
    return stage2Table('VTTBR_EL2', vttbr, vtcr, walksSecure ? 'Secure' : ipaSpaceOfTables(state));
  }
  // VSTCR_EL2 has its own size, first level and granule; the rest is VTCR_EL2's.
  const own = bits(vstcr, 7, 0) | (bits(vstcr, 15, 14) << 14n) | (bits(vstcr, 33, 33) << 33n);
  const rest = vtcr & ~(0xc0ffn | (1n << 33n));
  const tables = bit(vstcr, 29) ? 'Non-secure' : 'Secure';
  return stage2Table('VSTTBR_EL2', vsttbr, own | rest, tables);
}

function ipaSpaceOfTables(state: SecurityState): SecurityState {
  return state === 'Secure' ? 'Non-secure' : state;
}
