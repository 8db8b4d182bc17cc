/** MFAR_EL3: the physical address of a granule protection check exception. */
import { bit, bits, decodeFields, flag, hex, range, type Decoded, type FieldSpec } from './field';
import { SECURITY_STATES, type SecurityState } from './security';
import { register } from './source';

const SOURCE = register('MFAR_EL3');

const FIELDS: readonly FieldSpec[] = [
  flag(63, 'NS', 'Secure, or Root with NSE', 'Non-secure, or Realm with NSE'),
  flag(62, 'NSE', 'with NS: Secure or Non-secure', 'with NS: Root or Realm'),
  range(51, 12, 'FPA', (v) => hex(v << 12n)),
];

export interface FaultingGranule {
  /** Base of the 4 KB page that was accessed. */
  readonly address: bigint;
  /** The physical address space that the access was made in. */
  readonly space: SecurityState;
}

/** The faulting access: MFAR_EL3.{NSE,NS} name its space, FPA its page. */
export function faultingGranule(mfar: bigint): FaultingGranule {
  const code = (bit(mfar, 62) ? 2 : 0) + (bit(mfar, 63) ? 1 : 0);
  return { address: bits(mfar, 51, 12) << 12n, space: SECURITY_STATES[code] ?? 'Secure' };
}

export function decodeMfar(mfar: bigint): Decoded {
  const { address, space } = faultingGranule(mfar);
  return {
    register: 'MFAR_EL3',
    value: mfar,
    fields: decodeFields(mfar, FIELDS, SOURCE),
    summary: `access to ${hex(address)} in the ${space} physical address space`,
    source: SOURCE,
  };
}
