/**
 * The RMM's log of calls: name, arguments, ">", status and results, all numbers
 * hexadecimal without 0x. Source: TF-RMM runtime/core/handler.c and
 * runtime/rsi/logger.c.
 */
import { hex } from '../field';
import type { SmcFunction } from '../smc/call';
import { FUNCTIONS } from '../smc/describe';
import type { RmmCallEvent } from './event';

const LINE =
  /^SMC_(?:RMM|RMI|RSI)_(\w+)((?:\s+[0-9a-f]+)*)\s*>\s*(?:\{?(R[MS]I_[A-Z_]+)\}?|([0-9a-f]+))((?:[\s,]+[0-9a-f]+)*)\}?\s*$/;

/** Names that early RMMs logged otherwise than the specification writes them. */
const ALIASES: Readonly<Record<string, string>> = {
  RSI_ABI_VERSION: 'RSI_VERSION',
  RSI_ATTEST_TOKEN_INIT: 'RSI_ATTESTATION_TOKEN_INIT',
  RSI_ATTEST_TOKEN_CONTINUE: 'RSI_ATTESTATION_TOKEN_CONTINUE',
};

const BY_NAME: ReadonlyMap<string, SmcFunction> = new Map(
  [...FUNCTIONS.values()].filter((f) => /^R[MS]I_/.test(f.name)).map((f) => [f.name, f]),
);

function numbers(text: string | undefined): bigint[] {
  return (text ?? '')
    .split(/[\s,]+/)
    .filter((word) => word !== '')
    .map((word) => BigInt(`0x${word}`));
}

/** The call a line logs, if it is one. */
export function rmmCallOfLine(
  line: string,
  bare: string,
  offset: number,
): RmmCallEvent | undefined {
  const match = LINE.exec(bare.trim());
  if (match === null) return undefined;
  const [, logged = '', argText, status = '', bareResult, resultText] = match;
  // SMC_RMM_ is how RMMs before 1.0 named what is now SMC_RMI_.
  const raw = `${bare.trim().startsWith('SMC_RSI_') ? 'RSI' : 'RMI'}_${logged}`;
  const name = ALIASES[raw] ?? raw;
  const known = BY_NAME.get(name);
  const args = numbers(argText);
  const results = [...numbers(bareResult), ...numbers(resultText)];
  const shown = args.map((v, i) => {
    const spec = known?.args[i];
    const text = spec?.words?.(v) ?? hex(v);
    return spec === undefined ? text : `${spec.name}=${text}`;
  });
  const failed = status !== '' && !status.endsWith('_SUCCESS');
  const words =
    status === ''
      ? results.map((v) => hex(v)).join(', ')
      : (Object.values(known?.codes ?? {}).find(([code]) => code === status)?.[1] ?? status);
  return {
    kind: 'rmm-call',
    name,
    text: `${name}(${shown.join(', ')})`,
    args,
    status,
    failed,
    results,
    words,
    source: known?.source ?? 'TF-RMM runtime/core/handler.c',
    line,
    offset,
  };
}
