import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import { resolveImages, type Guest } from '../src/machine/guest.js';
import { probe, probeArgs } from '../scripts/guests/probe/recipe.js';
import { publicFolder, readCatalogue } from '../scripts/native/catalogue.js';
import { nativeChroot } from '../scripts/native/chroot.js';
import { NativeMachine } from '../scripts/native/machine.js';
import { startEngine, type NodeEngine } from './engine/node-engine.js';

/**
 * The instruction probe: what the engine prints, in every way that it can run guest code, is what
 * native QEMU prints. `npm run probe` sets BOOTLINK_PROBE=full.
 */
const full = process.env.BOOTLINK_PROBE === 'full';
/** Four CPUs take turns on two cores. */
const roundsOn = (cpus: number) => (full ? 300 : cpus === 1 ? 60 : 10);
const TIMEOUT_MS = full ? 900_000 : 240_000;
const signal = new AbortController().signal;

const built = publicFolder(resolve('.'));
const entry = readCatalogue(built).guests.find(
  (each) => each.state === 'ready' && each.guest.id === probe.id,
);
if (entry?.state !== 'ready') throw new Error('Set-up has not built the instruction probe.');

/** So few rounds are translated soon, that nearly all of them run translated. */
const soon = full ? '' : ',translator-threshold=3';
const END = 'probe: the end';

function guest(cpus: number): Guest {
  if (entry?.state !== 'ready') throw new Error('unreachable');
  return { ...entry.guest, args: probeArgs(cpus, roundsOn(cpus)) };
}

function results(text: string): string[] {
  const lines = text.replaceAll('\r', '').split('\n');
  return lines.filter((line) => / 0x|differ|the end/.test(line));
}

const natively = new Map<number, Promise<string[]>>();

/** What native QEMU prints; each number of CPUs runs once. */
function native(cpus: number): Promise<string[]> {
  const run = async () => {
    const machine = await NativeMachine.start({
      guest: guest(cpus),
      guests: join(built, 'guests'),
      rootfs: await nativeChroot(resolve('.'), signal),
      signal,
    });
    try {
      await machine.follow([{ console: 'uart0', expect: END }], TIMEOUT_MS / 1000);
      return results(machine.consoles.get('uart0')?.log.text() ?? '');
    } finally {
      await machine.close();
    }
  };
  const known = natively.get(cpus) ?? run();
  natively.set(cpus, known);
  return known;
}

let engine: NodeEngine | undefined;
afterEach(async () => {
  await engine?.stop();
  engine = undefined;
});

/** The counter of translated blocks in what `info jit` prints. */
function translatedBlocks(info: string): number {
  return Number(/TBs (\d+) \(rejected/.exec(info)?.[1] ?? 0);
}

/** How many calls of helpers became instructions, of each kind, in what `info jit` prints. */
function callsByInstructions(info: string): number[] {
  const counts = /by instructions: vector (\d+), floating point (\d+), atomic (\d+)/.exec(info);
  return counts?.slice(1).map(Number) ?? [];
}

async function inEngine(
  cpus: number,
  extra: readonly string[],
): Promise<{ lines: string[]; translated: number; inlined: number[] }> {
  const { images } = guest(cpus);
  // Without semihosting it cannot end QEMU, which is still to say what was translated.
  const args = resolveImages(guest(cpus), ({ name }) => `/${name}`).filter(
    (arg) => arg !== '-semihosting',
  );
  engine = await startEngine([...extra, ...args, '-nodefaults'], {
    consoles: ['uart0'],
    memoryMiB: 640,
    prepare: ({ FS }) => {
      for (const { name, url, encoding } of images) {
        const bytes = readFileSync(join(built, 'guests', url));
        FS.writeFile(`/${name}`, encoding === 'gzip' ? gunzipSync(bytes) : bytes);
      }
    },
  });
  const lines = results(await engine.text('uart0', new RegExp(END)));
  const info = await engine.monitor('info jit');
  return { lines, translated: translatedBlocks(info), inlined: callsByInstructions(info) };
}

const always = [
  ['-accel', 'tcg,translator=off'],
  ['-accel', `tcg,translator=blocks${soon}`],
  ['-accel', `tcg,translator=regions${soon}`],
  ['-accel', `tcg,translator=regions,translator-tail-calls=off${soon}`],
];
const onOneCpu = [
  ['-accel', `tcg,translator=regions,translator-thread=off${soon}`],
  ['-accel', `tcg,translator=blocks,translator-check=on${soon}`],
  ['-accel', `tcg,translator=regions${soon}`, '-icount', 'shift=3'],
  ['-accel', `tcg,translator=regions,tb-size=1${soon}`],
  ['-accel', `tcg,translator=regions,one-insn-per-tb=on${soon}`],
];

describe.each([1, 4])('with %i CPUs', (cpus) => {
  const ways = full && cpus === 1 ? [...always, ...onOneCpu] : always;
  it.each(ways.map((way) => [way.join(' '), way] as const))(
    'prints what native QEMU prints: %s',
    { timeout: TIMEOUT_MS },
    async (_, way) => {
      const expected = await native(cpus);
      // Eleven families, the CPUs' shared memory and the last line
      expect(expected).toHaveLength(13);
      const { lines, translated, inlined } = await inEngine(cpus, way);
      expect(lines).toEqual(expected);
      // Each of 1,500 operations is a block at least; one instruction a block is too slow to tell.
      if (way.join().includes('translator=off')) expect(translated).toBe(0);
      else expect(translated).toBeGreaterThan(400);
      if (way.join().includes('translator=off')) expect(inlined).toEqual([0, 0, 0]);
      else if (!way.join().includes('one-insn')) {
        const [vector, float, atomic] = inlined;
        expect(vector).toBeGreaterThan(300);
        expect(float).toBeGreaterThan(100);
        // Alone, a CPU's atomics are loads and stores to QEMU.
        if (cpus === 1) expect(atomic).toBe(0);
        else expect(atomic).toBeGreaterThan(20);
      }
    },
  );
});
