/** Smaller Standard Secure services: MM, Errata Management, DRTM, PCI, and the general queries. */
import { both, std32, std64, table, version, type FunctionRow, type ReturnCodes } from './call';

const MM_CODES: ReturnCodes = {
  0: ['SUCCESS', 'done'],
  [-1]: ['NOT_SUPPORTED', 'not implemented'],
  [-2]: ['INVALID_PARAMETERS', 'an argument is not valid'],
  [-3]: ['DENIED', 'not allowed'],
  [-5]: ['NO_MEMORY', 'no memory'],
};

export const MM = table(
  [
    { id: std32(0x40), name: 'MM_VERSION', does: 'asks for the version', result: version },
    ...both(0x41, {
      name: 'MM_COMMUNICATE',
      does: 'calls StandaloneMM',
      args: ['cookie', 'buffer address', 'buffer size'],
    }),
  ],
  MM_CODES,
  'Management Mode Interface (DEN0060)',
);

/**
 * The calls of a StandaloneMM partition to SPM-MM. Two share their ids with FF-A, and a build has
 * one or the other: in the lookup FF-A's name stands for both, and says so.
 */
export const SPM_MM = table(
  [
    { id: std32(0x60), name: 'SPM_MM_VERSION', does: 'asks for the version', result: version },
    {
      id: std64(0x61),
      name: 'MM_SP_EVENT_COMPLETE',
      does: 'the partition is done',
      args: ['status'],
    },
    {
      id: std64(0x64),
      name: 'MM_SP_MEMORY_ATTRIBUTES_GET',
      does: 'asks for permissions',
      args: ['base'],
    },
    {
      id: std64(0x65),
      name: 'MM_SP_MEMORY_ATTRIBUTES_SET',
      does: 'sets permissions',
      args: ['base', 'pages', 'attributes'],
    },
  ],
  MM_CODES,
  'TF-A include/services/spm_mm_svc.h',
);

export const ERRATA = table(
  [
    { id: std32(0xf0), name: 'EM_VERSION', does: 'asks for the version', result: version },
    {
      id: std32(0xf1),
      name: 'EM_FEATURES',
      does: 'asks whether a function is implemented',
      args: ['func_id'],
    },
    {
      id: std32(0xf2),
      name: 'EM_CPU_ERRATUM_FEATURES',
      does: 'asks about an erratum',
      args: ['cpu_erratum_id', 'forward_flag'],
    },
  ],
  {
    0: ['SUCCESS', 'done'],
    1: ['HIGHER_EL_MITIGATION', 'mitigated by a higher Exception level'],
    2: ['NOT_AFFECTED', 'this CPU is not affected'],
    3: ['AFFECTED', 'this CPU is affected'],
    [-1]: ['NOT_SUPPORTED', 'not implemented'],
    [-2]: ['INVALID_PARAMETERS', 'an argument is not valid'],
    [-3]: ['UNKNOWN_ERRATUM', 'the erratum is not known'],
  },
  'Errata Management Firmware Interface (DEN0100)',
);

const DRTM_NAMES: readonly (readonly [number, string, string])[] = [
  [0x110, 'DRTM_VERSION', 'asks for the version'],
  [0x111, 'DRTM_FEATURES', 'asks for features'],
  [0x113, 'DRTM_UNPROTECT_MEMORY', 'ends memory protection'],
  [0x114, 'DRTM_DYNAMIC_LAUNCH', 'starts a measured launch'],
  [0x115, 'DRTM_CLOSE_LOCALITY', 'closes a TPM locality'],
  [0x116, 'DRTM_GET_ERROR', 'reads the last error'],
  [0x117, 'DRTM_SET_ERROR', 'writes the error'],
  [0x118, 'DRTM_SET_TCB_HASH', 'adds a hash'],
  [0x119, 'DRTM_LOCK_TCB_HASHES', 'locks the hashes'],
];

export const DRTM = table(
  DRTM_NAMES.flatMap(([n, name, does]): FunctionRow[] => both(n, { name, does })),
  {
    0: ['SUCCESS', 'done'],
    [-1]: ['NOT_SUPPORTED', 'not implemented'],
    [-2]: ['INVALID_PARAMETERS', 'an argument is not valid'],
  },
  'DRTM Architecture for Arm (DEN0113)',
);

export const PCI = table(
  [
    { id: std32(0x130), name: 'PCI_VERSION', does: 'asks for the version', result: version },
    {
      id: std32(0x131),
      name: 'PCI_FEATURES',
      does: 'asks whether a function is implemented',
      args: ['pci_func_id'],
    },
    {
      id: std32(0x132),
      name: 'PCI_READ',
      does: 'reads configuration space',
      args: ['device', 'offset', 'size: bytes'],
      results: ['data'],
    },
    {
      id: std32(0x133),
      name: 'PCI_WRITE',
      does: 'writes configuration space',
      args: ['device', 'offset', 'size: bytes', 'data'],
    },
    { id: std32(0x134), name: 'PCI_GET_SEG_INFO', does: 'asks about a segment', args: ['segment'] },
  ],
  {
    0: ['SUCCESS', 'done'],
    [-1]: ['NOT_SUPPORTED', 'not implemented'],
    [-2]: ['INVALID_PARAMETERS', 'an argument is not valid'],
    [-3]: ['NOT_IMPLEMENTED', 'not for this device'],
  },
  'PCI Configuration Space Access Firmware Interface (DEN0115)',
);

/** The queries every service of the older SMCCC versions answers. */
export const STD_GENERAL = table(
  [
    {
      id: 0x8400ff00,
      name: 'STD_SVC_CALL_COUNT',
      does: 'asks how many calls there are',
      result: (v) => v.toString(),
    },
    {
      id: 0x8400ff01,
      name: 'STD_SVC_UID',
      does: 'asks which service this is',
      result: (v) => `UUID word 0x${v.toString(16)}`,
    },
    {
      id: 0x8400ff03,
      name: 'STD_SVC_VERSION',
      does: 'asks for the version',
      result: (v) => `major ${v.toString()}`,
      results: ['minor'],
    },
  ],
  {},
  'SMC Calling Convention (DEN0028), general service queries',
);
