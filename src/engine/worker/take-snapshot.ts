import { DISK_CHUNK, encodeSnapshot, type DiskImage } from '../../snapshots/file.js';
import { machineId } from '../../snapshots/identity.js';
import { captureRam, parseRamBlocks } from '../../snapshots/ram.js';
import { withConfiguration } from '../../snapshots/state.js';
import { SnapshotStore, type KeptSnapshot } from '../../snapshots/store.js';
import type { Guest, GuestImage } from '../../machine/guest.js';
import { FailureError } from '../common/failure.js';
import { ENGINE_WASM, type EngineManifest } from '../common/manifest.js';
import type { CaptureRequest } from '../common/protocol.js';
import type { EngineModule } from './module.js';

/** A machine that runs, as far as a snapshot of it needs to know. */
export interface RunningMachine {
  engine: EngineModule;
  memory: WebAssembly.Memory;
  manifest: EngineManifest;
  /** With the visitor's own files in place of images. */
  guest: Guest;
  /** Handle in the engine of each disk, by image name. */
  disks: ReadonlyMap<string, number>;
  /** Bytes of the visitor's own files that are no disks, by image name. */
  own: ReadonlyMap<string, Uint8Array>;
}

interface Captured {
  request: CaptureRequest;
  machine: string;
  parts: Uint8Array<ArrayBuffer>[];
}

/** Takes snapshots of a machine: copies it while it is stopped, compresses when it runs again. */
export class SnapshotTaker {
  private captured: Captured | undefined;

  private constructor(
    private readonly running: RunningMachine,
    private readonly machine: string,
  ) {}

  static async of(running: RunningMachine): Promise<SnapshotTaker> {
    return new SnapshotTaker(running, await machineId(running.guest));
  }

  /** Copies RAM, disks and device state. The machine must be stopped. Gives the bytes copied. */
  capture(request: CaptureRequest): number {
    const { engine, memory, manifest, guest } = this.running;
    const state = engine.FS.readFile(request.stateFile);
    engine.FS.unlink(request.stateFile);
    const parts = encodeSnapshot({
      name: request.name,
      created: new Date().toISOString(),
      engine: {
        qemuVersion: manifest.qemuVersion,
        sha256: manifest.files[ENGINE_WASM]?.sha256 ?? '',
      },
      machine: this.machine,
      guest,
      over: 'zero',
      resume: [],
      ram: captureRam(memory.buffer, parseRamBlocks(request.ramBlocks)),
      state: withConfiguration(state, request.machineType),
      consoles: request.consoles,
      disks: guest.images.flatMap((image) => this.captureImage(image)),
    });
    this.captured = { request, machine: this.machine, parts };
    return parts.reduce((sum, part) => sum + part.length, 0);
  }

  /**
   * Compresses and keeps what was captured.
   *
   * @throws FailureError when the browser has no room for it
   */
  async keep(): Promise<KeptSnapshot> {
    const { captured } = this;
    this.captured = undefined;
    if (captured === undefined) throw new Error('Nothing was captured.');
    const { request, parts } = captured;
    const packed = new Blob(parts).stream().pipeThrough(new CompressionStream('gzip'));
    const file = await new Response(packed).blob();
    const about: KeptSnapshot = {
      id: crypto.randomUUID(),
      name: request.name,
      created: new Date().toISOString(),
      automatic: request.automatic,
      guest: this.running.guest,
      engine: this.running.manifest.files[ENGINE_WASM]?.sha256 ?? '',
      bytes: file.size,
    };
    try {
      const store = await SnapshotStore.open();
      try {
        await store.put(about, file);
      } finally {
        store.close();
      }
    } catch (error) {
      throw noRoom(about, error);
    }
    return about;
  }

  /** The chunks of a disk that hold something; of other images only what the visitor brought. */
  private captureImage(image: GuestImage): DiskImage[] {
    const { engine, memory, disks, own } = this.running;
    const handle = disks.get(image.name);
    const brought = own.get(image.name);
    const chunks: DiskImage['chunks'] = [];
    for (let index = 0; index * DISK_CHUNK < image.size; index++) {
      const bytes = new Uint8Array(DISK_CHUNK);
      if (handle !== undefined) {
        const address = engine._bootlink_image_peek(handle, index) >>> 0;
        if (address === 0) continue;
        bytes.set(new Uint8Array(memory.buffer, address, DISK_CHUNK));
      } else if (brought !== undefined) {
        bytes.set(brought.subarray(index * DISK_CHUNK, (index + 1) * DISK_CHUNK));
      } else return [];
      if (new Uint32Array(bytes.buffer).some((word) => word !== 0)) chunks.push({ index, bytes });
    }
    return [{ name: image.name, size: image.size, chunks }];
  }
}

function noRoom(about: KeptSnapshot, error: unknown): FailureError {
  const isQuota = error instanceof DOMException && error.name === 'QuotaExceededError';
  const mebibytes = Math.ceil(about.bytes / (1 << 20));
  return new FailureError({
    what: isQuota
      ? `This browser has no room for the snapshot “${about.name}”: it needs ${mebibytes} MiB.`
      : `This browser does not keep the snapshot “${about.name}”.`,
    input: about.guest.title,
    remedy: isQuota
      ? 'Delete other snapshots, or free space on this computer.'
      : 'Private windows and some settings forbid storage: use an ordinary window.',
    detail: String(error),
  });
}

/** An image whose bytes come with a snapshot, and those bytes, as `placeImage` takes them. */
export function imageOf(
  image: GuestImage,
  disk: DiskImage,
): { image: GuestImage; bytes: Uint8Array<ArrayBuffer> } {
  const parts = disk.chunks.map(({ index, bytes }): [number, Uint8Array] => {
    const offset = index * DISK_CHUNK;
    return [offset, bytes.subarray(0, Math.min(DISK_CHUNK, disk.size - offset))];
  });
  const bytes = new Uint8Array(parts.reduce((sum, [, part]) => sum + part.length, 0));
  let at = 0;
  for (const [, part] of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  const extents = parts.map(([offset, part]): [number, number] => [offset, part.length]);
  const { size } = disk;
  return {
    image: { ...image, size, encoding: 'identity', wireBytes: bytes.length, extents },
    bytes,
  };
}
