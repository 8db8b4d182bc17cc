import { decodeSnapshot, SnapshotFormatError, type Snapshot } from '../../snapshots/file.js';
import { machineId } from '../../snapshots/identity.js';
import { mismatch, parseRamBlocks, restoreRam } from '../../snapshots/ram.js';
import type { Guest, GuestImage } from '../../machine/guest.js';
import { FailureError, type Failure } from '../common/failure.js';
import { ENGINE_WASM, type EngineManifest } from '../common/manifest.js';
import { passMilestone } from '../common/milestones.js';
import type { BootRequest, Restored } from '../common/protocol.js';
import { fetchImage, type ImageProgress, type ImageSource } from './images.js';
import type { EngineModule } from './module.js';

/** Where the device state lies for QEMU to read. */
const STATE_FILE = '/tmp/snapshot-state';
/** More than any machine's memory, so that a damaged file does not fill the browser's. */
const LONGEST = 4 * 2 ** 30;

/** A snapshot that cannot be opened here: the machine can still be booted cold. */
export class SnapshotRefused extends FailureError {}

function refuse(name: string, what: string, detail?: string): SnapshotRefused {
  const failure: Failure = {
    what: `The snapshot “${name}” ${what}`,
    input: name,
    remedy: 'Boot the machine cold instead.',
    ...(detail === undefined ? {} : { detail }),
  };
  return new SnapshotRefused(failure);
}

function checkEngine(name: string, made: string, manifest: EngineManifest): void {
  const here = manifest.files[ENGINE_WASM]?.sha256 ?? '';
  if (made === here) return;
  throw refuse(
    name,
    'was made with another build of the engine.',
    `made with ${made}\nhere is   ${here}`,
  );
}

/** A snapshot that is to be fetched or read. */
export interface SnapshotFile {
  name: string;
  wireBytes: number;
  from: { image: GuestImage } | { file: Blob };
}

/**
 * Which snapshot a request asks for; what can be refused without its bytes is.
 *
 * @throws SnapshotRefused
 */
export function snapshotFile(
  { snapshot: source }: BootRequest,
  guest: Guest,
  manifest: EngineManifest,
): SnapshotFile | undefined {
  if (source === undefined) return undefined;
  if (source.kind === 'kept') {
    const { name, file } = source;
    return { name, wireBytes: file.size, from: { file } };
  }
  const known = guest.snapshot;
  if (known === undefined) return undefined;
  checkEngine(guest.title, known.engine, manifest);
  const image: GuestImage = { ...known, name: guest.title, use: 'file', readOnly: true };
  return { name: 'snapshot', wireBytes: known.wireBytes, from: { image } };
}

async function gunzip(file: Blob): Promise<Uint8Array<ArrayBuffer>> {
  const parts: Uint8Array<ArrayBuffer>[] = [];
  let length = 0;
  const reader = file.stream().pipeThrough(new DecompressionStream('gzip')).getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    parts.push(value);
    length += value.length;
    if (length > LONGEST) throw new Error('it is longer than any machine’s memory');
  }
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

/** @throws SnapshotRefused when it is not one of this engine and machine */
async function check(
  snapshot: Snapshot,
  guest: Guest,
  manifest: EngineManifest,
): Promise<Snapshot> {
  checkEngine(snapshot.name, snapshot.engine.sha256, manifest);
  if (snapshot.machine === (await machineId(guest))) return snapshot;
  throw refuse(snapshot.name, 'is of another machine, or of other images of this one.');
}

function unreadable(name: string, error: unknown): SnapshotRefused {
  if (error instanceof FailureError) return new SnapshotRefused(error.failure);
  const detail = error instanceof SnapshotFormatError ? error.message : String(error);
  return refuse(name, 'cannot be read.', detail);
}

/**
 * Reads a snapshot that a visitor made.
 *
 * @throws SnapshotRefused naming it
 */
export async function readSnapshot(
  { name }: SnapshotFile,
  file: Blob,
  guest: Guest,
  manifest: EngineManifest,
): Promise<Snapshot> {
  let snapshot: Snapshot;
  try {
    snapshot = decodeSnapshot(await gunzip(file));
  } catch (error) {
    throw unreadable(name, error);
  }
  return check({ ...snapshot, name }, guest, manifest);
}

/**
 * Fetches a guest's snapshot of the catalogue.
 *
 * @throws SnapshotRefused naming it
 */
export async function fetchSnapshot(
  image: GuestImage,
  imageBase: string,
  guest: Guest,
  manifest: EngineManifest,
  source: ImageSource,
  onProgress: (progress: ImageProgress) => void,
): Promise<Snapshot> {
  let snapshot: Snapshot;
  try {
    const url = new URL(image.url, imageBase).href;
    snapshot = decodeSnapshot(await fetchImage(image, url, source, onProgress));
  } catch (error) {
    throw unreadable(image.name, error);
  }
  const checked = await check(snapshot, guest, manifest);
  passMilestone('snapshot-here');
  return checked;
}

/** Waits for a snapshot while QEMU starts, and restores its machine. */
export class SnapshotRestorer {
  constructor(
    private readonly engine: EngineModule,
    private readonly memory: WebAssembly.Memory,
    private readonly snapshot: Promise<Snapshot>,
  ) {}

  /**
   * Fills memory and the file of device state, when the snapshot is there.
   *
   * @throws SnapshotRefused when it cannot be had, or the machine has other memory
   */
  async restore(ramBlocks: string): Promise<Restored> {
    const { ram, state, over, name, created, consoles, resume } = await this.snapshot;
    const blocks = parseRamBlocks(ramBlocks);
    const wrong = mismatch(ram, blocks);
    if (wrong !== undefined) throw refuse(name, 'is not one of this machine.', wrong);
    restoreRam(this.memory.buffer, blocks, ram, over === 'reset');
    this.engine.FS.writeFile(STATE_FILE, state);
    // Copies: a message takes the whole buffer that a view lies in, which is the snapshot.
    const printed = consoles.map(({ id, output }) => ({ id, output: output.slice() }));
    return { stateFile: STATE_FILE, snapshot: { name, created, consoles: printed, resume } };
  }

  release(): void {
    this.engine.FS.unlink(STATE_FILE);
  }
}
