/** What a descriptor says of the memory behind it, in words (Arm ARM D8.4 to D8.6). */
import { bit, bits, hex } from '../field';
import { memoryAttribute } from '../mair';
import { sizeText } from '../gpt/gpccr';
import type { Regime } from './regime';
import type { Descriptor } from './table';

/** What the table descriptors above allow at most. */
export interface Limits {
  readonly noEl0: boolean;
  readonly readOnly: boolean;
  readonly uxn: boolean;
  readonly pxn: boolean;
}

export const NO_LIMITS: Limits = { noEl0: false, readOnly: false, uxn: false, pxn: false };

function where(descriptor: Descriptor): string {
  if (descriptor.kind === 'table') return `table at ${hex(descriptor.next)}`;
  const { kind, output, sizeBits } = descriptor;
  return `${sizeText(1n << BigInt(sizeBits))} ${kind} at ${hex(output)}`;
}

/** Whether code may run there at the regime's level, and at EL0. */
export function executable(
  descriptor: bigint,
  limits: Limits,
  regime: Regime,
): { readonly privileged: boolean; readonly el0: boolean } {
  const xn = bit(descriptor, 54) || limits.uxn;
  // One level only has XN; with EL0 there are UXN and PXN (Arm ARM D8.4.4).
  if (!regime.twoHalves) return { privileged: !xn, el0: false };
  return { privileged: !(bit(descriptor, 53) || limits.pxn), el0: !xn };
}

function access(descriptor: bigint, limits: Limits, regime: Regime): string {
  const readOnly = bit(descriptor, 7) || limits.readOnly;
  const { privileged, el0 } = executable(descriptor, limits, regime);
  const flags = (x: boolean): string => `r${readOnly ? '-' : 'w'}${x ? 'x' : '-'}`;
  const level = `EL${regime.el.toString()}`;
  if (!regime.twoHalves) return `${level} ${flags(privileged)}`;
  const mayEl0 = bit(descriptor, 6) && !limits.noEl0;
  const below = mayEl0 ? flags(el0) : `--${el0 ? 'x' : '-'}`;
  return `${level} ${flags(privileged)}, EL0 ${below}`;
}

const SHARE = ['Non-shareable', 'reserved', 'Outer Shareable', 'Inner Shareable'] as const;

export function describeStage1(
  descriptor: bigint,
  decoded: Descriptor,
  limits: Limits,
  regime: Regime,
): string {
  if (decoded.kind === 'table') return where(decoded);
  const attribute = Number(bits(descriptor, 4, 2));
  const memory = memoryAttribute(Number(bits(regime.mair, attribute * 8 + 7, attribute * 8)));
  const parts = [where(decoded), access(descriptor, limits, regime), memory];
  if (memory.startsWith('Normal')) parts.push(SHARE[Number(bits(descriptor, 9, 8))] ?? '');
  if (!bit(descriptor, 10)) parts.push('Access flag clear');
  if (regime.twoHalves && bit(descriptor, 11)) parts.push('not global');
  if (bit(descriptor, 52)) parts.push('contiguous');
  return parts.filter((part) => part !== '').join('; ');
}

const S2AP = ['no access', 'read-only', 'write-only', 'read and write'] as const;
/** XN[1:0] at [54:53] (Arm ARM D8.4.6, FEAT_XNX). */
const S2XN = ['code at EL1 and EL0', 'code at EL0 only', 'no code', 'code at EL1 only'] as const;

export function describeStage2(descriptor: bigint, decoded: Descriptor): string {
  if (decoded.kind === 'table') return where(decoded);
  const parts = [
    where(decoded),
    S2AP[Number(bits(descriptor, 7, 6))] ?? '',
    S2XN[Number(bits(descriptor, 54, 53))] ?? '',
  ];
  if (!bit(descriptor, 10)) parts.push('Access flag clear');
  return parts.join('; ');
}
