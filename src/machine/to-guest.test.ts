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

  it('asks for a disk image in place of a folder of the host', () => {
    const { machine } = fromShell('-M sbsa-ref -drive if=ide,file=fat:ro:DIR,format=raw');
    const made = toGuest(machine, 'machine', supply({ DIR: 512 }));
    expect(!made.ok && made.reasons.join()).toContain('“DIR” is a folder');
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
