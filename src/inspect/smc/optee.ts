/**
 * OP-TEE: calls of the Normal world to the Trusted OS, and the answers OP-TEE
 * gives its dispatcher in TF-A (core/arch/arm/include/sm/optee_smc.h and
 * teesmc_opteed.h of OP-TEE; services/spd/opteed of TF-A).
 */
import { table, type ReturnCodes } from './call';

const CODES: ReturnCodes = {
  0x0: ['OPTEE_SMC_RETURN_OK', 'done'],
  0x1: ['OPTEE_SMC_RETURN_ETHREAD_LIMIT', 'all threads of OP-TEE are in use; try again'],
  0x2: ['OPTEE_SMC_RETURN_EBUSY', 'OP-TEE is busy'],
  0x3: ['OPTEE_SMC_RETURN_ERESUME', 'the thread to resume does not exist'],
  0x4: ['OPTEE_SMC_RETURN_EBADADDR', 'bad address of the arguments'],
  0x5: ['OPTEE_SMC_RETURN_EBADCMD', 'unknown command'],
  0x6: ['OPTEE_SMC_RETURN_ENOMEM', 'no memory'],
  0x7: ['OPTEE_SMC_RETURN_ENOTAVAIL', 'not available'],
  [-1]: ['OPTEE_SMC_RETURN_UNKNOWN_FUNCTION', 'unknown function'],
};

const fast = (n: number) => 0xb2000000 + n;
const yielding = (n: number) => 0x32000000 + n;
const dispatcher = (n: number) => 0xbe000000 + n;

const arg = ['arg, high half: PA of the message', 'arg, low half', 'cache attributes'];

const RPC: Readonly<Record<number, string>> = {
  0: 'allocate memory',
  2: 'free memory',
  4: 'let the Normal world take an interrupt',
  5: 'do a command',
};

/** OP-TEE's x0 when it asks something of the Normal world: 0xffff and a function. */
export function opteeRpc(x0: bigint): string | undefined {
  const low = x0 & 0xffffffffn;
  if (low >> 16n !== 0xffffn || low === 0xffffffffn) return undefined;
  return `RPC to the Normal world: ${RPC[Number(low & 0xffffn)] ?? 'unknown function'}`;
}

