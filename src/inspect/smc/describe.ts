/** A call and its answer in words: what the timeline and "What happened?" show. */
import { hex } from '../field';
import { ARCH, BL1 } from './arch';
import type { SmcFunction, SmcTable, SmcValue } from './call';
import { FFA, FFA_ERRORS } from './ffa';
import { decodeFunctionId, type FunctionId } from './function-id';
import { OPTEE, opteeRpc } from './optee';
import { PSCI } from './psci';
import { RMI } from './rmi';
import { RMM_EL3 } from './rmm-el3';
import { splitReturn } from './rmm-words';
import { RSI } from './rsi';
import { SBSA_SIP } from './sbsa-sip';
import { SDEI } from './sdei';
import { DRTM, ERRATA, MM, PCI, SPM_MM, STD_GENERAL } from './std-others';
import { TRNG } from './trng';

const TABLES: readonly SmcTable[] = [
  // Before FF-A, whose names stand for ids that both have.
  SPM_MM,
  PSCI,
  SDEI,
  TRNG,
  RMI,
  RSI,
  RMM_EL3,
  FFA,
  OPTEE,
  SBSA_SIP,
  ARCH,
  MM,
  ERRATA,
  DRTM,
  PCI,
  STD_GENERAL,
  BL1,
];

/** Every function known here, by id. */
export const FUNCTIONS: ReadonlyMap<number, SmcFunction> = new Map(
  TABLES.flatMap((t) => Object.entries(t).map(([id, f]) => [Number(id), f] as const)),
);

/** Ranges of Standard Secure function numbers, for what is in no table. */
const RANGES: readonly (readonly [first: number, last: number, what: string])[] = [
  [0x00, 0x1f, 'PSCI'],
  [0x20, 0x3f, 'SDEI'],
  [0x40, 0x4f, 'MM'],
  [0x50, 0x5f, 'TRNG'],
  [0x60, 0xef, 'FF-A'],
  [0xf0, 0x10f, 'Errata Management'],
  [0x110, 0x12f, 'DRTM'],
  [0x130, 0x14f, 'PCI'],
  [0x150, 0x18f, 'RMI (not in RMM 1.0)'],
  [0x190, 0x1af, 'RSI (not in RMM 1.0)'],
  [0x1b0, 0x1cf, 'RMM-EL3 (not in interface 0.4)'],
];

export interface NamedValue {
  readonly register: string;
  readonly name: string;
  readonly what: string;
  readonly value: bigint;
  /** The value as it is shown: hexadecimal, or in words. */
  readonly text: string;
}

export interface CallDescription {
  readonly id: FunctionId;
  /** PSCI_CPU_ON, or a description of an unknown id. */
  readonly name: string;
  readonly known: boolean;
  readonly does: string;
  readonly args: readonly NamedValue[];
  /** One line: RMI_GRANULE_DELEGATE(addr=0x80000000). */
  readonly text: string;
  readonly source: string;
}

export interface ReturnDescription {
  /** RMI_SUCCESS, NOT_SUPPORTED, or empty where x0 is a value. */
  readonly code: string;
  readonly words: string;
  readonly failed: boolean;
  readonly results: readonly NamedValue[];
  readonly text: string;
  readonly source: string;
}

/** The table row of a function id; the SVE hint of fast calls is not part of the name. */
export function functionOf(id: number): SmcFunction | undefined {
  const found = FUNCTIONS.get(id >>> 0);
  if (found !== undefined) return found;
  return id >>> 31 === 1 ? FUNCTIONS.get((id & ~0x10000) >>> 0) : undefined;
}

function unknownName(id: FunctionId): string {
  const range =
    id.ownerNumber === 4
      ? RANGES.find(([first, last]) => id.functionNumber >= first && id.functionNumber <= last)
      : undefined;
  const where = range?.[2] ?? id.owner;
  return `${hex(id.id, 8)} (${where})`;
}

function named(
  specs: readonly SmcValue[],
  registers: readonly bigint[],
  first: number,
): NamedValue[] {
  const found: NamedValue[] = [];
  specs.forEach((spec, i) => {
    const v = registers[first + i];
    if (v === undefined) return;
    found.push({
      register: `x${(first + i).toString()}`,
      name: spec.name,
      what: spec.what,
      value: v,
      text: spec.words === undefined ? hex(v) : spec.words(v),
    });
  });
  return found;
}

const list = (values: readonly NamedValue[]) => values.map((v) => `${v.name}=${v.text}`).join(', ');

/**
 * An SMC or HVC by the Calling Convention. `registers` are x0 to x7 as far as
 * they are known (x0 at least; none is taken as zero).
 */
