/**
 * What the RMM and EL3 say to each other: the RMM-EL3 interface of TF-A, version
 * 0.4 in TF-A 2.12 (docs/components/rmm-el3-comms-spec, include/services/rmmd_svc.h).
 */
import { std64, table, value } from './call';
import { RMM_BOOT_CODES, RMM_EL3_CODES } from './rmm-words';
import { oneOf } from './call';

const bootCode = (v: bigint): string => {
  const [name, words] = RMM_BOOT_CODES[Number(BigInt.asIntN(32, v))] ?? ['', 'unknown boot code'];
  return name === '' ? words : `${name}: ${words}`;
};

export const RMM_EL3 = table(
  [
    {
      id: std64(0x18f),
      name: 'RMM_RMI_REQ_COMPLETE',
      does: 'the RMM has answered an RMI call; EL3 returns to the host',
      args: [
        'host_x0: RMI return code',
        'host_x1: for the host',
        'host_x2: for the host',
        'host_x3: for the host',
        'host_x4: for the host',
      ],
    },
    {
      id: std64(0x1b0),
      name: 'RMM_GTSI_DELEGATE',
      does: 'the RMM asks EL3 to make a granule Realm memory',
      args: ['addr: PA of the granule'],
    },
    {
      id: std64(0x1b1),
      name: 'RMM_GTSI_UNDELEGATE',
      does: 'the RMM asks EL3 to make a granule Non-secure memory',
      args: ['addr: PA of the granule'],
    },
    {
      id: std64(0x1b2),
      name: 'RMM_ATTEST_GET_REALM_KEY',
      does: 'asks for the Realm attestation key',
      args: ['buf: PA', 'size: bytes', value('curve', oneOf({ 0: 'ECC SECP384R1' }))],
      results: ['size: bytes of key'],
    },
    {
      id: std64(0x1b3),
      name: 'RMM_ATTEST_GET_PLAT_TOKEN',
      does: 'asks for the platform attestation token',
      args: ['buf: PA', 'size: bytes', 'hash_size: bytes'],
      results: ['size: bytes of token'],
    },
    {
      id: std64(0x1b4),
      name: 'RMM_EL3_FEATURES',
      does: 'asks which optional parts EL3 has',
      args: ['feat_reg_idx'],
      results: ['feature register'],
    },
    {
      id: std64(0x1b5),
      name: 'RMM_EL3_TOKEN_SIGN',
      does: 'has EL3 sign tokens',
      args: [
        value('opcode', oneOf({ 1: 'push request', 2: 'pull response', 3: 'get public key' })),
        'buf: PA',
        'size: bytes',
      ],
      results: ['size: bytes'],
    },
    {
      id: std64(0x1cf),
      name: 'RMM_BOOT_COMPLETE',
      does: 'the RMM has started, or says why not',
      args: [value('status', bootCode)],
    },
  ],
  RMM_EL3_CODES,
  'RMM-EL3 communication interface (TF-A documentation)',
);
