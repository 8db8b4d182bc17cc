/** The model that every table of SMC and HVC functions here shares. */

/** How one argument or result register is named and shown. */
export interface SmcValue {
  readonly name: string;
  /** What it is, in a few words; empty where the name says it. */
  readonly what: string;
  /** The value in words, where it is an enumeration or a set of flags. */
  readonly words?: (value: bigint) => string;
}

/** Return codes by value, in words. Codes below zero are two's complement in x0. */
export type ReturnCodes = Readonly<Record<number, readonly [name: string, words: string]>>;

export interface SmcFunction {
  readonly name: string;
  /** What it asks for, in one short line. */
  readonly does: string;
  /** x1 onwards. */
  readonly args: readonly SmcValue[];
  /** x1 onwards on return; x0 is read by `codes` or `result`. */
  readonly results: readonly SmcValue[];
  readonly codes: ReturnCodes;
  /** For functions whose x0 is a value and not a code, unless it is negative. */
  readonly result?: (value: bigint) => string;
  readonly source: string;
}

/** A table: full function id to function. */
export type SmcTable = Readonly<Record<number, SmcFunction>>;

/** 'rd: PA of the Realm descriptor' to a value's name and meaning. */
export function value(text: string, words?: (v: bigint) => string): SmcValue {
  const colon = text.indexOf(':');
  const name = colon < 0 ? text : text.slice(0, colon);
  const what = colon < 0 ? '' : text.slice(colon + 1).trim();
  return words === undefined ? { name, what } : { name, what, words };
}

/** Values of an enumeration in words. */
export function oneOf(names: Readonly<Record<number, string>>): (v: bigint) => string {
  return (v) => names[Number(v)] ?? `reserved value ${v.toString()}`;
}

/** A major.minor version in one register, minor in the low 16 bits. */
export function version(v: bigint): string {
  return `version ${((v >> 16n) & 0x7fffn).toString()}.${(v & 0xffffn).toString()}`;
}

type Text = string | SmcValue;

export interface FunctionRow {
  readonly id: number;
  readonly name: string;
  readonly does: string;
  readonly args?: readonly Text[];
  readonly results?: readonly Text[];
  readonly result?: (value: bigint) => string;
  readonly codes?: ReturnCodes;
}

const asValue = (text: Text): SmcValue => (typeof text === 'string' ? value(text) : text);

/** A table from rows, with the codes and source that its rows share. */
export function table(rows: readonly FunctionRow[], codes: ReturnCodes, source: string): SmcTable {
  const found: Record<number, SmcFunction> = {};
  for (const row of rows) {
    const entry: SmcFunction = {
      name: row.name,
      does: row.does,
      args: (row.args ?? []).map(asValue),
      results: (row.results ?? []).map(asValue),
      codes: row.codes ?? codes,
      source: `${source}, ${row.name}`,
    };
    found[row.id >>> 0] = row.result === undefined ? entry : { ...entry, result: row.result };
  }
  return found;
}

const FAST32 = 0x84000000;
const FAST64 = 0xc4000000;

/** A Standard Secure service, SMC32. */
export function std32(n: number): number {
  return (FAST32 + n) >>> 0;
}

/** A Standard Secure service, SMC64. */
export function std64(n: number): number {
  return (FAST64 + n) >>> 0;
}

/** A row at its SMC32 id and the same at its SMC64 id. */
export function both(n: number, row: Omit<FunctionRow, 'id'>): FunctionRow[] {
  return [
    { ...row, id: std32(n) },
    { ...row, id: std64(n) },
  ];
}
