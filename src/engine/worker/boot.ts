import type { Guest, GuestImage } from '../../machine/guest.js';
import { programsOf, type Program } from '../../machine/programs.js';
import { deferred } from '../common/deferred.js';
import { commandLine } from '../common/command-line.js';
import { planChannels } from '../common/console.js';
import { FailureError } from '../common/failure.js';
import { ENGINE_WASM, type EngineManifest } from '../common/manifest.js';
import { planMemory } from '../common/memory.js';
import type {
  Booted,
  BootRequest,
  EngineEvents,
  FileProgress,
  OutputLine,
} from '../common/protocol.js';
import { romsFor } from '../common/roms.js';
import { TRACE_MAX_IMAGES, TraceControl } from '../common/trace.js';
import { fetchImage, sha256Hex } from './images.js';
import { fetchRom, type EngineModule, type LoadedEngine } from './module.js';
import { ownImageSize, type OwnFiles } from '../common/own-files.js';
import { readOwnFile } from './own-files.js';
import { claimChannel, placeImage, placeRom } from './placing.js';
import type { Preparation } from './preparation.js';
import { openStoredDisks, type OpenDisks } from './stored-disks.js';
import { fetchSnapshot, readSnapshot, snapshotFile, SnapshotRestorer } from './snapshot.js';
import { imageOf, type RunningMachine } from './take-snapshot.js';
import type { Snapshot } from '../../snapshots/file.js';

type Bytes = Uint8Array<ArrayBuffer>;

/** Shared memory of the planned size; both limits are the same, so that it never moves. */
function createMemory(pages: number, totalMiB: number, guest: string): WebAssembly.Memory {
  try {
    return new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true });
  } catch (error) {
    throw new FailureError({
      what: `This browser does not give the ${totalMiB} MiB of memory that this machine needs.`,
      input: guest,
      remedy:
        'Close other tabs and machines, or boot a guest that needs less memory. ' +
        'A 64-bit browser is needed for more than about 1 GiB.',
      detail: String(error),
    });
  }
}

/** Reports progress at most every 100 ms, and always the last of it. */
class ProgressReport {
  readonly files: FileProgress[];
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    files: { name: string; total: number }[],
    private readonly report: (files: FileProgress[]) => void,
  ) {
    this.files = files.map((file) => ({ ...file, loaded: 0, cached: false }));
    report(this.files);
  }

  set(index: number, change: Partial<FileProgress>): void {
    Object.assign(this.files[index] ?? {}, change);
    this.timer ??= setTimeout(() => this.flush(), 100);
  }

  flush(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.report(this.files);
  }
}

/** Gathers the lines of a moment into one message, so that a chatty QEMU sends few. */
class LineCollector {
  private lines: OutputLine[] = [];

  constructor(private readonly report: (lines: OutputLine[]) => void) {}

  add(stream: OutputLine['stream'], text: string): void {
    if (this.lines.length === 0) setTimeout(() => this.flush(), 20);
    this.lines.push({ stream, text });
  }

  /** To be called before QEMU's end is reported, or its last words are lost. */
  flush(): void {
    if (this.lines.length > 0) this.report(this.lines);
    this.lines = [];
  }
}

/** What has been started: QEMU, and what restores its machine if that is wanted. */
export interface Started {
  channels: Booted['channels'];
  restorer: SnapshotRestorer | undefined;
  running: RunningMachine;
}

/** All that a boot needs, in this worker's memory. */
interface Arrived {
  /** QEMU, before its main has run. */
  module: EngineModule;
  manifest: EngineManifest;
  /** Of each of the guest's images. */
  images: Bytes[];
  /** Those among them that the visitor brought, by name. */
  own: ReadonlyMap<string, Bytes>;
  roms: ReadonlyMap<string, Bytes>;
  memory: WebAssembly.Memory;
  /** Still on its way, maybe. */
  snapshot: Promise<Snapshot> | undefined;
  /** Disks of the visitor's library. */
  stored: OpenDisks;
}

