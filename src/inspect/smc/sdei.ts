/** SDEI, DEN0054: events that firmware delivers past interrupt masks. */
import { std64, table, value, oneOf, type ReturnCodes } from './call';

const CODES: ReturnCodes = {
  0: ['SUCCESS', 'done'],
  [-1]: ['NOT_SUPPORTED', 'not implemented'],
  [-2]: ['INVALID_PARAMETERS', 'an argument is not valid'],
  [-3]: ['DENIED', 'not allowed in this state'],
  [-5]: ['PENDING', 'the event is being handled; it will take effect later'],
  [-10]: ['OUT_OF_RESOURCE', 'firmware has no room for it'],
};

const event = 'event: event number';

export const SDEI = table(
  [
    {
      id: std64(0x20),
      name: 'SDEI_VERSION',
      does: 'asks for the version',
      result: (v) => `version ${(v >> 48n).toString()}.${((v >> 32n) & 0xffffn).toString()}`,
    },
    {
      id: std64(0x21),
      name: 'SDEI_EVENT_REGISTER',
      does: 'registers a handler',
      args: [event, 'ep_address: the handler', 'ep_argument', 'flags', 'affinity'],
    },
    { id: std64(0x22), name: 'SDEI_EVENT_ENABLE', does: 'enables an event', args: [event] },
    { id: std64(0x23), name: 'SDEI_EVENT_DISABLE', does: 'disables an event', args: [event] },
    {
      id: std64(0x24),
      name: 'SDEI_EVENT_CONTEXT',
      does: 'reads a register of the interrupted context',
      args: ['param_id: register number'],
      result: (v) => `0x${v.toString(16)}`,
    },
    {
      id: std64(0x25),
      name: 'SDEI_EVENT_COMPLETE',
      does: 'ends the handler',
      args: [value('status', oneOf({ 0: 'handled', 1: 'failed' }))],
    },
    {
      id: std64(0x26),
      name: 'SDEI_EVENT_COMPLETE_AND_RESUME',
      does: 'ends the handler and resumes elsewhere',
      args: ['resume_addr'],
    },
    { id: std64(0x27), name: 'SDEI_EVENT_UNREGISTER', does: 'removes a handler', args: [event] },
    {
      id: std64(0x28),
      name: 'SDEI_EVENT_STATUS',
      does: 'asks for the state of an event',
      args: [event],
      result: (v) => `flags 0x${v.toString(16)} (registered, enabled, running)`,
    },
    {
      id: std64(0x29),
      name: 'SDEI_EVENT_GET_INFO',
      does: 'asks about an event',
      args: [event, 'info'],
      result: (v) => v.toString(),
    },
    {
      id: std64(0x2a),
      name: 'SDEI_EVENT_ROUTING_SET',
      does: 'chooses the CPU of an event',
      args: [event, 'routing_mode', 'affinity'],
    },
    { id: std64(0x2b), name: 'SDEI_PE_MASK', does: 'masks events on this CPU' },
    { id: std64(0x2c), name: 'SDEI_PE_UNMASK', does: 'unmasks events on this CPU' },
    {
      id: std64(0x2d),
      name: 'SDEI_INTERRUPT_BIND',
      does: 'binds an interrupt to an event',
      args: ['interrupt'],
      result: (v) => `event ${v.toString()}`,
    },
    {
      id: std64(0x2e),
      name: 'SDEI_INTERRUPT_RELEASE',
      does: 'unbinds an interrupt',
      args: [event],
    },
    {
      id: std64(0x2f),
      name: 'SDEI_EVENT_SIGNAL',
      does: 'signals event 0 to a CPU',
      args: [event, 'target_pe: MPIDR affinity'],
    },
    {
      id: std64(0x30),
      name: 'SDEI_FEATURES',
      does: 'asks for features',
      args: ['feature'],
      result: (v) => v.toString(),
    },
    { id: std64(0x31), name: 'SDEI_PRIVATE_RESET', does: "resets this CPU's events" },
    { id: std64(0x32), name: 'SDEI_SHARED_RESET', does: 'resets shared events' },
  ],
  CODES,
  'SDEI (DEN0054)',
);
