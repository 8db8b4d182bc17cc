/** RSI: what a Realm asks of the RMM. RMM specification, DEN0137, version 1.0. */
import { oneOf, std64, table, value, type FunctionRow } from './call';
import { interfaceVersion, ripas, RSI_CODES } from './rmm-words';

const response = value('response', oneOf({ 0: 'ACCEPT', 1: 'REJECT' }));

const challenge = ['0', '8', '16', '24', '32', '40', '48', '56'].map(
  (n) => `challenge_${n}: bytes from ${n} on`,
);

const ROWS: readonly FunctionRow[] = [
  {
    id: std64(0x190),
    name: 'RSI_VERSION',
    does: 'agrees on an interface version',
    args: [value('req: version asked for', interfaceVersion)],
    results: [
      value('lower: lowest version', interfaceVersion),
      value('higher: highest version', interfaceVersion),
    ],
  },
  {
    id: std64(0x191),
    name: 'RSI_FEATURES',
    does: 'reads a feature register',
    args: ['index'],
    results: ['value'],
  },
  {
    id: std64(0x192),
    name: 'RSI_MEASUREMENT_READ',
    does: 'reads a measurement',
    args: ['index: 0 for the initial one'],
    results: ['value, bytes 0 to 7', 'bytes 8 to 15', 'bytes 16 to 23', 'bytes 24 to 31'],
  },
  {
    id: std64(0x193),
    name: 'RSI_MEASUREMENT_EXTEND',
    does: 'extends a measurement',
    args: ['index', 'size: bytes', 'value, bytes 0 to 7', 'bytes 8 to 15', 'bytes 16 to 23'],
  },
  {
    id: std64(0x194),
    name: 'RSI_ATTESTATION_TOKEN_INIT',
    does: 'starts making an attestation token',
    args: challenge,
    results: ['max_size: bytes'],
  },
  {
    id: std64(0x195),
    name: 'RSI_ATTESTATION_TOKEN_CONTINUE',
    does: 'reads more of the attestation token',
    args: ['addr: IPA of the granule', 'offset', 'size: bytes'],
    results: ['len: bytes written'],
  },
  {
    id: std64(0x196),
    name: 'RSI_REALM_CONFIG',
    does: "reads the Realm's configuration",
    args: ['addr: IPA of the granule to fill'],
  },
  {
    id: std64(0x197),
    name: 'RSI_IPA_STATE_SET',
    does: 'asks for a range to become RAM or empty',
    args: ['base: IPA', 'top: IPA', value('ripas', ripas), 'flags'],
    results: ['new_base: IPA up to which it was done', response],
  },
  {
    id: std64(0x198),
    name: 'RSI_IPA_STATE_GET',
    does: 'asks for the state of a range',
    args: ['base: IPA', 'top: IPA'],
    results: ['out_top: IPA', value('ripas', ripas)],
  },
  {
    id: std64(0x199),
    name: 'RSI_HOST_CALL',
    does: 'calls the host',
    args: ['addr: IPA of the call structure'],
  },
];

export const RSI = table(ROWS, RSI_CODES, 'Realm Management Monitor specification (DEN0137) 1.0');