export function describeCall(registers: readonly bigint[]): CallDescription {
  const id = decodeFunctionId(registers[0] ?? 0n);
  const known = functionOf(id.id);
  if (known === undefined) {
    const name = unknownName(id);
    const does = `${id.fast ? 'fast' : 'yielding'} ${id.convention} call, ${id.owner}, function ${hex(id.functionNumber)}`;
    return { id, name, known: false, does, args: [], text: name, source: id.source };
  }
  const args = named(known.args, registers, 1);
  return {
    id,
    name: known.name,
    known: true,
    does: known.does,
    args,
    text: `${known.name}(${list(args)})`,
    source: known.source,
  };
}

/**
 * What came back from function `id`: `registers` are x0 to x3 or more after the
 * call. RMI and RSI carry a status and an index; FF-A another function id; the
 * rest a signed code, 32 bits wide for SMC32.
 */
export function describeReturn(id: number, registers: readonly bigint[]): ReturnDescription {
  const x0 = registers[0] ?? 0n;
  const known = functionOf(id);
  const done = (
    code: string,
    words: string,
    failed: boolean,
    results: readonly NamedValue[] = [],
  ): ReturnDescription => ({
    code,
    words,
    failed,
    results,
    text:
      (code === '' ? words : `${code} (${words})`) +
      (results.length === 0 ? '' : `: ${list(results)}`),
    source: known?.source ?? decodeFunctionId(BigInt(id >>> 0)).source,
  });
  // Every service may answer "unknown function" with -1, in 32 or 64 bits.
  const signed = signedCode(id, x0);
  if (known === undefined) {
    return signed === -1
      ? done('NOT_SUPPORTED', 'nothing answers this function', true)
      : done('', hex(x0), false);
  }
  const name = known.name;
  if (name.startsWith('FFA_') && name !== 'FFA_VERSION') return ffaReturn(registers, done);
  if (name.startsWith('RMI_') || name.startsWith('RSI_')) {
    if (signed === -1) return done('NOT_SUPPORTED', 'nothing answers this function', true);
    const { status, index } = splitReturn(x0);
    const [code, words] = known.codes[status] ?? [hex(status), 'unknown status'];
    const at =
      code === 'RMI_ERROR_RTT'
        ? `, level ${index.toString()}`
        : index === 0
          ? ''
          : `, index ${index.toString()}`;
    const results = status === 0 || code === 'RMI_ERROR_RTT' || name.endsWith('_VERSION');
    return done(
      code,
      `${words}${at}`,
      status !== 0,
      results ? named(known.results, registers, 1) : [],
    );
  }
  if (name.startsWith('OPTEE_')) {
    const rpc = opteeRpc(x0);
    if (rpc !== undefined) return done('OPTEE_SMC_RETURN_RPC', rpc, false);
  }
  if (known.result !== undefined && signed >= 0) {
    return done('', known.result(x0), false, named(known.results, registers, 1));
  }
  const found = known.codes[signed];
  if (found === undefined) {
    return signed === -1
      ? done('NOT_SUPPORTED', 'nothing answers this function', true)
      : done('', hex(x0), signed < 0);
  }
  const failed = signed < 0 || (name.startsWith('OPTEE_') && signed !== 0);
  return done(found[0], found[1], failed, failed ? [] : named(known.results, registers, 1));
}

/** x0 as the signed number it means; NaN-free: out of safe range gives 0 or more as is. */
function signedCode(id: number, x0: bigint): number {
  const low = Number(BigInt.asIntN(32, x0));
  const wide = BigInt.asIntN(64, x0);
  // SMC32 callers see w0; many SMC64 services return -1 in w0 only as well.
  const smc64 = ((id >>> 30) & 1) === 1;
  if (!smc64) return low;
  if (wide < 0n) return Number(wide);
  return low < 0 && x0 >> 32n === 0n && low > -4096 ? low : Number(wide);
}

function ffaReturn(
  registers: readonly bigint[],
  done: (code: string, words: string, failed: boolean) => ReturnDescription,
): ReturnDescription {
  const x0 = registers[0] ?? 0n;
  const answer = functionOf(Number(x0 & 0xffffffffn));
  if (answer === undefined || !answer.name.startsWith('FFA_')) {
    const low = Number(BigInt.asIntN(32, x0));
    const [code, words] = FFA_ERRORS[low] ?? ['', hex(x0)];
    return done(code, words, low < 0);
  }
  if (answer.name !== 'FFA_ERROR') return done(answer.name, answer.does, false);
  const error = Number(BigInt.asIntN(32, registers[2] ?? 0n));
  const [code, words] = FFA_ERRORS[error] ?? ['', `code ${error.toString()}`];
  return done(`FFA_ERROR ${code}`.trim(), words, true);
}
