import { afterEach, describe, expect, it } from 'vitest';
import { placeImage } from '../src/engine/worker/placing.js';
import type { GuestImage } from '../src/machine/guest.js';
import { startEngine, type NodeEngine, type NodeEngineOptions } from './engine/node-engine.js';

/** The engine by itself, in Node: what it holds, and that its bridges keep their promises. */
const running: NodeEngine[] = [];

async function start(args: string[], options?: NodeEngineOptions): Promise<NodeEngine> {
  const engine = await startEngine(args, options);
  running.push(engine);
  return engine;
}

afterEach(async () => {
  await Promise.all(running.splice(0).map((engine) => engine.stop()));
});

function disk(name: string, size: number, readOnly = false): GuestImage {
  return {
    name,
    use: 'disk',
    url: '',
    sha256: '',
    size,
    wireBytes: 0,
    encoding: 'identity',
    readOnly,
    extents: [],
  };
}

const bare = ['-M', 'virt', '-m', '64M', '-nodefaults', '-S'];

describe('what the engine is made of', () => {
  it('is QEMU 10.0 with the boards, CPUs and devices of the four uses', async () => {
    const qemu = await start(['-M', 'none']);
    const version = await qemu.qmp.execute('query-version');
    expect(version.ok && version.value.qemu.major).toBe(10);
    expect(version.ok && version.value.qemu.minor).toBe(0);
    const machines = await qemu.monitor('info qom-tree');
    expect(machines).toContain('none-machine');
  });

  it.each(['virt', 'sbsa-ref'])('has the board %s', async (board) => {
    const qemu = await start(
      [
        ...['-M', board, '-cpu', 'max', '-m', '64M', '-nodefaults', '-S'],
        // The board has a display of its own, and option ROMs are not in the engine.
        ...(board === 'sbsa-ref' ? ['-global', 'bochs-display.romfile='] : []),
      ],
      { memoryMiB: 1600 },
    );
    expect(await qemu.monitor('info qtree')).toContain('pl011');
  });

  it('starts with every device that the issue names', async () => {
    const qemu = await start(
      [
        ...['-M', 'virt,gic-version=3,iommu=smmuv3,its=on', '-m', '64M', '-nodefaults', '-S'],
        ...['-device', 'pcie-root-port,id=rp0,chassis=1,slot=0'],
        ...['-device', 'pcie-root-port,id=rp1,chassis=2,slot=1'],
        ...['-device', 'x3130-upstream,id=up,bus=rp0'],
        ...['-device', 'xio3130-downstream,id=down0,bus=up,chassis=3,slot=0'],
        ...['-device', 'xio3130-downstream,id=down1,bus=up,chassis=3,slot=1'],
        ...['-device', 'pcie-pci-bridge,id=pci1,bus=down1'],
        ...['-netdev', 'user,id=n0', '-device', 'e1000,bus=pci1,addr=2,netdev=n0,romfile='],
        ...['-netdev', 'user,id=n1', '-device', 'e1000e,netdev=n1,romfile='],
        ...['-netdev', 'user,id=n2', '-device', 'virtio-net-pci,netdev=n2,romfile='],
        ...['-netdev', 'user,id=n3', '-device', 'virtio-net-device,netdev=n3'],
        ...['-device', 'AC97,bus=down0'],
        ...['-device', 'bochs-display,romfile=', '-device', 'ramfb'],
        ...['-device', 'ich9-ahci,id=ahci', '-drive', 'if=none,id=d0,file=bootlink:d0,format=raw'],
        ...['-device', 'ide-hd,bus=ahci.0,drive=d0'],
        ...[
          '-drive',
          'if=none,id=d1,file=bootlink:d1,format=raw',
          '-device',
          'nvme,serial=x,bus=rp1,drive=d1',
        ],
        ...[
          '-drive',
          'if=none,id=d2,file=bootlink:d2,format=raw',
          '-device',
          'virtio-blk-pci,drive=d2',
        ],
        ...[
          '-drive',
          'if=none,id=d3,file=bootlink:d3,format=raw',
          '-device',
          'virtio-blk-device,drive=d3',
        ],
        ...['-drive', 'if=none,id=d4,file=bootlink:d4,format=raw'],
        ...[
          '-device',
          'qemu-xhci,id=usb',
          '-device',
          'usb-kbd',
          '-device',
          'usb-tablet',
          '-device',
          'usb-mouse',
        ],
        ...['-device', 'usb-storage,drive=d4'],
        ...['-device', 'virtio-serial-pci', '-device', 'virtconsole,chardev=hvc0'],
        ...['-device', 'virtio-serial-device', '-device', 'virtserialport,chardev=port0'],
        ...['-device', 'virtio-rng-pci', '-device', 'virtio-rng-device'],
        ...['-fsdev', 'local,id=f0,path=/tmp,security_model=none'],
        ...[
          '-device',
          'virtio-9p-pci,fsdev=f0,mount_tag=a',
          '-device',
          'virtio-9p-device,fsdev=f0,mount_tag=b',
        ],
        ...['-fw_cfg', 'name=opt/x,string=y'],
        // Last: it would be the bus of those that name none.
        ...['-device', 'pxb-pcie,id=pxb,bus_nr=128'],
      ],
      {
        consoles: ['hvc0', 'port0'],
        prepare: (engine, memory) => {
          for (const name of ['d0', 'd1', 'd2', 'd3', 'd4']) {
            placeImage(engine, memory, disk(name, 1 << 20), new Uint8Array());
          }
        },
      },
    );
    const tree = await qemu.monitor('info qtree');
    for (const device of [
      'nvme',
      'ide-hd',
      'usb-storage',
      'virtio-9p-pci',
      'x3130-upstream',
      'AC97',
      'arm-smmuv3',
      'arm-gicv3-its',
      'cfi.pflash01',
      'pl031',
      'gpex-pcihost',
    ]) {
      expect(tree).toContain(`dev: ${device}`);
    }
  });

  it.each([
    'cortex-a35',
    'cortex-a53',
    'cortex-a55',
    'cortex-a57',
    'cortex-a72',
    'cortex-a76',
    'cortex-a710',
    'neoverse-n1',
    'neoverse-n2',
    'neoverse-v1',
    'a64fx',
    'max',
  ])('has the CPU model %s', async (cpu) => {
    const qemu = await start([...bare, '-cpu', cpu]);
    expect(await qemu.monitor('info cpus')).toContain('CPU #0');
  });
});

