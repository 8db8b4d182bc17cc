/** PAR_EL1: what an AT instruction found. */
import { bit, bits, decodeFields, flag, hex, range, type Decoded, type FieldSpec } from './field';
import { faultMeaning, faultStatus } from './esr/fault-status';
import { memoryAttribute } from './mair';
import { SECURITY_STATES, type SecurityState } from './security';
import { register } from './source';

const SOURCE = register('PAR_EL1');
const F = flag(0, 'F', 'translation succeeded', 'translation failed');

const SUCCESS: readonly FieldSpec[] = [
  range(63, 56, 'ATTR', (v) => memoryAttribute(Number(v))),
  range(51, 12, 'PA', (v) => hex(v << 12n)),
  flag(
    11,
    'NSE',
    'with RME and NS: Secure or Non-secure',
    'with RME and NS: Root or Realm; RES1 without',
  ),
  flag(10, 'IMP DEF', 'implementation defined', 'implementation defined'),
  flag(9, 'NS', 'Secure, or Root with NSE', 'Non-secure, or Realm with NSE'),
  range(8, 7, 'SH', ['Non-shareable', 'reserved', 'Outer Shareable', 'Inner Shareable']),
  F,
];

const FAILURE: readonly FieldSpec[] = [
  range(63, 48, 'IMP DEF', (v) => `implementation defined ${hex(v)}`),
  flag(15, 'DirtyBit', 'not by dirty state', 'because of dirty state'),
  flag(14, 'Overlay', 'not by overlay permissions', 'denied by overlay permissions'),
  flag(13, 'TopLevel', 'not by TopLevel', 'because of the TopLevel attribute'),
  flag(12, 'AssuredOnly', 'not by AssuredOnly', 'because of AssuredOnly'),
  flag(11, 'RES1[11]', 'should be 1', 'reserved, reads 1'),
  flag(9, 'S', 'fault at stage 1', 'fault at stage 2'),
  flag(8, 'PTW', 'not on a stage 1 table walk', 'stage 2 fault on a stage 1 table walk'),
  range(6, 1, 'FST', faultMeaning('abort')),
  F,
];

/**
 * The physical address space of a translation that succeeded. Bit 11 is NSE only
 * where RME is implemented and RES1 otherwise (QEMU 10.0 always sets it), so
 * `rme` must be asked for. NS and NSE only mean something after an AT from a
 * state that sees more than one space.
 */
export function parSpace(par: bigint, rme = false): SecurityState {
  const code = (rme && bit(par, 11) ? 2 : 0) + (bit(par, 9) ? 1 : 0);
  return SECURITY_STATES[code] ?? 'Secure';
}

/** PAR_EL1 in words, for either outcome (bit 0). */
export function decodePar(par: bigint): Decoded {
  const failed = bit(par, 0);
  const fields = decodeFields(par, failed ? FAILURE : SUCCESS, SOURCE);
  const summary = failed
    ? `stage ${bit(par, 9) ? '2' : '1'}: ${faultStatus(Number(bits(par, 6, 1))).text}`
    : `PA ${hex(bits(par, 51, 12) << 12n)}, ${memoryAttribute(Number(bits(par, 63, 56)))}`;
  return { register: 'PAR_EL1', value: par, fields, summary, source: SOURCE };
}
