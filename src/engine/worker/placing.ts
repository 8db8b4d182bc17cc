import type { GuestImage } from '../../machine/guest.js';
import { imageReference, IMAGE_FOLDER } from '../common/command-line.js';
import { ROM_FOLDER } from '../common/roms.js';
import { FailureError } from '../common/failure.js';
import { CHANNEL_LOSSY, type ChannelPlan } from '../common/console.js';
import type { EngineModule } from './module.js';

type Bytes = Uint8Array<ArrayBuffer>;

/** Unit in which Bootlink's block driver keeps an image (`wasm/qemu/block/bootlink.c`). */
const CHUNK = 1 << 20;
const IMAGE_READ_ONLY = 1;

/** Runs `use` with the address of a C string. */
function withName<T>(
  engine: EngineModule,
  memory: WebAssembly.Memory,
  name: string,
  use: (address: number) => T,
): T {
  const bytes = new TextEncoder().encode(`${name}\0`);
  const address = engine._malloc(bytes.length) >>> 0;
  if (address === 0) throw outOfMemory(name);
  new Uint8Array(memory.buffer, address, bytes.length).set(bytes);
  try {
    return use(address);
  } finally {
    engine._free(address);
  }
}

function outOfMemory(name: string): FailureError {
  return new FailureError({
    what: 'The engine has no memory left before it has started.',
    input: name,
    remedy: 'The plan for this machine’s memory is too small: report it with the guest’s name.',
  });
}

/** Claims a console channel; gives its address. */
export function claimChannel(
  engine: EngineModule,
  memory: WebAssembly.Memory,
  plan: ChannelPlan,
): number {
  const flags = plan.lossy ? CHANNEL_LOSSY : 0;
  const address = withName(engine, memory, plan.name, (name) =>
    engine._bootlink_channel(name, plan.outSize, plan.inSize, flags),
  );
  if (address === 0) throw outOfMemory(plan.name);
  return address >>> 0;
}

/** The whole file of an image, its zeroes included. */
export function expandImage(image: GuestImage, bytes: Bytes): Bytes {
  if (image.extents === undefined) return bytes;
  const whole = new Uint8Array(image.size);
  let at = 0;
  for (const [offset, length] of image.extents) {
    whole.set(bytes.subarray(at, at + length), offset);
    at += length;
  }
  return whole;
}

/**
 * The pieces of an image's bytes, each within one chunk of the block driver: offset in the
 * image, and range in the bytes.
 */
export function* chunkPieces(
  image: GuestImage,
): Generator<{ offset: number; from: number; length: number }> {
  let from = 0;
  for (const [start, total] of image.extents ?? [[0, image.size] as [number, number]]) {
    let offset = start;
    while (offset < start + total) {
      const length = Math.min(start + total - offset, CHUNK - (offset % CHUNK));
      yield { offset, from, length };
      offset += length;
      from += length;
    }
  }
}

/** Low and high 32 bits of a size or offset. */
const low = (value: number): number => value >>> 0;
const high = (value: number): number => Math.floor(value / 2 ** 32);

function placeDisk(
  engine: EngineModule,
  memory: WebAssembly.Memory,
  image: GuestImage,
  bytes: Bytes,
): number {
  const flags = image.readOnly ? IMAGE_READ_ONLY : 0;
  const handle = withName(engine, memory, image.name, (name) =>
    engine._bootlink_image(name, low(image.size), high(image.size), flags),
  );
  if (handle < 0) throw outOfMemory(image.name);
  for (const { offset, from, length } of chunkPieces(image)) {
    const address = engine._bootlink_image_data(handle, low(offset), high(offset), length) >>> 0;
    if (address === 0) throw outOfMemory(image.name);
    new Uint8Array(memory.buffer, address, length).set(bytes.subarray(from, from + length));
  }
  return handle;
}

/** Announces a disk of the storage worker under a name; gives the address of its mailbox. */
export function announceDisk(
  engine: EngineModule,
  memory: WebAssembly.Memory,
  name: string,
  disk: { size: number; readOnly: boolean },
): number {
  const readOnly = disk.readOnly ? IMAGE_READ_ONLY : 0;
  const mailbox = withName(engine, memory, name, (address) =>
    engine._bootlink_storage(address, low(disk.size), high(disk.size), readOnly),
  );
  if (mailbox === 0) {
    throw new FailureError({
      what: 'The engine takes no further disk of the library.',
      input: name,
      remedy: 'Attach fewer disks: 16 are the most. A name has at most 63 characters.',
    });
  }
  return mailbox >>> 0;
}

/** Puts an image where QEMU's arguments look for it. Gives a disk's handle in the engine. */
export function placeImage(
  engine: EngineModule,
  memory: WebAssembly.Memory,
  image: GuestImage,
  bytes: Bytes,
): number | undefined {
  if (image.use === 'disk') return placeDisk(engine, memory, image, bytes);
  engine.FS.mkdirTree(IMAGE_FOLDER);
  engine.FS.writeFile(imageReference(image), expandImage(image, bytes), { canOwn: true });
  return undefined;
}

/** Puts an option ROM where QEMU looks for it. */
export function placeRom(engine: EngineModule, name: string, bytes: Bytes): void {
  engine.FS.mkdirTree(ROM_FOLDER);
  engine.FS.writeFile(`${ROM_FOLDER}/${name}`, bytes);
}
