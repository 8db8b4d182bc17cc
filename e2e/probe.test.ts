import { afterEach, describe, expect, it } from 'vitest';
import { probe, probeArgs } from '../scripts/guests/probe/recipe.js';
import { ProbedGuest } from './engine/probed-guest.js';

/**
 * The instruction probe: what the engine prints, in every way that it can run guest code, is what
 * native QEMU prints. `npm run probe` sets BOOTLINK_PROBE=full.
 */
const full = process.env.BOOTLINK_PROBE === 'full';
/** Four CPUs take turns on two cores. */
const roundsOn = (cpus: number) => (full ? 300 : cpus === 1 ? 60 : 10);
const TIMEOUT_MS = full ? 900_000 : 240_000;

/** So few rounds are translated soon, that nearly all of them run translated. */
const soon = full ? '' : ',translator-threshold=3';

const guest = new ProbedGuest(probe.id, 'probe: the end', TIMEOUT_MS, (cpus) =>
  probeArgs(cpus, roundsOn(cpus)),
);
afterEach(() => guest.stop());

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
  ['-accel', `tcg,translator=regions,tb-size=1,translator-threshold=1,translator-linger=1`],
  ['-accel', `tcg,translator=regions,one-insn-per-tb=on${soon}`],
];

describe.each([1, 4])('with %i CPUs', (cpus) => {
  const ways = full && cpus === 1 ? [...always, ...onOneCpu] : always;
  it.each(ways.map((way) => [way.join(' '), way] as const))(
    'prints what native QEMU prints: %s',
    { timeout: TIMEOUT_MS },
    async (_, way) => {
      const expected = await guest.native(cpus);
      // Eleven families, the CPUs' shared memory and the last line
      expect(expected).toHaveLength(13);
      const { lines, translated, inlined } = await guest.inEngine(cpus, way);
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
