import * as Comlink from 'comlink';
import type { Guest, GuestImage } from '../../machine/guest.js';
import type { EngineStorage, OpenedDisk } from '../../storage/common/service.js';
import { FailureError } from '../common/failure.js';
import type { BootRequest } from '../common/protocol.js';
import { storedImage } from '../common/stored-disks.js';
import type { EngineModule } from './module.js';
import { announceDisk } from './placing.js';

/** The disks of the visitor's library that this machine has open. */
export interface OpenDisks {
  /** The guest with them in place. */
  guest: Guest;
  /** Names of the images that the storage worker serves. */
  names: ReadonlySet<string>;
  /** Content of those that QEMU reads as files, and nothing for those that are served. */
  bytes: ReadonlyMap<string, Uint8Array<ArrayBuffer>>;
  /** Announces the disks to the engine and has the storage worker answer for them. */
  serve(engine: EngineModule, memory: WebAssembly.Memory, wake: number): Promise<void>;
}

/** Kept for as long as this worker lives (comlink issue 692). */
let keptStorage: Comlink.Remote<EngineStorage> | undefined;

/**
 * Opens the machine's disks of the library, with their locks.
 *
 * @throws FailureError naming the disk that is in use, gone or damaged
 */
export async function openStoredDisks(request: BootRequest): Promise<OpenDisks> {
  const { guest, disks, storage: port } = request;
  const opened = new Map<string, OpenedDisk>();
  const bytes = new Map<string, Uint8Array<ArrayBuffer>>();
  const images: GuestImage[] = [];
  if (port !== undefined) keptStorage = Comlink.wrap<EngineStorage>(port);
  const storage = keptStorage;
  for (const image of guest.images) {
    const wanted = disks[image.name];
    if (wanted === undefined || storage === undefined) {
      images.push(image);
      continue;
    }
    const isFile = image.use === 'file';
    const result = await storage.open(wanted.id, isFile ? 'read' : wanted.access);
    if (!result.ok) throw new FailureError(result.failure);
    const disk = result.value;
    if (isFile) {
      const content = await storage.readAll(disk.disk);
      if (!content.ok) throw new FailureError(content.failure);
      bytes.set(image.name, content.value);
      const whole: GuestImage = { ...image, size: content.value.length, wireBytes: 0 };
      delete whole.extents;
      images.push(whole);
    } else {
      opened.set(image.name, disk);
      bytes.set(image.name, new Uint8Array());
      images.push({
        ...storedImage(image.name, { ...wanted, size: disk.size }),
        readOnly: disk.readOnly,
      });
    }
  }
  return {
    guest: { ...guest, images },
    names: new Set(opened.keys()),
    bytes,
    async serve(engine, memory, wake) {
      for (const [name, disk] of opened) {
        const mailbox = announceDisk(engine, memory, name, disk);
        const shared = memory.buffer as unknown as SharedArrayBuffer;
        await storage?.serve(disk.disk, shared, mailbox, wake);
      }
    },
  };
}
