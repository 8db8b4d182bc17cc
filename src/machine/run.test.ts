import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { machines } from './arbitrary.fixture';
import { fromArgs } from './from-args';
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

  it('settles block lines that QEMU itself refuses', () => {
    const fat = plan(`-M sbsa-ref -nodefaults ${seeds['a virtual FAT drive'] ?? ''}`);
    expect(fat.args.join(' ')).toContain(
      '-drive file=fat:ro:image:DIRECTORY_ON_HOST,if=ide,format=raw,snapshot=on',
    );
    expect(fat.changes.map(({ code }) => code)).toEqual(['read-only-ide']);
    const flash = plan(seeds['flash as blockdevs'] ?? '');
    expect(flash.args.join(' ')).toContain(
      '-blockdev file,node-name=vars,filename=image:VARS -serial',
    );
    expect(flash.changes.map(({ code }) => code)).toEqual(['blockdev-snapshot']);
    for (const drive of ['file=fat:rw:x,if=ide', 'file=fat:x,if=virtio', 'file=x,if=ide']) {
      expect(plan(`-M sbsa-ref -drive ${drive}`).changes).toEqual([]);
    }
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
