/** FF-A, DEN0077: messages and memory between partitions. */
import { both, std32, std64, table, version, type FunctionRow, type ReturnCodes } from './call';

/** FF-A answers with another function id in x0; the code of an error is in x2. */
export const FFA_ERRORS: ReturnCodes = {
  [-1]: ['NOT_SUPPORTED', 'not implemented at this instance'],
  [-2]: ['INVALID_PARAMETERS', 'an argument is not valid'],
  [-3]: ['NO_MEMORY', 'no memory for it'],
  [-4]: ['BUSY', 'the target cannot take it now'],
  [-5]: ['INTERRUPTED', 'interrupted before it was done'],
  [-6]: ['DENIED', 'not allowed in this state'],
  [-7]: ['RETRY', 'call again'],
  [-8]: ['ABORTED', 'ended by the callee'],
  [-9]: ['NO_DATA', 'there is nothing to give'],
  [-10]: ['NOT_READY', 'the partition has not started'],
};

const ids = 'endpoints: sender in bits [31:16], receiver in [15:0]';
const handleLow = 'handle, low half';
const handleHigh = 'handle, high half';
const memory = ['total_length', 'fragment_length', 'buffer: address, or zero', 'page_count'];

const ROWS: readonly FunctionRow[] = [
  ...both(0x60, {
    name: 'FFA_ERROR',
    does: 'reports that a call failed; with SPM-MM, SPM_MM_VERSION: asks for the version',
    args: ['target', 'error code'],
  }),
  ...both(0x61, {
    name: 'FFA_SUCCESS',
    does: 'reports that a call was done; with SPM-MM, MM_SP_EVENT_COMPLETE: the partition is done',
    args: ['target'],
  }),
  {
    id: std32(0x62),
    name: 'FFA_INTERRUPT',
    does: 'reports an interrupt',
    args: ['target', 'intid'],
  },
  {
    id: std32(0x63),
    name: 'FFA_VERSION',
    does: 'agrees on a version',
    args: ['version asked for'],
    result: version,
  },
  {
    id: std32(0x64),
    name: 'FFA_FEATURES',
    does: 'asks whether a feature is there',
    args: ['feature'],
  },
  { id: std32(0x65), name: 'FFA_RX_RELEASE', does: 'gives the receive buffer back' },
  ...both(0x66, {
    name: 'FFA_RXTX_MAP',
    does: 'tells where the message buffers are',
    args: ['tx address', 'rx address', 'pages'],
  }),
  { id: std32(0x67), name: 'FFA_RXTX_UNMAP', does: 'takes the message buffers back', args: ['id'] },
  {
    id: std32(0x68),
    name: 'FFA_PARTITION_INFO_GET',
    does: 'asks which partitions there are',
    args: ['uuid0', 'uuid1', 'uuid2', 'uuid3', 'flags'],
  },
  { id: std32(0x69), name: 'FFA_ID_GET', does: "asks for the caller's own id" },
  { id: std32(0x6a), name: 'FFA_MSG_POLL', does: 'looks for a message (FF-A 1.0)' },
  { id: std32(0x6b), name: 'FFA_MSG_WAIT', does: 'waits for a message' },
  { id: std32(0x6c), name: 'FFA_YIELD', does: 'gives the CPU back' },
  { id: std32(0x6d), name: 'FFA_RUN', does: 'runs a partition', args: ['target: id and vCPU'] },
  { id: std32(0x6e), name: 'FFA_MSG_SEND', does: 'sends a message (FF-A 1.0)', args: [ids] },
  ...both(0x6f, {
    name: 'FFA_MSG_SEND_DIRECT_REQ',
    does: 'sends a request and waits',
    args: [ids, 'flags', 'x3', 'x4', 'x5', 'x6', 'x7'],
  }),
  ...both(0x70, {
    name: 'FFA_MSG_SEND_DIRECT_RESP',
    does: 'answers a request',
    args: [ids, 'flags', 'x3', 'x4', 'x5', 'x6', 'x7'],
  }),
  ...both(0x71, { name: 'FFA_MEM_DONATE', does: 'gives memory away', args: memory }),
  ...both(0x72, { name: 'FFA_MEM_LEND', does: 'lends memory', args: memory }),
  ...both(0x73, { name: 'FFA_MEM_SHARE', does: 'shares memory', args: memory }),
  ...both(0x74, { name: 'FFA_MEM_RETRIEVE_REQ', does: 'asks to map memory', args: memory }),
  {
    id: std32(0x75),
    name: 'FFA_MEM_RETRIEVE_RESP',
    does: 'answers with the mapped memory',
    args: ['total_length', 'fragment_length'],
  },
  { id: std32(0x76), name: 'FFA_MEM_RELINQUISH', does: 'stops using memory' },
  {
    id: std32(0x77),
    name: 'FFA_MEM_RECLAIM',
    does: 'takes memory back',
    args: [handleLow, handleHigh, 'flags'],
  },
  {
    id: std32(0x7a),
    name: 'FFA_MEM_FRAG_RX',
    does: 'asks for the next part',
    args: [handleLow, handleHigh, 'offset'],
  },
  {
    id: std32(0x7b),
    name: 'FFA_MEM_FRAG_TX',
    does: 'sends the next part',
    args: [handleLow, handleHigh, 'length'],
  },
  { id: std32(0x7c), name: 'FFA_NORMAL_WORLD_RESUME', does: 'resumes the Normal world' },
  {
    id: std32(0x7d),
    name: 'FFA_NOTIFICATION_BITMAP_CREATE',
    does: 'makes room for notifications',
    args: ['vm_id', 'vcpu_count'],
  },
  { id: std32(0x7e), name: 'FFA_NOTIFICATION_BITMAP_DESTROY', does: 'removes it', args: ['vm_id'] },
  {
    id: std32(0x7f),
    name: 'FFA_NOTIFICATION_BIND',
    does: 'binds notifications to a sender',
    args: [ids, 'flags', 'bitmap, low', 'bitmap, high'],
  },
  {
    id: std32(0x80),
    name: 'FFA_NOTIFICATION_UNBIND',
    does: 'unbinds notifications',
    args: [ids, 'flags', 'bitmap, low', 'bitmap, high'],
  },
  {
    id: std32(0x81),
    name: 'FFA_NOTIFICATION_SET',
    does: 'signals notifications',
    args: [ids, 'flags', 'bitmap, low', 'bitmap, high'],
  },
  {
    id: std32(0x82),
    name: 'FFA_NOTIFICATION_GET',
    does: 'collects notifications',
    args: ['id and vCPU', 'flags'],
  },
  ...both(0x83, { name: 'FFA_NOTIFICATION_INFO_GET', does: 'asks who has notifications' }),
  { id: std32(0x84), name: 'FFA_RX_ACQUIRE', does: 'takes the receive buffer', args: ['vm_id'] },
  { id: std32(0x85), name: 'FFA_SPM_ID_GET', does: "asks for the SPM's id" },
  {
    id: std32(0x86),
    name: 'FFA_MSG_SEND2',
    does: 'sends a message through buffers',
    args: ['sender', 'flags'],
  },
  {
    id: std64(0x87),
    name: 'FFA_SECONDARY_EP_REGISTER',
    does: 'tells where secondary CPUs start',
    args: ['entry point'],
  },
  ...both(0x88, { name: 'FFA_MEM_PERM_GET', does: 'asks for memory permissions', args: ['base'] }),
  ...both(0x89, {
    name: 'FFA_MEM_PERM_SET',
    does: 'sets memory permissions',
    args: ['base', 'pages', 'permissions'],
  }),
  ...both(0x8a, {
    name: 'FFA_CONSOLE_LOG',
    does: 'prints on the console',
    args: ['character count'],
  }),
  {
    id: std64(0x8b),
    name: 'FFA_PARTITION_INFO_GET_REGS',
    does: 'asks which partitions there are',
    args: ['uuid, low', 'uuid, high', 'start index'],
  },
  { id: std32(0x8c), name: 'FFA_EL3_INTR_HANDLE', does: 'hands an interrupt to EL3' },
  {
    id: std64(0x8d),
    name: 'FFA_MSG_SEND_DIRECT_REQ2',
    does: 'sends a request and waits',
    args: [ids, 'uuid, low', 'uuid, high'],
  },
  { id: std64(0x8e), name: 'FFA_MSG_SEND_DIRECT_RESP2', does: 'answers a request', args: [ids] },
];

export const FFA = table(ROWS, FFA_ERRORS, 'Arm Firmware Framework for A-profile (DEN0077)');