describe('its bridges', () => {
  it('carries QMP, the monitor and every console apart from each other', async () => {
    const qemu = await start(
      [
        ...bare,
        '-serial',
        'chardev:a',
        '-device',
        'virtio-serial-pci',
        '-device',
        'virtconsole,chardev=b',
      ],
      {
        consoles: ['a', 'b'],
      },
    );
    await qemu.text('monitor', /\(qemu\) /);
    qemu.send('monitor', 'info status\n');
    await qemu.text('monitor', /VM status: paused/);
    const answers = await Promise.all(
      Array.from({ length: 50 }, () => qemu.qmp.execute('query-status')),
    );
    expect(answers.every((answer) => answer.ok && !answer.value.running)).toBe(true);
  });

  it('carries everything through rings far smaller than what is said, both ways', async () => {
    // The C ring and its TypeScript twin, wrapping around hundreds of times.
    const qemu = await start(bare, { ringBytes: 64 });
    const long = 'x'.repeat(1500);
    expect(await qemu.monitor(`info ${long}`)).toContain(long);
    const tree = await qemu.monitor('info qtree');
    expect(tree).toContain('bus: main-system-bus');
    expect(tree).toContain('dev: pl011');
  });

  it('gives answers larger than the ring whole', async () => {
    const qemu = await start(bare);
    const help = await qemu.monitor('help');
    const types = await qemu.monitor('info qom-tree');
    expect(help).toContain('quit');
    expect(types).toContain('/machine');
  });

  it('names the console that the page does not have, and ends', async () => {
    await expect(start([...bare, '-chardev', 'bootlink,id=nowhere'])).rejects.toThrow(
      "the page has no console named 'nowhere'",
    );
  });

  it('names the image that the page does not have, and ends', async () => {
    await expect(
      start([...bare, '-drive', 'if=none,file=bootlink:nothing,format=raw']),
    ).rejects.toThrow("the page has no image named 'nothing'");
  });

  it('makes a qcow2 image, keeps a snapshot in it and finds the machine again', async () => {
    const qemu = await start(
      [...bare, '-drive', 'if=none,id=drive,node-name=raw0,file=bootlink:q,format=raw'],
      {
        prepare: (engine, memory) =>
          placeImage(engine, memory, disk('q', 64 << 20), new Uint8Array()),
      },
    );
    // A raw image cannot hold one, and QEMU says so.
    expect(await qemu.monitor('savevm one')).toContain('does not support snapshots');

    await qemu.execute('blockdev-create', {
      'job-id': 'make',
      options: { driver: 'qcow2', file: 'raw0', size: 16 << 20 },
    });
    await qemu.until('query-jobs', (answer) => JSON.stringify(answer).includes('concluded'));
    expect(JSON.stringify(await qemu.execute('query-jobs'))).not.toContain('"error"');
    await qemu.execute('job-dismiss', { id: 'make' });
    await qemu.monitor('drive_del drive');
    await qemu.monitor('drive_add 0 if=none,id=disk,file=bootlink:q,format=qcow2');
    expect(await qemu.monitor('savevm one')).toBe('');
    expect(await qemu.monitor('info snapshots')).toContain('one');
    expect(await qemu.monitor('loadvm one')).toBe('');
    expect(await qemu.monitor('loadvm two')).toContain("'two'");
  });

  it('migrates its state into a file', async () => {
    const qemu = await start(bare);
    await qemu.execute('migrate', { uri: 'file:/tmp/state' });
    await qemu.until('query-migrate', (answer) => /completed|failed/.test(JSON.stringify(answer)));
    expect(await qemu.execute('query-migrate')).toMatchObject({ status: 'completed' });
    expect(qemu.engine.FS.stat('/tmp/state').size).toBeGreaterThan(1000);
  });

  it('ends with QEMU’s exit code when the monitor says quit', async () => {
    const qemu = await start(bare);
    await qemu.text('monitor', /\(qemu\) /);
    qemu.send('monitor', 'quit\n');
    expect(await qemu.exited).toBe(0);
  });

  it('sleeps while the machine is paused', async () => {
    const qemu = await start(bare);
    await qemu.text('monitor', /\(qemu\) /);
    // Half a second of quiet after the start-up, then the share of a core over two seconds.
    await new Promise((settle) => setTimeout(settle, 500));
    const before = process.cpuUsage();
    const from = performance.now();
    await new Promise((settle) => setTimeout(settle, 2000));
    const used = process.cpuUsage(before);
    const share = (used.user + used.system) / 1000 / (performance.now() - from);
    expect(share).toBeLessThan(0.5);
  });
});

describe('its options', () => {
  it.each([
    ['-icount', ['-icount', 'shift=1']],
    ['-d', ['-d', 'int,guest_errors', '-D', '/tmp/log']],
    ['-trace', ['-trace', 'pl011_*']],
    ['-gdb', ['-gdb', 'chardev:gdb']],
    ['user networking', ['-netdev', 'user,id=n', '-device', 'virtio-net-device,netdev=n']],
    [
      'a virtual FAT drive',
      [
        '-drive',
        'if=none,id=v,file=fat:/tmp,format=raw,readonly=on',
        '-device',
        'virtio-blk-device,drive=v',
      ],
    ],
    ['four vCPUs', ['-smp', '4']],
  ])('takes %s', async (_, args) => {
    const qemu = await start(
      [...bare, ...args],
      args.includes('chardev:gdb') ? { consoles: ['gdb'] } : {},
    );
    const status = await qemu.qmp.execute('query-status');
    expect(status.ok).toBe(true);
    if (args.includes('chardev:gdb')) {
      // The remote serial protocol: ask why it stopped (gdb manual, "Packets").
      qemu.send('gdb', '+$?#3f');
      await qemu.text('gdb', /\$T05thread:/);
    }
  });
});
