/** ESR_ELx: the exception class, its ISS fields, and a sentence. */
import { bits, decodeFields, flag, hex, u64, type Decoded, type FieldSpec } from '../field';
import { register } from '../source';
import { EXCEPTION_CLASSES } from './classes';
import { faultStatus, type FaultStatus } from './fault-status';

export interface Syndrome extends Decoded {
  /** ESR_ELx.EC, bits [31:26]. */
  readonly ec: number;
  readonly className: string;
  /** For aborts: the fault status code, read. */
  readonly fault?: FaultStatus;
  /** Whether FAR_ELx holds the address that faulted. */
  readonly farValid: boolean;
}

const ABORTS: readonly number[] = [0x1e, 0x20, 0x21, 0x24, 0x25];
const FAR_CLASSES: readonly number[] = [...ABORTS, 0x22, 0x34, 0x35];

/** True for SVC, HVC and SMC, from either Execution state. */
export function isCall(ec: number): boolean {
  return [0x11, 0x12, 0x13, 0x15, 0x16, 0x17].includes(ec);
}

/** ESR_ELx.EC. */
export function exceptionClass(esr: bigint): number {
  return Number(bits(esr, 31, 26));
}

/**
 * Decodes an ESR_ELx value (64 bits; the upper half is ISS2 where the class has
 * one). `name` is used in the answer only: the layout is the same at each level.
 */
export function decodeEsr(value: bigint, name = 'ESR_ELx'): Syndrome {
  const esr = u64(value);
  const ec = exceptionClass(esr);
  const known = EXCEPTION_CLASSES[ec];
  const className = known?.name ?? `reserved exception class ${hex(ec, 2)}`;
  const top: readonly FieldSpec[] = [
    {
      name: 'EC',
      hi: 31,
      lo: 26,
      meaning: () => className,
      source: register('ESR_ELx', 'EC'),
    },
    {
      ...flag(25, 'IL', '16-bit instruction', '32-bit instruction, or a cause without a length'),
      source: register('ESR_ELx', 'IL'),
    },
  ];
  const source = known?.source ?? register('ESR_ELx', 'EC');
  const fields = decodeFields(
    esr,
    [...top, ...(known?.iss(esr) ?? []), ...(known?.iss2 ?? [])],
    source,
  );
  const detail = known?.detail?.(esr) ?? '';
  const summary = detail === '' ? className : `${className}: ${detail}`;
  const farValid = FAR_CLASSES.includes(ec) && (bits(esr, 10, 10) === 0n || ec === 0x22);
  const decoded = { register: name, value: esr, fields, summary, source, ec, className, farValid };
  return ABORTS.includes(ec)
    ? { ...decoded, fault: faultStatus(Number(bits(esr, 5, 0))) }
    : decoded;
}
