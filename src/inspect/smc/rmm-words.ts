/** Words that RMI and RSI share: RMM specification, DEN0137. */
import { oneOf, type ReturnCodes } from './call';

export const RMI_CODES: ReturnCodes = {
  0: ['RMI_SUCCESS', 'done'],
  1: ['RMI_ERROR_INPUT', 'an argument is not valid: alignment, range, or the state of its granule'],
  2: ['RMI_ERROR_REALM', 'the Realm is not in the state this command needs'],
  3: ['RMI_ERROR_REC', 'the REC is not in the state this command needs'],
  4: ['RMI_ERROR_RTT', 'the walk of the Realm translation table stopped at another level'],
};

export const RSI_CODES: ReturnCodes = {
  0: ['RSI_SUCCESS', 'done'],
  1: ['RSI_ERROR_INPUT', 'an argument is not valid'],
  2: ['RSI_ERROR_STATE', 'the Realm or REC is not in the state this command needs'],
  3: ['RSI_INCOMPLETE', 'not finished; call again'],
  4: ['RSI_ERROR_UNKNOWN', 'failed for a reason that is not told'],
};

export const ripas = oneOf({ 0: 'EMPTY', 1: 'RAM', 2: 'DESTROYED' });
export const rttState = oneOf({ 0: 'UNASSIGNED', 1: 'ASSIGNED', 2: 'TABLE' });

/** RmmInterfaceVersion: major in bits [30:16], minor in [15:0]. */
export function interfaceVersion(v: bigint): string {
  return `${((v >> 16n) & 0x7fffn).toString()}.${(v & 0xffffn).toString()}`;
}

/**
 * RmiCommandReturnCode: status in bits [7:0], index in [15:8]. The index is a
 * translation table level for RMI_ERROR_RTT, and says which attribute otherwise.
 */
export function splitReturn(x0: bigint): { readonly status: number; readonly index: number } {
  return { status: Number(x0 & 0xffn), index: Number((x0 >> 8n) & 0xffn) };
}

/** Codes of the RMM-EL3 interface: TF-A include/services/rmmd_svc.h, E_RMM_*. */
export const RMM_EL3_CODES: ReturnCodes = {
  0: ['E_RMM_OK', 'done'],
  [-1]: ['E_RMM_UNK', 'unknown error, or unknown function'],
  [-2]: ['E_RMM_BAD_ADDR', 'that address cannot change hands'],
  [-3]: ['E_RMM_BAD_PAS', 'the granule is not in the expected physical address space'],
  [-4]: ['E_RMM_NOMEM', 'no memory for it'],
  [-5]: ['E_RMM_INVAL', 'an argument is not valid'],
  [-6]: ['E_RMM_AGAIN', 'busy; call again'],
};

/** What RMM_BOOT_COMPLETE reports in x1: E_RMM_BOOT_*. */
export const RMM_BOOT_CODES: ReturnCodes = {
  0: ['E_RMM_BOOT_SUCCESS', 'the RMM started'],
  [-1]: ['E_RMM_BOOT_UNKNOWN', 'unknown error'],
  [-2]: ['E_RMM_BOOT_VERSION_MISMATCH', 'EL3 and RMM speak different interface versions'],
  [-3]: ['E_RMM_BOOT_CPUS_OUT_OF_RANGE', 'more CPUs than the RMM was built for'],
  [-4]: ['E_RMM_BOOT_CPU_ID_OUT_OF_RANGE', 'CPU number out of range'],
  [-5]: ['E_RMM_BOOT_INVALID_SHARED_BUFFER', 'the shared buffer is not valid'],
  [-6]: ['E_RMM_BOOT_MANIFEST_VERSION_NOT_SUPPORTED', 'boot manifest version not supported'],
  [-7]: ['E_RMM_BOOT_MANIFEST_DATA_ERROR', 'the boot manifest is not valid'],
};