/** Makes QEMU's first threads, and the module when its code is there. */
function instantiate(
  { guest, engineUrl }: BootRequest,
  events: EngineEvents,
  engine: LoadedEngine,
  memory: WebAssembly.Memory,
): Promise<EngineModule> {
  const lines = new LineCollector((some) => events.output(some));
  const aborted = deferred<never>();
  return Promise.race([
    aborted.promise,
    engine.factory({
      noInitialRun: true,
      wasmMemory: memory,
      mainScriptUrlOrBlob: engine.scriptUrl,
      locateFile: (path) => new URL(path, engineUrl).href,
      instantiateWasm(imports, done) {
        const use = async (): Promise<void> => {
          const wasm = await engine.wasm;
          done(await WebAssembly.instantiate(wasm, imports), wasm);
        };
        use().catch(aborted.reject);
        return {};
      },
      print: (text) => lines.add('stdout', text),
      printErr: (text) => lines.add('stderr', text),
      onExit(code) {
        lines.flush();
        events.exited(code);
      },
      onAbort(reason) {
        lines.flush();
        events.failed({
          what: 'QEMU stopped because of an error in itself.',
          input: guest.title,
          remedy: 'Boot again. When it happens every time, report it with the text below.',
          detail: String(reason),
        });
      },
    }),
  ]);
}

/** Fills QEMU's images, and runs its main in a thread of its own. */
async function start(
  request: BootRequest,
  { module, manifest, images, own, roms, memory, snapshot, stored }: Arrived,
): Promise<Started> {
  const keptElsewhere = (image: GuestImage): boolean => image.readOnly && !own.has(image.name);
  const { guest } = request;
  const channels: Record<string, number> = {};
  for (const plan of planChannels(guest.consoles.map((each) => each.id))) {
    channels[plan.name] = claimChannel(module, memory, plan);
  }
  const disks = new Map<string, number>();
  guest.images.forEach((image, index) => {
    const bytes = images[index];
    if (bytes === undefined || stored.names.has(image.name)) return;
    const handle = placeImage(module, memory, image, bytes);
    if (handle !== undefined && !keptElsewhere(image)) disks.set(image.name, handle);
  });
  for (const [name, bytes] of roms) placeRom(module, name, bytes);
  const wake = module._bootlink_wake_word() >>> 0;
  const trace = (module._bootlink_trace_control?.() ?? 0) >>> 0;
  const programs = startingPrograms(request, guest, images).slice(0, TRACE_MAX_IMAGES);
  // Before the first instruction; the page takes over once it knows where the block is.
  if (trace !== 0) {
    const control = new TraceControl(memory.buffer, trace);
    control.setFilter(request.traceFilter);
    control.setImages(programs);
    control.on = request.record;
  }
  const display = (module._bootlink_display?.() ?? 0) >>> 0;
  await stored.serve(module, memory, wake);
  const restorer =
    snapshot === undefined ? undefined : new SnapshotRestorer(module, memory, snapshot);
  const halted = restorer !== undefined || request.halted;
  module.callMain(commandLine(guest, request.translator, { stored: stored.names, halted }));
  const shared = memory.buffer as unknown as SharedArrayBuffer;
  const running = { engine: module, memory, manifest, guest, disks, own };
  const names = programs.map(({ name }) => name);
  const map = { memory: shared, wake, channels, trace, programs: names, display };
  return { channels: map, restorer, running };
}

/**
 * The programs whose first instruction is to be an event: of a cold boot that is recorded from
 * reset on. In any other their code may have run before anybody looked.
 */
function startingPrograms(
  { record, snapshot }: BootRequest,
  guest: Guest,
  images: readonly Bytes[],
): Program[] {
  if (!record || snapshot !== undefined) return [];
  const held = guest.images.flatMap((image, index) => {
    const bytes = images[index];
    return bytes === undefined ? [] : [{ ...image, bytes }];
  });
  return programsOf(guest.args, held);
}

/** The guest with the visitor's own files in place of images, and the bytes of those. */
async function takeOwnFiles({ guest, ownFiles }: { guest: Guest; ownFiles: OwnFiles }) {
  const bytes = new Map<string, Bytes>();
  const images: GuestImage[] = [];
  for (const image of guest.images) {
    const file = ownFiles[image.name];
    if (file === undefined) {
      images.push(image);
      continue;
    }
    const size = ownImageSize(guest, image, file.size);
    if (!size.ok) throw new FailureError(size.failure);
    const own = await readOwnFile(image, file, size.value);
    // What it is counts for the identity of the machine.
    images.push({ ...own.image, sha256: await sha256Hex(own.bytes) });
    bytes.set(image.name, own.bytes);
  }
  return { guest: { ...guest, images }, own: bytes };
}

