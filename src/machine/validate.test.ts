import { describe, expect, it } from 'vitest';
import type { Capabilities, Property } from './capabilities';
import { fromShell } from './from-shell';
import type { Machine } from './schema';
import { seeds } from './seeds.fixture';
import { validate } from './validate';

const MiB = 2 ** 20;

function property(name: string, type: string): Property {
  return { name, type };
}

/** A cut of what QEMU 10.0 says over QMP. */
const capabilities: Capabilities = {
  version: '10.0.0',
  boards: [
    {
      name: 'virt-10.0',
      alias: 'virt',
      maxCpus: 512,
      properties: ['secure', 'virtualization', 'acpi'].map((name) => property(name, 'bool')),
    },
    { name: 'sbsa-ref', maxCpus: 512, properties: [] },
  ],
  cpus: [{ name: 'max', features: [property('x-rme', 'bool'), property('pauth', 'bool')] }],
  devices: [
    {
      name: 'nvme',
      properties: [
        property('serial', 'str'),
        property('drive', 'str'),
        property('msix-qsize', 'uint16'),
      ],
    },
    { name: 'virtio-net-pci', alias: 'virtio-net', properties: [property('netdev', 'str')] },
  ],
  objects: [{ name: 'memory-backend-ram', properties: [property('size', 'int')] }],
  traceEvents: ['ich9_cc_write', 'tco_io_read', 'kvm_run'],
  logItems: [{ name: 'int', description: 'interrupts' }],
  netdevTypes: [],
  blockDrivers: [],
  chardevBackends: [],
};

function said(line: string, known?: Capabilities): [string, string | undefined][] {
  const { machine } = fromShell(line);
  return validate(machine, known)
    .filter(({ severity }) => severity !== 'info')
    .map(({ code, path }) => [code, path?.join('.')]);
}

