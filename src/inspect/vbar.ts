/** Exception vector offsets. Source: Arm ARM D1.3, Exception vectors. */
const SOURCE = 'Arm ARM (DDI 0487) D1.3, Exception vectors, vector offsets from VBAR_ELx';

const FROM = [
  'current level using SP_EL0',
  'current level using SP_ELx',
  'lower level using AArch64',
  'lower level using AArch32',
] as const;

const TYPE = ['Synchronous', 'IRQ or vIRQ', 'FIQ or vFIQ', 'SError or vSError'] as const;

export type VectorFrom = (typeof FROM)[number];
export type VectorType = (typeof TYPE)[number];

export interface Vector {
  /** Offset of the entry from VBAR_ELx: a multiple of 0x80 up to 0x780. */
  readonly offset: number;
  readonly from: VectorFrom;
  readonly type: VectorType;
  /** How far into the entry's 128 bytes the address was. */
  readonly inside: number;
  readonly meaning: string;
  readonly source: string;
}

/**
 * The vector that an address is in, given VBAR_ELx (bits [10:0] of it are taken
 * as zero). Undefined when the address is outside the 2 KiB table.
 */
export function vectorAt(vbar: bigint, address: bigint): Vector | undefined {
  const base = vbar & ~0x7ffn;
  const distance = address - base;
  if (distance < 0n || distance > 0x7ffn) return undefined;
  return vectorOfOffset(Number(distance));
}

/** The vector at an offset from VBAR_ELx; undefined past 0x7ff. */
export function vectorOfOffset(offset: number): Vector | undefined {
  if (!Number.isInteger(offset) || offset < 0 || offset > 0x7ff) return undefined;
  const from = FROM[offset >> 9];
  const type = TYPE[(offset >> 7) & 3];
  if (from === undefined || type === undefined) return undefined;
  return {
    offset: offset & 0x780,
    from,
    type,
    inside: offset & 0x7f,
    meaning: `${type} from the ${from}`,
    source: SOURCE,
  };
}

/** The offset for a row and a column: the inverse of vectorOfOffset. */
export function vectorOffset(from: VectorFrom, type: VectorType): number {
  return (FROM.indexOf(from) << 9) | (TYPE.indexOf(type) << 7);
}
