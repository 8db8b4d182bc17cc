import { blockThings } from './block';
import type { Diagnostic, MachinePath } from './diagnostics';
import { imageNamed, imageUses, splitFileName } from './files';
import { optionFact, splitExtra } from './qemu-options';
import type { Machine } from './schema';
import type { Json } from './schema/text';

/**
 * Parts of a machine that belong to the host it was written for: terminals, sockets, files,
 * KVM. Each is reported by name with what Bootlink does instead; run.ts does it.
 */
export interface HostThing extends Diagnostic {
  path: MachinePath;
  /**
   * `replaced`: the machine means the same here. `dropped`: it goes on without. `refused`: QEMU
   * would need what a tab does not have, and the machine cannot start as it is.
   */
  outcome: 'replaced' | 'dropped' | 'refused';
}

const severityOf = { replaced: 'info', dropped: 'warning', refused: 'error' } as const;

/** Character back ends that stay as they are. */
export const localChardevs = new Set(['null', 'ringbuf', 'memory', 'mux', 'bootlink', 'testdev']);

/** Network back ends that a tab has. */
export const localNetdevs = new Set(['user', 'hubport', 'none', 'nic', 'bootlink']);

/** Block drivers that reach outside, with what they reach. */
const remoteBlockDrivers = new Set(
  'nbd http https ftp ftps ssh nfs iscsi iser rbd gluster host_device host_cdrom sheepdog nvme nvme-io_uring virtio-blk-vhost-user virtio-blk-vhost-vdpa virtio-blk-vfio-pci'.split(
    ' ',
  ),
);

/** Block drivers over several nodes: an image of a drive is one. */
const severalNodes = new Set(['quorum', 'blkverify', 'replication', 'copy-before-write']);

/** Objects that stand for something of the host. */
const hostObjects =
  /^(?:.*-guest|memory-backend-(?:file|memfd|shm|epc)|secret(?:_keyring)?|tls-.*|input-linux|can-host-.*|cryptodev-.*|rng-(?:egd|random)|pr-manager-helper|authz-.*|iommufd|vfio-.*|x-remote-.*|x-vfio-user-.*|filter-(?:dump|mirror|redirector)|colo-compare|qtest|dbus-.*)$/;

/** Devices that pass a device or process of the host to the guest. */
const hostDevices =
  /^(?:vfio-.*|usb-host|usb-redir|usb-mtp|vhost-.*|scsi-(?:generic|block)|ivshmem-.*|virtio-input-host.*|ccid-card-.*|u2f-.*|ipmi-bmc-extern|x-pci-proxy-dev|tpm-.*)$/;

/** True for a serial, parallel or monitor back end that exists in a tab. */
export function isLocalBackend(backend: string): boolean {
  return /^(?:none|null)$/.test(backend) || backend.startsWith('chardev:');
}

class HostThings {
  readonly found: HostThing[] = [];

  add(outcome: HostThing['outcome'], code: string, path: MachinePath, message: string) {
    this.found.push({ severity: severityOf[outcome], code, message, path, outcome });
  }

  processor({ board, accelerators, cpu }: Machine) {
    const accelerator = (name: string, path: MachinePath) => {
      for (const each of name.split(':')) {
        if (each === 'tcg') continue;
        const message = `${each.toUpperCase()} needs the host’s own processor; Bootlink runs the machine with QEMU’s translator (TCG).`;
        this.add('replaced', 'host-accelerator', path, message);
      }
    };
    for (const [i, { accel }] of (accelerators ?? []).entries()) {
      accelerator(accel, ['accelerators', i]);
    }
    if (board?.['accel'] !== undefined) accelerator(board['accel'], ['board', 'accel']);
    if (board?.['dumpdtb'] !== undefined) {
      this.add(
        'dropped',
        'host-file',
        ['board', 'dumpdtb'],
        '"dumpdtb" writes a file of the host and ends; it is left out.',
      );
    }
    if (board?.type === 'none' || board?.type?.startsWith('x-remote') === true) {
      this.add(
        'refused',
        'host-board',
        ['board', 'type'],
        `Board "${board.type}" has nothing to boot here.`,
      );
    }
    if (cpu?.model === 'host') {
      const message =
        '-cpu host is the host’s processor under KVM; Bootlink uses -cpu max, all that QEMU can emulate.';
      this.add('replaced', 'host-cpu', ['cpu', 'model'], message);
    }
  }

