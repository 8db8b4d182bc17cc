import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import * as v from 'valibot';
import { startEngine, type NodeEngine } from '../../e2e/engine/node-engine';
import { accelerator, imageReference } from '../../src/engine/common/command-line';
import { ENGINE_WASM, EngineManifest } from '../../src/engine/common/manifest';
import { planMemory } from '../../src/engine/common/memory';
import { ConsoleLog } from '../../src/engine/ui/console-log';
import { placeImage } from '../../src/engine/worker/placing';
import { resolveImages, type Guest, type GuestStep } from '../../src/machine/guest';
import { endOfMatch } from '../../src/machine/steps';
import { encodeSnapshot } from '../../src/snapshots/file';
import { machineId } from '../../src/snapshots/identity';
import { withoutQueries } from '../../src/snapshots/replay';
import { captureRam, parseRamBlocks, readBase, type BaseRam } from '../../src/snapshots/ram';
import { withConfiguration } from '../../src/snapshots/state';
import { recipes } from '../guests/index';
import { readCatalogue } from '../native/catalogue';

/**
 * Boots a guest in the engine, in this Node process, and writes its snapshot at the prompt.
 * Run as a process of its own: QEMU's threads end with it.
 *
 * Arguments: the guest's id and the file to write. Engine and guests are those in
 * `BOOTLINK_PUBLIC`.
 */

const STATE_FILE = '/tmp/state';
const LOOK_MS = 20;
/** How long one step may take: interpreted, on two busy cores, a kernel takes a minute. */
const STEP_MS = 300_000;

const folder = process.env.BOOTLINK_PUBLIC ?? 'public';
const manifest = v.parse(
  EngineManifest,
  JSON.parse(readFileSync(join(folder, 'engine/manifest.json'), 'utf8')),
);

async function start(guest: Guest, more: readonly string[]): Promise<NodeEngine> {
  const plan = planMemory(guest, manifest);
  if (!plan.ok) throw new Error(plan.failure.what);
  const args = [
    ...['-accel', accelerator({ mode: 'regions' })],
    ...resolveImages(guest, imageReference),
    ...more,
  ];
  return startEngine(args, {
    consoles: guest.consoles.map(({ id }) => id),
    memoryMiB: plan.value.totalMiB,
    prepare: (engine, memory) => {
      for (const image of guest.images) {
        const wire = readFileSync(join(folder, 'guests', image.url));
        const bytes = image.encoding === 'gzip' ? gunzipSync(wire) : wire;
        placeImage(engine, memory, image, new Uint8Array(bytes));
      }
    },
  });
}

/** The consoles of an engine, as the page has them. */
class Consoles {
  private readonly raw = new Map<string, string>();
  private readonly logs = new Map<string, ConsoleLog>();
  private readonly read = new Map<string, number>();

  constructor(private readonly engine: NodeEngine) {}

  /** All that the console has printed, control sequences included. */
  async output(id: string): Promise<string> {
    const all = await this.engine.text(id, /^/);
    const log = this.logs.get(id) ?? new ConsoleLog();
    this.logs.set(id, log);
    log.append(new TextEncoder().encode(all.slice(this.raw.get(id)?.length ?? 0)));
    this.raw.set(id, all);
    return all;
  }

  async follow(steps: readonly GuestStep[]): Promise<void> {
    for (const { console: id, expect, send } of steps) {
      const late = performance.now() + STEP_MS;
      while (expect !== undefined) {
        await this.output(id);
        const from = this.read.get(id) ?? 0;
        const end = endOfMatch(expect, this.logs.get(id)?.text(from) ?? '');
        if (end !== undefined) {
          this.read.set(id, from + end);
          break;
        }
        if (performance.now() > late) {
          const said = this.logs.get(id)?.lastLines(20).join('\n') ?? '';
          throw new Error(`${id} did not say ${expect} in ${STEP_MS / 1000} s. It said:\n${said}`);
        }
        await new Promise((again) => setTimeout(again, LOOK_MS));
      }
      if (send !== undefined) this.engine.send(id, send);
    }
  }
}

/** RAM after reset, of an engine of its own: what two runs have in common every run has. */
async function baseOf(guest: Guest): Promise<BaseRam> {
  const engine = await start(guest, ['-S']);
  const blocks = parseRamBlocks(await engine.monitor('info ramblock'));
  const base = readBase(engine.memory.buffer, blocks);
  await engine.stop();
  return base;
}

async function make(id: string, file: string): Promise<void> {
  const recipe = recipes.find((each) => each.id === id);
  const entry = readCatalogue(folder).guests.find(
    (each) => each.state === 'ready' && each.guest.id === id,
  );
  if (recipe?.snapshot === undefined || entry?.state !== 'ready') {
    throw new Error(`There is no guest ${id} that opens from a snapshot.`);
  }
  const { guest } = entry;
  const { prepare, resume, hidePrompt } = recipe.snapshot;
  const base = await baseOf(guest);
  const engine = await start(guest, []);
  const consoles = new Consoles(engine);
  await consoles.follow(guest.boot);
  // What the preparation prints is not of the boot; what QEMU has still to print is.
  if (prepare.length === 0) await engine.execute('stop');
  const printed: { id: string; output: Uint8Array }[] = [];
  for (const each of guest.consoles) {
    const output = await consoles.output(each.id);
    const shown = Buffer.from(withoutQueries(new TextEncoder().encode(output)));
    // A guest that prints its prompt anew does so behind what was printed before it.
    const isResumed = resume.some(({ console }) => console === each.id);
    const end = isResumed && hidePrompt !== undefined ? shown.lastIndexOf(hidePrompt) : -1;
    printed.push({ id: each.id, output: end < 0 ? shown : shown.subarray(0, end) });
  }
  await consoles.follow(prepare);
  if (prepare.length > 0) await engine.execute('stop');

  await engine.execute('xen-save-devices-state', { filename: STATE_FILE, live: false });
  const type = (await engine.execute('qom-get', { path: '/machine', property: 'type' })) as string;
  const state = withConfiguration(engine.engine.FS.readFile(STATE_FILE), type);
  const blocks = parseRamBlocks(await engine.monitor('info ramblock'));
  const ram = captureRam(engine.memory.buffer, blocks, base);
  const parts = encodeSnapshot({
    name: guest.title,
    engine: {
      qemuVersion: manifest.qemuVersion,
      sha256: manifest.files[ENGINE_WASM]?.sha256 ?? '',
    },
    machine: await machineId(guest),
    over: 'reset',
    resume: [...resume],
    ram,
    state,
    consoles: printed,
    disks: [],
  });
  writeFileSync(file, Buffer.concat(parts));
  const listed = ram.blocks.reduce((sum, { pages }) => sum + pages.length, 0);
  process.stdout.write(
    `${id}: ${listed} pages changed, ${ram.content.length / 4096} of content, ${state.length} bytes of state\n`,
  );
}

const [id, file] = process.argv.slice(2);
if (id === undefined || file === undefined) throw new Error('Guest and file are missing.');
await make(id, file);
process.exit(0);