describe('checks of a machine', () => {
  it('find nothing wrong with a good one', () => {
    expect(
      said(
        '-M virt,secure=on,virtualization=on -cpu max,x-rme=on -m 640M -trace ich9*',
        capabilities,
      ),
    ).toEqual([]);
  });

  it('name what the engine does not have, with what is like it', () => {
    const line = `-M virt,secrue=on -cpu maxx -device nvmee -device nvme,seriall=x,msix-qsize=many
      -trace 'tcoo*' -object memory-backend-rom,id=a,size=1M -d init`.replace('\n', ' ');
    expect(said(line, capabilities)).toEqual([
      ['unknown-property', 'board.secrue'],
      ['unknown-CPU-model', 'cpu.model'],
      ['unknown-device', 'devices.0.driver'],
      ['unknown-property', 'devices.1.seriall'],
      ['bad-value', 'devices.1.msix-qsize'],
      ['unknown-object-type', 'objects.0.qom-type'],
      ['unknown-trace-event', 'trace.0'],
      ['unknown-log-item', 'log.items.0'],
    ]);
    const messages = validate(fromShell(line).machine, capabilities).map(({ message }) => message);
    expect(messages).toContain('"virt" has no property "secrue". Did you mean "secure"?');
    expect(messages).toContain('Bootlink’s engine has no device "nvmee". Did you mean "nvme"?');
  });

  it('take an alias for its device, and a type of the host only once', () => {
    expect(said('-M virt -device virtio-net,netdev=n -netdev user,id=n', capabilities)).toEqual([]);
    expect(said('-M virt -object rme-guest,id=rme0', capabilities)).toEqual([
      ['host-object', 'objects.0.qom-type'],
    ]);
  });

  it('hold the board’s flash sizes', () => {
    const flash = (board: string, sizes: number[]): Machine => ({
      format: 1,
      board: { type: board },
      firmware: { flash: sizes.map((_, i) => ({ if: 'pflash', file: `image:f${String(i)}` })) },
      images: sizes.map((size, i) => ({ name: `f${String(i)}`, sha256: 'd'.repeat(64), size })),
    });
    const codes = (machine: Machine) => validate(machine).map(({ code }) => code);
    expect(codes(flash('sbsa-ref', [256 * MiB, 256 * MiB]))).toEqual([]);
    expect(codes(flash('sbsa-ref', [64 * MiB, 256 * MiB]))).toEqual(['flash-size']);
    expect(codes(flash('virt', [64 * MiB, 64 * MiB]))).toEqual([]);
    expect(codes(flash('virt-9.2', [2 * MiB]))).toEqual(['flash-size']);
    expect(codes(flash('virt', [64 * MiB, 64 * MiB, 64 * MiB]))).toEqual(['too-many-flash-drives']);
    const { machine } = fromShell(seeds['flash as blockdevs'] ?? '');
    const images = (machine.images ?? []).map((image, i) => ({
      ...image,
      sha256: 'd'.repeat(64),
      size: (64 - i) * MiB,
    }));
    expect(
      validate({ ...machine, images }).filter(({ severity }) => severity === 'error'),
    ).toMatchObject([
      {
        code: 'flash-size',
        path: ['blockdevs', 1],
        message: expect.stringContaining('"VARS" has 63 MiB') as string,
      },
    ]);
  });

  it('know what RME wants', () => {
    expect(said('-M virt -cpu max,x-rme=on -m 512M -bios b')).toEqual([
      ['rme-board', 'board'],
      ['rme-board', 'board'],
      ['rme-memory', 'memory'],
      ['empty-slot', 'images.0'],
    ]);
    expect(said('-M virt,secure=on,virtualization=on -cpu cortex-a57,x-rme=on')).toEqual([
      ['rme-cpu', 'cpu.x-rme'],
    ]);
    // Bare metal brings no TF-A and does with less.
    expect(said('-M virt,secure=on,virtualization=on -cpu max,x-rme=on -m 256M')).toEqual([]);
  });

  it('hold the tab’s address space and vCPUs', () => {
    expect(said('-M sbsa-ref -m 2560M')).toEqual([]);
    expect(said('-M sbsa-ref -m 2561M')).toEqual([['address-space', 'memory']]);
    expect(said('-M virt,secure=on -m 3440M')).toEqual([]);
    expect(said('-M virt,secure=on -m 3441M')).toEqual([['address-space', 'memory']]);
    expect(said('-M virt -smp 16')).toEqual([]);
    expect(said('-M virt -smp sockets=4,cores=5')).toEqual([['vcpus', 'smp']]);
    expect(said('-M virt -smp 1,maxcpus=17')).toEqual([['vcpus', 'smp']]);
  });

  it('hold NUMA’s memory to the machine’s', () => {
    const line = (seeds['NUMA'] ?? '').replaceAll('4G', '1G').replaceAll('5G', '2G');
    expect(said(`-M sbsa-ref ${line}`)).toEqual([['numa-memory', 'numa']]);
    expect(
      said(`-M sbsa-ref ${line.replace('size=1G', 'size=256M').replace('size=3G', 'size=768M')}`),
    ).toEqual([]);
  });

  it('find names that nothing has, and names that two things have', () => {
    expect(
      said(
        `-M virt,pflash0=p -device nvme,drive=d -device virtio-net-pci,netdev=n,bus=rp -serial chardev:c
        -device pcie-root-port,id=x -device pcie-root-port,id=x -device e1000,bus=pcie.0 -numa node,memdev=m`.replace(
          '\n',
          ' ',
        ),
      ),
    ).toEqual([
      ['duplicate-id', 'devices.3.id'],
      ['unknown-reference', 'devices.0.drive'],
      ['unknown-reference', 'devices.1.netdev'],
      ['unknown-reference', 'devices.1.bus'],
      ['unknown-reference', 'numa.0.memdev'],
      ['unknown-reference', 'board.pflash0'],
      ['unknown-reference', 'serial.0'],
    ]);
    const machine: Machine = {
      format: 1,
      board: { type: 'virt' },
      kernel: 'image:none',
      initrd: '/tmp/x',
      script: [
        { console: 'other', expect: '/(/' },
        { console: 'serial0', send: 'x' },
      ],
      extra: ['-bogus'],
    };
    expect(validate(machine).map(({ code }) => code)).toEqual([
      'unknown-reference',
      'path',
      'unknown-option',
      'unknown-reference',
      'bad-pattern',
    ]);
  });
});