/** The guest with the images that its snapshot brings, and their bytes. */
function takeDisks(guest: Guest, snapshot: Snapshot) {
  const own = new Map<string, Bytes>();
  const images = guest.images.map((image) => {
    const disk = snapshot.disks.find(({ name }) => name === image.name);
    if (disk === undefined) return image;
    const taken = imageOf(image, disk);
    own.set(image.name, taken.bytes);
    return taken.image;
  });
  return { guest: { ...guest, images }, own };
}

/**
 * Boots a guest: fetches engine and images side by side, then starts QEMU. A snapshot of the
 * catalogue may come later than that: QEMU is started meanwhile, and restored when it is there.
 *
 * @throws FailureError saying what could not be had or started
 */
export async function boot(
  request: BootRequest,
  preparation: Preparation,
  events: EngineEvents,
): Promise<Started> {
  const { engineUrl, imageBase } = request;
  // First of all: whoever may not write to a disk should not wait for a download to hear so.
  const stored = await openStoredDisks(request);
  const manifest = await preparation.manifest;
  const taken = await takeOwnFiles({ guest: stored.guest, ownFiles: request.ownFiles });
  const brought = { guest: taken.guest, own: new Map([...taken.own, ...stored.bytes]) };
  const kept = snapshotFile(request, brought.guest, manifest);
  const early =
    kept !== undefined && 'file' in kept.from
      ? await readSnapshot(kept, kept.from.file, brought.guest, manifest)
      : undefined;
  const { guest, own } = early === undefined ? brought : takeDisks(brought.guest, early);
  const plan = planMemory(guest, manifest);
  if (!plan.ok) throw new FailureError(plan.failure);
  events.planned(plan.value);
  // Taken before anything is fetched: a visitor without the memory should not wait for that.
  const memory = createMemory(plan.value.pages, plan.value.totalMiB, guest.title);

  const progress = new ProgressReport(
    [
      { name: 'QEMU', total: manifest.files[ENGINE_WASM]?.bytes ?? 0 },
      ...guest.images.map((image) => ({ name: image.name, total: image.wireBytes })),
      ...(kept === undefined ? [] : [{ name: kept.name, total: kept.wireBytes }]),
    ],
    (files) => events.progress(files),
  );
  preparation.onBytes((loaded) => progress.set(0, { loaded }));
  const source = { cache: await preparation.cache, fetch: (url: string) => fetch(url) };
  const snapshot =
    early !== undefined
      ? Promise.resolve(early)
      : kept === undefined || !('image' in kept.from)
        ? undefined
        : fetchSnapshot(kept.from.image, imageBase, guest, manifest, source, (change) =>
            progress.set(guest.images.length + 1, change),
          );
  const needed = Promise.all([
    preparation.engine.then((engine) => instantiate({ ...request, guest }, events, engine, memory)),
    Promise.all(
      guest.images.map((image, index) => {
        const bytes = own.get(image.name);
        if (bytes !== undefined) {
          progress.set(index + 1, { loaded: image.wireBytes });
          return bytes;
        }
        return fetchImage(image, new URL(image.url, imageBase).href, source, (change) =>
          progress.set(index + 1, change),
        );
      }),
    ),
    Promise.all(
      romsFor(guest.args)
        .filter((name) => name in manifest.files)
        .map(async (name) => [name, await fetchRom(manifest, engineUrl, name)] as const),
    ),
  ]);
  const complete = Promise.all([needed, snapshot]).then(() => {
    progress.flush();
    events.fetched();
  });
  // What is refused while the rest is fetched ends the boot; later, the restoring.
  complete.catch(() => undefined);
  const [module, images, roms] = await Promise.race([needed, complete.then(() => needed)]);
  const arrived = { module, manifest, images, own, roms: new Map(roms), memory, snapshot, stored };
  return start({ ...request, guest }, arrived);
}
