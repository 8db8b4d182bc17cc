import { describe, expect, it } from 'vitest';
import { boardDescriptions, deviceListing, enumValues, logItems } from './help-text';
import { cpuName, properties } from './properties';
import { schemaCases } from './qmp-schema';

describe('QEMU’s help texts', () => {
  it('give devices with bus, alias, description and category', () => {
    const text = [
      'Storage devices:',
      'name "virtio-blk-pci", bus PCI, alias "virtio-blk"',
      'name "nvme", bus PCI, desc "Non-Volatile Memory Express"',
      '',
      'Misc devices:',
      'name "ramfb", desc "ram framebuffer standalone device"',
      'name "nvme", bus PCI, desc "Non-Volatile Memory Express"',
    ].join('\n');
    expect(deviceListing(text)).toEqual([
      { name: 'virtio-blk-pci', alias: 'virtio-blk', bus: 'PCI', category: 'Storage' },
      { name: 'nvme', bus: 'PCI', description: 'Non-Volatile Memory Express', category: 'Misc' },
      { name: 'ramfb', description: 'ram framebuffer standalone device', category: 'Misc' },
    ]);
  });

  it('give boards', () => {
    expect(
      boardDescriptions('Supported machines are:\nvirt-10.0            QEMU 10.0 board'),
    ).toEqual(new Map([['virt-10.0', 'QEMU 10.0 board']]));
  });

  it('give log items, with meanings of more than one line', () => {
    const text = [
      'Log items (comma separated):',
      'int             show interrupts',
      'guest_errors    log what is wrong (eg accessing a',
      'non-existent register)',
      'trace:PATTERN   enable trace events',
    ].join('\n');
    expect(logItems(text)).toEqual([
      { name: 'int', description: 'show interrupts' },
      {
        name: 'guest_errors',
        description: 'log what is wrong (eg accessing a non-existent register)',
      },
    ]);
  });

  it('give the words of an enumeration only where they are that', () => {
    expect(enumValues('on/off/auto')).toEqual(['on', 'off', 'auto']);
    expect(enumValues('Set GIC version. Valid values are 2, 3, 4, host and max')).toEqual([
      '2',
      '3',
      '4',
      'host',
      'max',
    ]);
    expect(enumValues('Set on/off to enable or disable it')).toBeUndefined();
    expect(enumValues(undefined)).toBeUndefined();
  });
});

describe('properties', () => {
  it('leave out what no argument sets, and keep defaults', () => {
    expect(
      properties(
        [
          { name: 'type', type: 'string' },
          { name: 'unnamed-gpio-in[0]', type: 'child<irq>' },
          { name: 'x-rme', type: 'bool' },
          {
            name: 'write-cache',
            type: 'OnOffAuto',
            description: 'on/off/auto',
            'default-value': 'auto',
          },
          { name: 'sve', type: 'bool' },
        ],
        { sve: true },
      ),
    ).toEqual([
      { name: 'sve', type: 'bool', default: true },
      {
        name: 'write-cache',
        type: 'OnOffAuto',
        description: 'on/off/auto',
        default: 'auto',
        values: ['on', 'off', 'auto'],
      },
      { name: 'x-rme', type: 'bool' },
    ]);
  });

  it('name CPU models as -cpu takes them', () => {
    expect(cpuName('cortex-a57-arm-cpu')).toBe('cortex-a57');
  });
});

describe('the QMP schema', () => {
  it('gives the cases of a tag in the argument, and one level below', () => {
    const schema = [
      { name: 'netdev_add', 'meta-type': 'command', 'arg-type': '1' },
      {
        name: '1',
        'meta-type': 'object',
        tag: 'type',
        members: [{ name: 'type', type: '2' }],
        variants: [],
      },
      {
        name: '2',
        'meta-type': 'enum',
        members: [
          { name: 'user', type: '' },
          { name: 'nic', type: '' },
        ],
      },
      { name: 'chardev-add', 'meta-type': 'command', 'arg-type': '3' },
      { name: '3', 'meta-type': 'object', members: [{ name: 'backend', type: '4' }] },
      { name: '4', 'meta-type': 'object', tag: 'type', members: [{ name: 'type', type: '5' }] },
      { name: '5', 'meta-type': 'enum', values: ['ringbuf', 'null'] },
    ];
    expect(schemaCases(schema, 'netdev_add', 'type')).toEqual(['nic', 'user']);
    expect(schemaCases(schema, 'chardev-add', 'backend')).toEqual(['null', 'ringbuf']);
  });
});
