import { signal } from '@preact/signals';
import { isFlash, type OwnFiles } from '../engine/common/own-files.js';
import { storedImage, type StoredDisk, type StoredDisks } from '../engine/common/stored-disks.js';
import type { Guest } from '../machine/guest.js';

/** What the visitor has attached to a machine: it is there from the machine's next boot on. */
export interface Attachment {
  guest: string;
  /** Name of the machine's image whose place it takes; undefined for a disk more. */
  slot: string | undefined;
  disk: StoredDisk;
}

/** An initrd that the visitor built, for a machine. */
export interface AttachedInitrd {
  guest: string;
  file: File;
}

export const attachments = signal<readonly Attachment[]>([]);
export const attachedInitrd = signal<AttachedInitrd | undefined>(undefined);

export function attach(attachment: Attachment): void {
  attachments.value = [
    ...attachments.value.filter(
      ({ guest, slot, disk }) =>
        guest !== attachment.guest ||
        (disk.id !== attachment.disk.id && (slot === undefined || slot !== attachment.slot)),
    ),
    attachment,
  ];
}

export function detach(guest: string, id: string): void {
  attachments.value = attachments.value.filter(
    (each) => each.guest !== guest || each.disk.id !== id,
  );
}

/** The size that the slot must have exactly: that of a flash chip; undefined for a disk. */
export function slotSize(guest: Guest, slot: string | undefined): number | undefined {
  const image = guest.images.find(({ name }) => name === slot);
  return image !== undefined && isFlash(guest, image) ? image.size : undefined;
}

/** A disk more, where the board has a place for it: sbsa-ref's AHCI, virtio over PCIe elsewhere. */
function diskArguments(guest: Guest, name: string, readOnly: boolean): string[] {
  const machine = guest.args[guest.args.findIndex((arg) => /^-(M|machine)$/.test(arg)) + 1] ?? '';
  const options = readOnly ? ',readonly=on' : '';
  if (machine.startsWith('sbsa-ref')) {
    const media = readOnly ? ',media=cdrom' : '';
    return ['-drive', `file=image:${name},format=raw,if=ide${options}${media}`];
  }
  return [
    ...['-drive', `file=image:${name},format=raw,if=none,id=${name}${options}`],
    ...['-device', `virtio-blk-pci,drive=${name}`],
  ];
}

/** The name of the file that QEMU loads as initrd, or the guest with one more. */
function withInitrd(guest: Guest, file: File): { guest: Guest; name: string } {
  const at = guest.args.indexOf('-initrd');
  const named = at < 0 ? undefined : /^image:(.+)$/.exec(guest.args[at + 1] ?? '')?.[1];
  if (named !== undefined) return { guest, name: named };
  const name = 'my-initrd';
  const image = { ...storedImage(name, { id: '', title: '', size: file.size, access: 'read' }) };
  return {
    name,
    guest: {
      ...guest,
      args: [...guest.args, '-initrd', `image:${name}`],
      images: [...guest.images, { ...image, use: 'file' }],
    },
  };
}

/** What attached guests were before: a run is booted again from its own guest. */
const plain = new WeakMap<Guest, Guest>();

interface Attached {
  guest: Guest;
  disks: StoredDisks;
  ownFiles: OwnFiles;
}

/** The guest with everything that is attached to it now, and nothing that was attached before. */
export function withAttachments(guest: Guest): Attached {
  const original = plain.get(guest) ?? guest;
  const attached = attachAll(original);
  if (attached.guest !== original) plain.set(attached.guest, original);
  return attached;
}

function attachAll(guest: Guest): Attached {
  const disks: Record<string, StoredDisk> = {};
  let attached = guest;
  for (const { slot, disk } of attachments.value.filter((each) => each.guest === guest.id)) {
    if (slot !== undefined) {
      disks[slot] = disk;
      continue;
    }
    const name = `disk${Object.keys(disks).length}`;
    disks[name] = disk;
    attached = {
      ...attached,
      args: [...attached.args, ...diskArguments(guest, name, disk.access === 'read')],
      images: [...attached.images, storedImage(name, disk)],
    };
  }
  const initrd = attachedInitrd.value;
  if (initrd?.guest !== guest.id) return { guest: attached, disks, ownFiles: {} };
  const { guest: loaded, name } = withInitrd(attached, initrd.file);
  return { guest: loaded, disks, ownFiles: { [name]: initrd.file } };
}
