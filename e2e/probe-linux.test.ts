import { afterEach, describe, expect, it } from 'vitest';
import { probeDebian, probeLinux, probeLinuxArgs } from '../scripts/guests/probe-linux/recipe.js';
import { ProbedGuest } from './engine/probed-guest.js';

/**
 * The probe's Linux part: instructions at EL0, signals, threads and pages that change, in every way
 * that the engine can run them, are what they are in native QEMU. `npm run probe` sets
 * BOOTLINK_PROBE=full, which adds Debian's kernel: authentication keys and memory tags.
 */
const full = process.env.BOOTLINK_PROBE === 'full';
const TIMEOUT_MS = full ? 900_000 : 300_000;
const rounds = (cpus: number) => (full ? 40 : cpus === 1 ? 8 : 4);

/** Digests, and the last line */
const LINES = 23;

const ways = [
  ['-accel', 'tcg,translator=off'],
  ['-accel', 'tcg,translator=blocks'],
  ['-accel', 'tcg,translator=regions'],
];
const more = [
  ['-accel', 'tcg,translator=regions,translator-tail-calls=off'],
  ['-accel', 'tcg,translator=regions,translator-thread=off'],
  ['-accel', 'tcg,translator=regions', '-icount', 'shift=3'],
  ['-accel', 'tcg,translator=regions,tb-size=2'],
];
const kernels = full ? [probeLinux, probeDebian] : [probeLinux];

describe.each(kernels.map((recipe) => [recipe.id, recipe] as const))('%s', (_, recipe) => {
  const guest = new ProbedGuest(recipe.id, 'probe-linux: the end', TIMEOUT_MS, (cpus) =>
    probeLinuxArgs(cpus, rounds(cpus)),
  );
  afterEach(() => guest.stop());

  describe.each([1, 4])('with %i CPUs', (cpus) => {
    it.each(
      [...ways, ...(full && cpus === 1 ? more : [])].map((way) => [way.join(' '), way] as const),
    )('prints what native QEMU prints: %s', { timeout: TIMEOUT_MS }, async (_, way) => {
      const expected = await guest.native(cpus);
      expect(expected).toHaveLength(LINES);
      expect(expected.join()).not.toContain('differ');
      // Keys and tags, under the kernel that has them: zero says that they were not tried.
      const untried = expected.filter((line) => / 0x0+$/.test(line));
      expect(untried.map((line) => line.slice(0, 24).trim())).toEqual(
        recipe === probeDebian ? [] : ['pointer authentication', 'memory tags'],
      );
      const { lines, translated } = await guest.inEngine(cpus, way);
      expect(lines).toEqual(expected);
      if (way.join().includes('translator=off')) expect(translated).toBe(0);
      else expect(translated).toBeGreaterThan(1000);
    });
  });
});