  consoles({ serial, monitor, chardevs, display }: Machine) {
    for (const [key, list] of [
      ['serial', serial],
      ['monitor', monitor],
    ] as const) {
      for (const [i, backend] of (list ?? []).entries()) {
        if (isLocalBackend(backend)) continue;
        const name = key === 'serial' ? `serial port ${String(i)}` : 'the monitor';
        this.add(
          'replaced',
          'host-console',
          [key, i],
          `"-${key} ${backend}": ${name} is a console tab of the page.`,
        );
      }
    }
    for (const [i, { backend, id }] of (chardevs ?? []).entries()) {
      if (localChardevs.has(backend)) continue;
      const message = `"-chardev ${backend}": ${id ?? 'it'} is a console tab of the page.`;
      this.add('replaced', 'host-chardev', ['chardevs', i], message);
    }
    if (display?.nographic === true) {
      const message =
        '-nographic: serial ports and the monitor are console tabs of the page anyway.';
      this.add('replaced', 'host-display', ['display', 'nographic'], message);
    }
    const type = display?.display?.type;
    if (type !== undefined && type !== 'none') {
      this.add(
        'replaced',
        'host-display',
        ['display', 'display'],
        `"-display ${type}": the display is a pane of the page.`,
      );
    }
  }

  network(machine: Machine) {
    for (const key of ['netdevs', 'nics', 'net'] as const) {
      for (const [i, backend] of (machine[key] ?? []).entries()) {
        if (!localNetdevs.has(backend.type)) {
          const message = `Network back end "${backend.type}" joins a network of the host; Bootlink uses "user", a network inside the tab.`;
          this.add('replaced', 'host-network', [key, i, 'type'], message);
        } else {
          for (const option of hostNetworkOptions) {
            if (backend[option] === undefined) continue;
            const message = `"${option}" reaches ports, files or programs of the host; it is left out.`;
            this.add('dropped', 'host-network-option', [key, i, option], message);
          }
        }
      }
    }
  }

  node(value: Json, path: MachinePath) {
    if (typeof value !== 'object' || value === null) return;
    if (!Array.isArray(value)) {
      const driver = value['driver'];
      if (typeof driver === 'string' && remoteBlockDrivers.has(driver))
        this.blockDriver(driver, path);
      if (typeof driver === 'string' && severalNodes.has(driver)) {
        const message = `Block driver "${driver}" is over several nodes; a drive here is one image: name that one.`;
        this.add('refused', 'several-nodes', path, message);
      }
    }
    for (const [key, below] of Object.entries(value)) {
      this.node(below, [...path, Array.isArray(value) ? Number(key) : key]);
    }
  }

  private blockDriver(driver: string, path: MachinePath) {
    const message = `Block driver "${driver}" reaches a server or a device of the host, and a tab has neither; give the bytes as an image.`;
    this.add('refused', 'host-block', path, message);
  }

