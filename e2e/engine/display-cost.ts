import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { imageReference } from '../../src/engine/common/command-line.js';
import { DisplayReader } from '../../src/engine/common/display.js';
import { placeImage } from '../../src/engine/worker/placing.js';
import { resolveImages, type Catalogue } from '../../src/machine/guest.js';
import { startEngine } from './node-engine.js';

/**
 * What looking at a machine's display costs: `npx tsx e2e/engine/display-cost.ts [ROUNDS]`.
 *
 * The UEFI shell with ramfb writes its help text page after page, and that is timed by the serial
 * console: with nobody looking, with a look every 120 ms, and with one every 33 ms, in turns. The
 * time of each look is that of copying and converting what changed, in this process.
 */
const rounds = Number(process.argv[2] ?? 3);
const guests = resolve(process.env.BOOTLINK_PUBLIC ?? 'public', 'guests');
const catalogue = JSON.parse(readFileSync(resolve(guests, 'index.json'), 'utf8')) as Catalogue;
const entry = catalogue.guests.find((each) => each.state === 'ready' && each.guest.id === 'uefi');
if (entry?.state !== 'ready') throw new Error('Set-up has not built the guest uefi.');
const { guest } = entry;
const COMMAND = 'help -v *';

let address = 0;
const engine = await startEngine(
  ['-accel', 'tcg,tb-size=64', ...resolveImages(guest, imageReference), '-device', 'ramfb'],
  {
    consoles: ['uart0'],
    memoryMiB: guest.addressSpaceMiB + 700,
    prepare(module, memory) {
      address = (module._bootlink_display?.() ?? 0) >>> 0;
      for (const image of guest.images) {
        const wire = readFileSync(resolve(guests, image.url));
        const bytes = image.encoding === 'gzip' ? gunzipSync(wire) : wire;
        placeImage(module, memory, image, new Uint8Array(bytes));
      }
    },
  },
);
if (address === 0) throw new Error('This engine shows no pictures: run set-up again.');
const reader = new DisplayReader(engine.memory.buffer as unknown as SharedArrayBuffer, address);
await engine.text('uart0', /Shell> /);

/** Seconds that the shell takes for its text, and milliseconds of each look meanwhile. */
async function measure(interval: number): Promise<{ seconds: number; looks: number[] }> {
  reader.interval = interval;
  reader.forget();
  reader.read();
  const looks: number[] = [];
  const look = (): void => {
    const start = performance.now();
    reader.read();
    looks.push(performance.now() - start);
  };
  const timer = interval === 0 ? undefined : setInterval(look, interval);
  const before = (await engine.text('uart0', /$/)).length;
  const start = performance.now();
  engine.send('uart0', `${COMMAND}\r`);
  await engine.text('uart0', new RegExp(`^[^]{${String(before + 20000)},}Shell> `));
  const seconds = (performance.now() - start) / 1000;
  clearInterval(timer);
  return { seconds, looks };
}

const median = (values: number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

const intervals = [0, 120, 33];
const results = new Map(
  intervals.map((each) => [each, [] as { seconds: number; looks: number[] }[]]),
);
await measure(33); // Once for the compilers.
for (let round = 0; round < rounds; round++) {
  for (const interval of intervals) results.get(interval)?.push(await measure(interval));
}
for (const [interval, runs] of results) {
  const looks = runs.flatMap((run) => run.looks);
  const shown =
    looks.length === 0
      ? ''
      : `, ${String(looks.length)} looks, median ${median(looks).toFixed(2)} ms, longest ${Math.max(...looks).toFixed(2)} ms`;
  process.stdout.write(
    `${interval === 0 ? 'nobody looks' : `every ${String(interval)} ms`}: ${median(runs.map(({ seconds }) => seconds)).toFixed(2)} s (${runs.map(({ seconds }) => seconds.toFixed(2)).join(', ')})${shown}\n`,
  );
}
await engine.stop();
process.exit(0);
