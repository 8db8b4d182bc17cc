/**
 * Silicon Provider calls of sbsa-ref: how EDK2 and U-Boot learn what QEMU built.
 * Source: TF-A plat/qemu/qemu_sbsa/sbsa_sip_svc.c.
 */
import { table, type ReturnCodes } from './call';

const CODES: ReturnCodes = {
  0: ['SUCCESS', 'done'],
  [-1]: ['SMC_UNK', 'unknown function, wrong world, or nothing known'],
  [-3]: ['SMC_ARCH_CALL_INVAL_PARAM', 'index out of range'],
};

const sip = (n: number) => 0xc2000000 + n;

export const SBSA_SIP = table(
  [
    {
      id: sip(1),
      name: 'SIP_SVC_VERSION',
      does: 'asks for the platform version',
      results: ['major', 'minor'],
    },
    {
      id: sip(100),
      name: 'SIP_SVC_GET_GIC',
      does: 'asks where the GIC is',
      results: ['GICD base', 'GICR base'],
    },
    {
      id: sip(101),
      name: 'SIP_SVC_GET_GIC_ITS',
      does: 'asks where the ITS is',
      results: ['ITS base'],
    },
    {
      id: sip(200),
      name: 'SIP_SVC_GET_CPU_COUNT',
      does: 'asks how many CPUs there are',
      results: ['count'],
    },
    {
      id: sip(201),
      name: 'SIP_SVC_GET_CPU_NODE',
      does: 'asks about a CPU',
      args: ['index'],
      results: ['NUMA node', 'MPIDR'],
    },
    {
      id: sip(202),
      name: 'SIP_SVC_GET_CPU_TOPOLOGY',
      does: 'asks for the topology',
      results: ['sockets', 'clusters', 'cores', 'threads'],
    },
    {
      id: sip(300),
      name: 'SIP_SVC_GET_MEMORY_NODE_COUNT',
      does: 'asks how many memory nodes there are',
      results: ['count'],
    },
    {
      id: sip(301),
      name: 'SIP_SVC_GET_MEMORY_NODE',
      does: 'asks about a memory node',
      args: ['index'],
      results: ['NUMA node', 'base', 'size: bytes'],
    },
  ],
  CODES,
  'TF-A plat/qemu/qemu_sbsa/sbsa_sip_svc.c',
);
