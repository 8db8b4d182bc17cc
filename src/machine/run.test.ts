import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { machines } from './arbitrary.fixture';
import { writableFolders } from './block';
import { fromArgs } from './from-args';
import { checkPolicy } from './link/policy';
import { review } from './link/review';
import { validate } from './validate';
import { fromGuest } from './from-guest';
import { fromShell } from './from-shell';
import { guests } from './guests.fixture';
import { planRun } from './run';
import { seeds } from './seeds.fixture';

function plan(line: string) {
  return planRun(fromShell(line).machine);
}

describe('a machine settled for the engine', () => {
  it('of a built-in guest asks for the guest’s own consoles and arguments', () => {
    for (const guest of guests) {
      const { args, consoles, changes, refused } = planRun(fromGuest(guest));
      expect(consoles).toEqual(guest.consoles.map((one) => ({ ...one, mux: false })));
      expect([...changes, ...refused]).toEqual([]);
      const sorted = (list: string[]) =>
        [...list].map((arg) => arg.replace(/^-M$/, '-machine')).sort();
      const order = (arg: string) => arg.split(',').sort().join(',');
      expect(sorted(args).map(order)).toEqual(sorted(guest.args).map(order));
    }
  });

  it('has consoles where the line has terminals and sockets', () => {
    const { args, consoles } = plan(
      '-M virt,secure=on -serial mon:stdio -serial tcp::5555 -serial null -monitor stdio -nographic',
    );
    expect(args.join(' ')).toBe(
      '-machine virt,secure=on -serial chardev:serial0 -serial chardev:serial1 -serial null',
    );
    expect(consoles).toEqual([
      { id: 'serial0', role: 'firmware', title: 'Firmware', mux: false },
      { id: 'serial1', role: 'secure', title: 'Secure monitor', mux: false },
    ]);
  });

  it('has the serial port that QEMU would give by itself, unless there are no defaults', () => {
    expect(plan('-M virt').args).toEqual(['-machine', 'virt', '-serial', 'chardev:serial0']);
    expect(plan('-M virt -nodefaults').args).toEqual(['-machine', 'virt', '-nodefaults']);
  });

  it('of a Realm guest keeps what works and names what does not', () => {
    const { args, consoles, changes, refused } = plan(seeds['a Realm guest'] ?? '');
    expect(args.join(' ')).toBe(
      '-machine virt,acpi=off,gic-version=3,confidential-guest-support=rme0 -cpu max -smp 2 -m 512M ' +
        '-object rme-guest,id=rme0,measurement-algo=sha512,num-pmu-counters=6,sve-vector-length=256 ' +
        '-kernel image:Image -initrd image:rootfs.cpio -append console=hvc0 -netdev user,id=net0 ' +
        '-device virtio-net-pci,netdev=net0,romfile= -device virtio-serial-pci ' +
        '-device virtconsole,chardev=hvc0 -nodefaults',
    );
    expect(consoles).toEqual([{ id: 'hvc0', role: 'guest', title: 'Guest', mux: true }]);
    expect(changes.map(({ code }) => code)).toEqual([
      'host-accelerator',
      'host-cpu',
      'host-chardev',
      'host-option',
    ]);
    expect(refused.map(({ message }) => message)).toEqual([expect.stringContaining('rme-guest')]);
  });

  it('has user networking where the line joins a network of the host', () => {
    const { args } = plan(
      '-M virt -nodefaults -netdev tap,id=n,ifname=tap0,script=no -nic bridge,br=br0,mac=52:54:00:12:34:56 -netdev user,id=u,hostfwd=tcp::22-:22,restrict=on',
    );
    expect(args.join(' ')).toBe(
      '-machine virt -netdev user,id=n -netdev user,id=u,restrict=on -nic user,mac=52:54:00:12:34:56 -nodefaults',
    );
  });

  it('has images where the line has folders, read-only where the guest can take that', () => {
    const drives: Record<string, string> = {
      'file=fat:ro:x,if=virtio,format=raw': 'file=image:x,if=virtio,format=raw,readonly=on',
      'file=fat:x,if=none,id=a': 'file=image:x,if=none,id=a,readonly=on',
      'file=fat:rw:x,if=virtio': 'file=image:x,if=virtio',
      // An IDE disk has to be writable.
      'file=fat:ro:x,if=ide,format=raw': 'file=image:x,if=ide,format=raw',
      'file=fat:16:x,format=vvfat': 'file=image:x,format=raw',
      'file.driver=vvfat,file.dir=x,file.rw=on,file.label=A,if=none,id=a,format=raw':
        'file.driver=file,file.filename=image:x,if=none,id=a,format=raw',
    };
    for (const [from, to] of Object.entries(drives)) {
      const { args, changes, refused } = plan(`-M sbsa-ref -nodefaults -drive ${from}`);
      expect(args.join(' ')).toContain(`-drive ${to} -nodefaults`);
      expect(changes.map(({ code }) => code)).toEqual(['fat-folder']);
      expect(refused).toEqual([]);
    }
    expect(plan('-M sbsa-ref -drive file=x,if=ide').changes).toEqual([]);
    const { args } = plan('-M virt -nodefaults -blockdev vvfat,node-name=f,dir=x,rw=on,label=A');
    expect(args.join(' ')).toContain('-blockdev file,node-name=f,filename=image:x -nodefaults');
  });

  it('knows which folders the guest may write to', () => {
    const { machine } = fromShell(
      '-M virt -drive file=fat:rw:a -drive file=fat:b -drive file=fat:floppy:rw:c -blockdev vvfat,node-name=n,dir=d,rw=on -blockdev vvfat,node-name=m,dir=e -drive file.driver=vvfat,file.dir=f,file.rw=on',
    );
    expect([...writableFolders(machine)].sort()).toEqual(['a', 'c', 'd', 'f']);
  });

  it('sees through filters, and refuses by name what is over several nodes', () => {
    const filtered = plan(
      '-M virt -nodefaults -blockdev throttle,node-name=t,throttle-group=g,file=f -blockdev copy-on-read,node-name=c,file=t,bottom=f',
    );
    expect(filtered.args.join(' ')).toContain(
      '-blockdev raw,node-name=t,file=f -blockdev raw,node-name=c,file=t -nodefaults',
    );
    expect(filtered.changes.map(({ message }) => message)).toEqual([
      expect.stringContaining('"throttle"'),
      expect.stringContaining('"copy-on-read"'),
    ]);
    const { machine } = fromShell('-M virt -blockdev quorum,node-name=q,vote-threshold=2');
    const { refused } = planRun(machine);
    expect(refused.map(({ message }) => message)).toEqual([expect.stringContaining('"quorum"')]);
    // A link with one is shown, and does not start.
    expect(checkPolicy(machine)).toEqual([]);
    expect(review(machine).blocked.join()).toContain('"quorum"');
  });

  it('settles block lines that QEMU itself refuses', () => {
    const flash = plan(seeds['flash as blockdevs'] ?? '');
    expect(flash.args.join(' ')).toContain(
      '-blockdev file,node-name=vars,filename=image:VARS -serial',
    );
    expect(flash.changes.map(({ code }) => code)).toEqual(['blockdev-snapshot']);
  });

  it('leaves out what steers the host’s QEMU', () => {
    const { args, changes } = plan(
      '-M virt -nodefaults -daemonize -qmp unix:/tmp/q,server -rtc base=utc -s -L /usr/share/qemu',
    );
    expect(args.join(' ')).toBe('-machine virt -nodefaults -rtc base=utc');
    expect(changes.map(({ message }) => message.split(' ')[0])).toEqual([
      '-daemonize',
      '-qmp',
      '-s',
      '-L',
    ]);
  });

  it('has nothing of a host left that could be replaced, whatever the machine', () => {
    fc.assert(
      fc.property(machines, (machine) => {
        const plan = planRun(machine);
        const { args } = plan;
        const consoles = plan.consoles.map(({ id, role, title }) => ({ id, role, title }));
        const images = (machine.images ?? []).map(({ name }) => ({ name }));
        const settled = fromArgs(args, {
          format: 1,
          ...(consoles.length > 0 ? { consoles } : {}),
          ...(images.length > 0 ? { images } : {}),
        });
        const again = planRun(settled.machine);
        expect(again.changes).toEqual([]);
        expect(again.args).toEqual(args);
        expect(Array.isArray(validate(machine))).toBe(true);
        expect(review(machine).changes).toEqual(planRun(machine).changes);
      }),
      { numRuns: 300 },
    );
  }, 120_000);
});