  storage(machine: Machine) {
    const { blockdevs, drives, firmware } = machine;
    for (const { path, code, message } of blockThings(machine)) {
      this.add('replaced', code, path, message);
    }
    for (const [i, node] of (blockdevs ?? []).entries()) {
      this.node(node, ['blockdevs', i]);
      if (node['snapshot'] === undefined) continue;
      const message =
        '"snapshot" is a key of -drive; QEMU refuses it in -blockdev. It is left out: writes to an image go to a private overlay here anyway.';
      this.add('replaced', 'blockdev-snapshot', ['blockdevs', i, 'snapshot'], message);
    }
    for (const [path, list] of [
      [['drives'], drives],
      [['firmware', 'flash'], firmware?.flash],
    ] as const) {
      for (const [i, drive] of (list ?? []).entries()) {
        for (const [key, text] of Object.entries(drive)) {
          if (/(?:^|\.)driver$/.test(key) && remoteBlockDrivers.has(text)) {
            this.blockDriver(text, [...path, i, key]);
          }
        }
        const file = drive.file ?? '';
        const remote = splitFileName(file) === undefined;
        if (remote) this.blockDriver(file.split(':')[0] ?? file, [...path, i, 'file']);
      }
    }
  }

  devicesAndObjects({ objects, devices }: Machine) {
    for (const [i, { 'qom-type': type, id }] of (objects ?? []).entries()) {
      if (!hostObjects.test(type)) continue;
      const what = type.endsWith('-guest')
        ? 'is a confidential guest under KVM'
        : 'stands for something of the host';
      const message = `Object "${type}"${id === undefined ? '' : ` (${id})`} ${what}; Bootlink’s engine does not have it.`;
      this.add('refused', 'host-object', ['objects', i, 'qom-type'], message);
    }
    for (const [i, { driver }] of (devices ?? []).entries()) {
      if (!hostDevices.test(driver)) continue;
      const message = `Device "${driver}" hands a device or a process of the host to the guest; a tab has none.`;
      this.add('refused', 'host-device', ['devices', i, 'driver'], message);
    }
  }

  extra(machine: Machine) {
    const { extra, images } = machine;
    const uses = imageUses(machine);
    for (const { name, argument, at } of splitExtra(extra ?? [])) {
      const fact = name === undefined ? undefined : optionFact(name);
      if (fact?.kind === 'host') {
        this.add(
          'dropped',
          'host-option',
          ['extra', at],
          `-${fact.name} is left out: ${fact.instead ?? ''}.`,
        );
      } else if (fact?.name === 'overcommit') {
        this.add(
          'dropped',
          'host-option',
          ['extra', at],
          '-overcommit is left out: memory of a tab cannot be locked.',
        );
      } else if (
        fact?.name === 'audiodev' &&
        !/^(?:none|driver=none)(?:,|$)/.test(argument ?? '')
      ) {
        this.add(
          'replaced',
          'host-audio',
          ['extra', at],
          'Sound has nowhere to go yet; the audio back end is "none".',
        );
      } else if (/(?:^|,)(?:file|data|path)=/.test(argument ?? '')) {
        this.add(
          'dropped',
          'host-file',
          ['extra', at],
          `-${name ?? ''} names a file of the host; it is left out.`,
        );
      }
    }
    for (const [i, { path, sha256, catalogue, name }] of (images ?? []).entries()) {
      if (path === undefined || sha256 !== undefined || catalogue !== undefined) continue;
      if (imageNamed(path) !== undefined) continue;
      const what = uses.get(name) === 'folder' ? 'folder' : 'file';
      this.found.push({
        severity: 'info',
        code: 'host-file',
        message: `"${path}" is a ${what} of the host: choose the ${what === 'folder' ? 'folder' : 'image'} "${name}" for it.`,
        path: ['images', i],
        outcome: 'replaced',
      });
    }
  }
}

/** Options of user networking that reach the host. */
export const hostNetworkOptions = ['hostfwd', 'guestfwd', 'smb', 'tftp', 'bootfile'] as const;

/** Everything in the machine that belongs to a host, in the machine's order. */
export function hostThings(machine: Machine): HostThing[] {
  const things = new HostThings();
  things.processor(machine);
  things.storage(machine);
  things.consoles(machine);
  things.network(machine);
  things.devicesAndObjects(machine);
  things.extra(machine);
  return things.found;
}

/** True for what a run replaces or goes on without, as its plan tells. */
export function isChange({ outcome, path }: HostThing): boolean {
  return outcome !== 'refused' && path[0] !== 'images';
}