export const OPTEE = table(
  [
    {
      id: fast(0x0),
      name: 'OPTEE_SMC_CALL_GET_OS_UUID',
      does: 'asks which Trusted OS this is',
      result: (v) => `UUID word 0x${v.toString(16)}`,
    },
    {
      id: fast(0x1),
      name: 'OPTEE_SMC_CALL_GET_OS_REVISION',
      does: 'asks for the revision',
      result: (v) => `major ${v.toString()}`,
      results: ['minor', 'build id'],
    },
    { id: yielding(0x3), name: 'OPTEE_SMC_CALL_RETURN_FROM_RPC', does: 'resumes after an RPC' },
    { id: yielding(0x4), name: 'OPTEE_SMC_CALL_WITH_ARG', does: 'calls with a message', args: arg },
    {
      id: fast(0x7),
      name: 'OPTEE_SMC_GET_SHM_CONFIG',
      does: 'asks for the shared memory',
      results: ['start: PA', 'size: bytes', 'settings'],
    },
    {
      id: fast(0x9),
      name: 'OPTEE_SMC_EXCHANGE_CAPABILITIES',
      does: 'exchanges capabilities',
      args: ['Normal world capabilities'],
      results: ['Secure world capabilities'],
    },
    {
      id: fast(0xa),
      name: 'OPTEE_SMC_DISABLE_SHM_CACHE',
      does: 'empties the cache of shared buffers',
    },
    { id: fast(0xb), name: 'OPTEE_SMC_ENABLE_SHM_CACHE', does: 'turns that cache on' },
    { id: fast(0xc), name: 'OPTEE_SMC_BOOT_SECONDARY', does: 'starts a secondary CPU in OP-TEE' },
    {
      id: fast(0xd),
      name: 'OPTEE_SMC_VM_CREATED',
      does: 'tells of a new virtual machine',
      args: ['vm id'],
    },
    {
      id: fast(0xe),
      name: 'OPTEE_SMC_VM_DESTROYED',
      does: 'tells of the end of one',
      args: ['vm id'],
    },
    {
      id: fast(0xf),
      name: 'OPTEE_SMC_GET_THREAD_COUNT',
      does: 'asks for the number of threads',
      results: ['threads'],
    },
    { id: fast(0x10), name: 'OPTEE_SMC_ENABLE_ASYNC_NOTIF', does: 'turns notifications on' },
    {
      id: fast(0x11),
      name: 'OPTEE_SMC_GET_ASYNC_NOTIF_VALUE',
      does: 'collects a notification',
      results: ['value', 'flags'],
    },
    {
      id: yielding(0x12),
      name: 'OPTEE_SMC_CALL_WITH_RPC_ARG',
      does: 'calls with a message and room for RPC',
      args: arg,
    },
    {
      id: yielding(0x13),
      name: 'OPTEE_SMC_CALL_WITH_REGD_ARG',
      does: 'calls with a message in registered memory',
      args: ['cookie, high half', 'cookie, low half', 'offset'],
    },
    {
      id: 0xbf00ff00,
      name: 'OPTEE_SMC_CALLS_COUNT',
      does: 'asks how many calls there are',
      result: (v) => v.toString(),
    },
    {
      id: 0xbf00ff01,
      name: 'OPTEE_SMC_CALLS_UID',
      does: 'asks which interface this is',
      result: (v) => `UUID word 0x${v.toString(16)}`,
    },
    {
      id: 0xbf00ff03,
      name: 'OPTEE_SMC_CALLS_REVISION',
      does: 'asks for the interface revision',
      result: (v) => `major ${v.toString()}`,
      results: ['minor'],
    },
    {
      id: 0xbf000002,
      name: 'NSSMC_OPTEED_CALL_LOAD_IMAGE',
      does: 'has TF-A load OP-TEE',
      args: ['size, high half', 'size, low half', 'address, high half', 'address, low half'],
    },
    {
      id: dispatcher(0),
      name: 'TEESMC_OPTEED_RETURN_ENTRY_DONE',
      does: 'OP-TEE has started',
      args: ['vector table of OP-TEE'],
    },
    {
      id: dispatcher(1),
      name: 'TEESMC_OPTEED_RETURN_ON_DONE',
      does: 'OP-TEE has started on this CPU',
    },
    {
      id: dispatcher(2),
      name: 'TEESMC_OPTEED_RETURN_OFF_DONE',
      does: 'OP-TEE is ready for CPU_OFF',
    },
    {
      id: dispatcher(3),
      name: 'TEESMC_OPTEED_RETURN_SUSPEND_DONE',
      does: 'OP-TEE is ready for suspend',
    },
    { id: dispatcher(4), name: 'TEESMC_OPTEED_RETURN_RESUME_DONE', does: 'OP-TEE has resumed' },
    {
      id: dispatcher(5),
      name: 'TEESMC_OPTEED_RETURN_CALL_DONE',
      does: 'OP-TEE has answered; TF-A returns to the Normal world',
      args: ['x0 for the caller', 'x1 for the caller', 'x2 for the caller', 'x3 for the caller'],
    },
    { id: dispatcher(6), name: 'TEESMC_OPTEED_RETURN_FIQ_DONE', does: 'OP-TEE has handled an FIQ' },
    {
      id: dispatcher(7),
      name: 'TEESMC_OPTEED_RETURN_SYSTEM_OFF_DONE',
      does: 'OP-TEE is ready for power off',
    },
    {
      id: dispatcher(8),
      name: 'TEESMC_OPTEED_RETURN_SYSTEM_RESET_DONE',
      does: 'OP-TEE is ready for reset',
    },
  ],
  CODES,
  'OP-TEE SMC interface (optee_smc.h)',
);
