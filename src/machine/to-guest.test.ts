import { describe, expect, it } from 'vitest';
import { isFlash } from '../engine/common/own-files';
import { fromGuest } from './from-guest';
import { fromShell } from './from-shell';
import type { GuestImage } from './guest';
import { guests } from './guests.fixture';
import { flashImages, toGuest, type ImageSupply } from './to-guest';

const catalogue = new Map(
  guests.flatMap((guest) =>
    guest.images.map((image): [string, GuestImage] => [`${guest.id}/${image.name}`, image]),
  ),
);

function supply(own: Record<string, number> = {}, hosts: string[] = []): ImageSupply {
  return {
    catalogue: (id) => catalogue.get(id),
    ownFile: (name) => own[name],
    mayFetch: (host) => hosts.includes(host),
  };
}

describe('a machine made into what the engine runs', () => {
  it('of a built-in guest has its images, consoles and steps', () => {
    for (const guest of guests) {
      const made = toGuest(fromGuest(guest), guest.id, supply(), guest);
      if (!made.ok) throw new Error(made.reasons.join('\n'));
      expect(made.guest.images).toEqual(guest.images);
      expect(made.guest.consoles).toEqual(guest.consoles);
      expect(made.guest.boot).toEqual(guest.boot);
    }
  });

  it('fills flash from a short file up to what the board wants', () => {
    const { machine } = fromShell(
      '-M sbsa-ref -drive file=a.fd,if=pflash,format=raw -drive file=b.fd,if=pflash,format=raw',
    );
    const made = toGuest(machine, 'machine', supply({ 'a.fd': 1000, 'b.fd': 2000 }));
    expect(made.ok && made.guest.images.map(({ size }) => size)).toEqual([268435456, 268435456]);
  });

  it('makes block nodes on images drives of the same name, and knows which are flash', () => {
    const { machine } = fromShell(
      '-M virt,pflash0=code -blockdev node-name=code,driver=file,filename=CODE.fd,read-only=on,locking=off',
    );
    expect([...flashImages(machine)]).toEqual(['CODE.fd']);
    const made = toGuest(machine, 'machine', supply({ 'CODE.fd': 2048 }));
    if (!made.ok) throw new Error(made.reasons.join('\n'));
    expect(made.guest.args.join(' ')).toBe(
      '-machine virt,pflash0=code -drive if=none,id=code,file=image:CODE.fd,format=raw,readonly=on -serial chardev:serial0',
    );
    expect(made.guest.images[0]?.size).toBe(64 * 2 ** 20);
    expect(made.guest.images[0] && isFlash(made.guest, made.guest.images[0])).toBe(true);
  });

  it('follows a format’s node down to its image, by name and in place', () => {
    for (const nodes of [
      '-blockdev driver=file,node-name=f,filename=a.qcow2 -blockdev driver=qcow2,node-name=d,file=f',
      '-blockdev driver=qcow2,node-name=d,file.driver=file,file.filename=a.qcow2',
    ]) {
      const { machine } = fromShell(`-M virt ${nodes} -device virtio-blk-pci,drive=d`);
      const made = toGuest(machine, 'machine', supply({ 'a.qcow2': 4096 }));
      if (!made.ok) throw new Error(made.reasons.join('\n'));
      expect(made.guest.args.join(' ')).toContain(
        '-drive if=none,id=d,file=image:a.qcow2,format=qcow2 ',
      );
    }
  });

  it('asks for a folder where the line has one of the host, and runs a drive of it', () => {
    const { machine } = fromShell('-M sbsa-ref -drive if=ide,file=fat:ro:./DIR,format=raw');
    const asked = toGuest(machine, 'machine', supply());
    expect(!asked.ok && asked.reasons).toEqual(['“DIR” needs a folder (./DIR).']);
    const made = toGuest(machine, 'machine', supply({ DIR: 512 }));
    if (!made.ok) throw new Error(made.reasons.join('\n'));
    expect(made.guest.args.join(' ')).toContain('-drive file=image:DIR,if=ide,format=raw ');
    expect(made.guest.images).toMatchObject([{ name: 'DIR', use: 'disk' }]);
    expect(made.changes.map(({ code }) => code)).toEqual(['fat-folder']);
  });

  it('makes a drive of a folder’s node, and of what is below filters', () => {
    const group = '-object throttle-group,id=g,x-iops-total=100';
    const lines: Record<string, string> = {
      '-blockdev vvfat,node-name=d,dir=DIR,read-only=on':
        'id=d,file=image:DIR,format=raw,readonly=on',
      [`${group} -blockdev file,node-name=f,filename=a.qcow2 -blockdev qcow2,node-name=q,file=f -blockdev throttle,node-name=d,throttle-group=g,file=q`]:
        'id=d,file=image:a.qcow2,format=qcow2',
      [`${group} -blockdev copy-on-read,node-name=d,file.driver=throttle,file.throttle-group=g,file.file.driver=file,file.file.filename=a.img`]:
        'id=d,file=image:a.img,format=raw',
    };
    for (const [nodes, drive] of Object.entries(lines)) {
      const { machine } = fromShell(`-M virt ${nodes} -device virtio-blk-pci,drive=d`);
      const own = { DIR: 512, 'a.qcow2': 4096, 'a.img': 512 };
      const made = toGuest(machine, 'machine', supply(own));
      if (!made.ok) throw new Error(made.reasons.join('\n'));
      expect(made.guest.args.filter((arg) => arg.startsWith('if=none'))).toEqual([
        `if=none,${drive}`,
      ]);
      expect(made.guest.args).not.toContain('-blockdev');
    }
  });

  it('ends on nodes that are over one another', () => {
    const { machine } = fromShell(
      '-M virt -blockdev throttle,node-name=a,throttle-group=g,file=b -blockdev throttle,node-name=b,throttle-group=g,file=a',
    );
    expect(toGuest(machine, 'machine', supply())).toMatchObject({ ok: true });
  });

  it('refuses a drive of several nodes by the name of its driver', () => {
    const { machine } = fromShell(
      '-M virt -blockdev quorum,node-name=q,vote-threshold=1,children.0=a -blockdev file,node-name=a,filename=a.img',
    );
    const made = toGuest(machine, 'machine', supply({ 'a.img': 512 }));
    expect(!made.ok && made.reasons.join()).toContain('"quorum"');
  });

  it('says which files are missing, by the name the pasted line gave them', () => {
    const { machine } = fromShell('-M virt -kernel boot/Image');
    const made = toGuest(machine, 'machine', supply());
    expect(made).toMatchObject({ ok: false, missing: [{ name: 'Image', path: 'boot/Image' }] });
    expect(!made.ok && made.reasons.join()).toContain('boot/Image');
  });

  it('fetches from another host only when the reader agreed', () => {
    const { machine } = fromShell('-M virt -kernel image:k', {
      format: 1,
      images: [{ name: 'k', url: 'https://files.example/k', sha256: 'a'.repeat(64), size: 9 }],
    });
    expect(toGuest(machine, 'machine', supply())).toMatchObject({ ok: false });
    const made = toGuest(machine, 'machine', supply({}, ['files.example']));
    expect(made.ok && made.guest.images[0]).toMatchObject({
      url: 'https://files.example/k',
      size: 9,
    });
  });

  it('does not start what QEMU would need a host for, nor a machine without a board', () => {
    const refused = toGuest(fromShell('-cpu max').machine, 'machine', supply());
    expect(!refused.ok && refused.reasons).toEqual(['No board is named; choose one.']);
  });
});
