/** Arm Architecture calls, owner 0 (DEN0028), and TF-A BL1's own calls. */
import { table, value, version, oneOf, type ReturnCodes } from './call';

const CODES: ReturnCodes = {
  0: ['SUCCESS', 'done, or implemented'],
  1: ['SUCCESS', 'implemented, and not needed on this CPU'],
  [-1]: ['NOT_SUPPORTED', 'not implemented'],
  [-2]: ['NOT_REQUIRED', 'this CPU does not need it'],
  [-3]: ['INVALID_PARAMETER', 'an argument is not valid'],
};

export const ARCH = table(
  [
    { id: 0x80000000, name: 'SMCCC_VERSION', does: 'asks for the version', result: version },
    {
      id: 0x80000001,
      name: 'SMCCC_ARCH_FEATURES',
      does: 'asks whether a function is implemented',
      args: ['arch_func_id'],
    },
    {
      id: 0x80000002,
      name: 'SMCCC_ARCH_SOC_ID',
      does: 'asks which SoC this is',
      args: [value('SoC_ID_type', oneOf({ 0: 'version', 1: 'revision', 2: 'name' }))],
      result: (v) => `0x${v.toString(16)}`,
    },
    {
      id: 0x80000003,
      name: 'SMCCC_ARCH_FEATURE_AVAILABILITY',
      does: 'asks which features EL3 lets be used',
      args: ['bitmask_selector'],
    },
    { id: 0x80000004, name: 'SMCCC_ARCH_WORKAROUND_4', does: 'mitigates CVE-2024-7881' },
    { id: 0x80008000, name: 'SMCCC_ARCH_WORKAROUND_1', does: 'mitigates CVE-2017-5715' },
    {
      id: 0x80007fff,
      name: 'SMCCC_ARCH_WORKAROUND_2',
      does: 'mitigates CVE-2018-3639',
      args: [value('enable', oneOf({ 0: 'off', 1: 'on' }))],
    },
    { id: 0x80003fff, name: 'SMCCC_ARCH_WORKAROUND_3', does: 'mitigates CVE-2022-23960' },
  ],
  CODES,
  'SMC Calling Convention (DEN0028)',
);

/**
 * What images before BL31 ask of BL1. These ids are not of the SMCCC's making.
 * Source: TF-A include/bl1/bl1.h; Firmware Update in its documentation.
 */
export const BL1 = table(
  [
    {
      id: 0x0,
      name: 'BL1_SMC_CALL_COUNT',
      does: 'asks how many calls there are',
      result: (v) => v.toString(),
    },
    {
      id: 0x1,
      name: 'BL1_SMC_UID',
      does: 'asks which firmware this is',
      result: (v) => `0x${v.toString(16)}`,
    },
    { id: 0x3, name: 'BL1_SMC_VERSION', does: 'asks for the version', result: (v) => v.toString() },
    {
      id: 0x4,
      name: 'BL1_SMC_RUN_IMAGE',
      does: 'BL2 asks BL1 to start the next image, usually BL31 at EL3',
      args: ['ep_info: address of the entry point information'],
    },
  ],
  { [-1]: ['UNKNOWN', 'BL1 does not know this call'] },
  'TF-A bl1/bl1_main.c',
);
