import type { Capabilities } from '../capabilities';

/** A small engine for the tests of the language. */
export const sampleCapabilities: Capabilities = {
  version: '10.0.0',
  boards: [
    {
      name: 'virt-10.0',
      alias: 'virt',
      description: 'The generic board.',
      maxCpus: 512,
      properties: [
        { name: 'secure', type: 'bool' },
        {
          name: 'gic-version',
          type: 'string',
          description: 'Version of the interrupt controller.',
          values: ['2', '3', '4', 'max'],
        },
        { name: 'pflash0', type: 'str' },
      ],
    },
    { name: 'sbsa-ref', maxCpus: 512, properties: [] },
  ],
  cpus: [{ name: 'max', features: [{ name: 'x-rme', type: 'bool', default: false }] }],
  devices: [
    {
      name: 'nvme',
      description: 'Non-Volatile Memory Express',
      bus: 'PCI',
      category: 'Storage',
      properties: [
        { name: 'drive', type: 'str' },
        { name: 'serial', type: 'str' },
        { name: 'mdts', type: 'uint8', default: 7 },
        { name: 'write-cache', type: 'OnOffAuto', default: 'auto', values: ['on', 'off', 'auto'] },
      ],
    },
    { name: 'virtio-net-pci', alias: 'virtio-net', properties: [{ name: 'netdev', type: 'str' }] },
  ],
  objects: [{ name: 'memory-backend-ram', properties: [{ name: 'size', type: 'int' }] }],
  traceEvents: ['gicv3_dist_read', 'gicv3_dist_write', 'pl011_read'],
  logItems: [
    { name: 'int', description: 'exceptions' },
    { name: 'guest_errors', description: 'what the guest does wrong' },
  ],
  netdevTypes: ['nic', 'user'],
  blockDrivers: ['file', 'qcow2', 'raw'],
  chardevBackends: ['null', 'ringbuf'],
};
