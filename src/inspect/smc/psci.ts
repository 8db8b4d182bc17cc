/** PSCI, DEN0022: power of CPUs and of the system. */
import { both, oneOf, std32, table, value, version, type ReturnCodes } from './call';

const CODES: ReturnCodes = {
  0: ['SUCCESS', 'done'],
  [-1]: ['NOT_SUPPORTED', 'this function is not implemented'],
  [-2]: ['INVALID_PARAMETERS', 'an argument is not valid, often the target MPIDR'],
  [-3]: ['DENIED', 'not allowed in this state'],
  [-4]: ['ALREADY_ON', 'that CPU is on already'],
  [-5]: ['ON_PENDING', 'that CPU is being turned on'],
  [-6]: ['INTERNAL_FAILURE', 'the platform could not do it'],
  [-7]: ['NOT_PRESENT', 'that component is not present'],
  [-8]: ['DISABLED', 'that CPU is disabled'],
  [-9]: ['INVALID_ADDRESS', 'the entry point cannot be executed from'],
};

const mpidr = 'target_cpu: MPIDR affinity of the CPU';
const entry = 'entry_point_address: where it starts, a physical address';
const context = 'context_id: value it finds in x0';

export const PSCI = table(
  [
    { id: std32(0), name: 'PSCI_VERSION', does: 'asks for the version', result: version },
    ...both(1, {
      name: 'PSCI_CPU_SUSPEND',
      does: 'suspends the calling CPU',
      args: ['power_state', entry, context],
    }),
    { id: std32(2), name: 'PSCI_CPU_OFF', does: 'turns the calling CPU off' },
    ...both(3, {
      name: 'PSCI_CPU_ON',
      does: 'turns a CPU on',
      args: [mpidr, entry, context],
    }),
    ...both(4, {
      name: 'PSCI_AFFINITY_INFO',
      does: 'asks whether a CPU or cluster is on',
      args: ['target_affinity: MPIDR affinity', 'lowest_affinity_level'],
      result: oneOf({ 0: 'ON', 1: 'OFF', 2: 'ON_PENDING' }),
    }),
    ...both(5, {
      name: 'PSCI_MIGRATE',
      does: 'moves the Trusted OS to another CPU',
      args: [mpidr],
    }),
    {
      id: std32(6),
      name: 'PSCI_MIGRATE_INFO_TYPE',
      does: 'asks whether the Trusted OS can move',
      result: oneOf({
        0: 'uniprocessor Trusted OS that can move',
        1: 'uniprocessor Trusted OS that cannot move',
        2: 'no Trusted OS, or one that need not move',
      }),
    },
    ...both(7, {
      name: 'PSCI_MIGRATE_INFO_UP_CPU',
      does: 'asks which CPU the Trusted OS is on',
      result: (v) => `MPIDR affinity 0x${v.toString(16)}`,
    }),
    { id: std32(8), name: 'PSCI_SYSTEM_OFF', does: 'turns the system off' },
    { id: std32(9), name: 'PSCI_SYSTEM_RESET', does: 'resets the system' },
    {
      id: std32(0xa),
      name: 'PSCI_FEATURES',
      does: 'asks whether a function is implemented',
      args: ['psci_func_id: the function asked about'],
      result: (v) => `implemented, feature flags 0x${v.toString(16)}`,
    },
    { id: std32(0xb), name: 'PSCI_CPU_FREEZE', does: 'stops the calling CPU' },
    ...both(0xc, {
      name: 'PSCI_CPU_DEFAULT_SUSPEND',
      does: 'suspends the calling CPU in the default state',
      args: [entry, context],
    }),
    ...both(0xd, {
      name: 'PSCI_NODE_HW_STATE',
      does: 'asks for the power state of a node',
      args: [mpidr, 'power_level'],
      result: oneOf({ 0: 'HW_ON', 1: 'HW_OFF', 2: 'HW_STANDBY' }),
    }),
    ...both(0xe, {
      name: 'PSCI_SYSTEM_SUSPEND',
      does: 'suspends the system to RAM',
      args: [entry, context],
    }),
    {
      id: std32(0xf),
      name: 'PSCI_SET_SUSPEND_MODE',
      does: 'chooses who coordinates suspends',
      args: [value('mode', oneOf({ 0: 'platform coordinated', 1: 'OS initiated' }))],
    },
    ...both(0x10, {
      name: 'PSCI_STAT_RESIDENCY',
      does: 'asks how long a power state was used',
      args: [mpidr, 'power_state'],
      result: (v) => `${v.toString()} microseconds`,
    }),
    ...both(0x11, {
      name: 'PSCI_STAT_COUNT',
      does: 'asks how often a power state was used',
      args: [mpidr, 'power_state'],
      result: (v) => `${v.toString()} times`,
    }),
    ...both(0x12, {
      name: 'PSCI_SYSTEM_RESET2',
      does: 'resets the system in a given way',
      args: ['reset_type', 'cookie'],
    }),
    {
      id: std32(0x13),
      name: 'PSCI_MEM_PROTECT',
      does: 'asks for memory to be wiped on reset',
      args: [value('enable', oneOf({ 0: 'off', 1: 'on' }))],
    },
    ...both(0x14, {
      name: 'PSCI_MEM_PROTECT_CHECK_RANGE',
      does: 'asks whether a range is protected',
      args: ['base', 'length'],
    }),
    ...both(0x15, {
      name: 'PSCI_SYSTEM_OFF2',
      does: 'turns the system off in a given way',
      args: [value('type', oneOf({ 1: 'hibernate' })), 'cookie'],
    }),
  ],
  CODES,
  'PSCI (DEN0022)',
);
