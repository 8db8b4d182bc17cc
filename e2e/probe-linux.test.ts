import { afterEach, describe, expect, it } from 'vitest';
import { probeDebian, probeLinux, probeLinuxArgs } from '../scripts/guests/probe-linux/recipe.js';
import type { Recipe } from '../scripts/guests/piece.js';
import { ProbedGuest } from './engine/probed-guest.js';

/**
 * The probe's Linux part: instructions at EL0, signals, threads and pages that change, in every way
 * that the engine can run them, are what they are in native QEMU. Debian's kernel has
 * authentication keys and memory tags, and takes its time: `npm run probe`, which sets
 * BOOTLINK_PROBE=full, runs all ways under it.
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
];
/** A big kernel fills 2 MiB again and again while the translator is at its first module. */
const flushed = [['-accel', 'tcg,translator=regions,tb-size=2']];
const waysOf = (recipe: Recipe, cpus: number): string[][] => {
  if (recipe === probeDebian && !full) return cpus === 1 ? flushed : [];
  return full && cpus === 1 ? [...ways, ...more, ...flushed] : ways;
};

describe.each([
  [probeLinux.id, probeLinux],
  [probeDebian.id, probeDebian],
])('%s', (_, recipe) => {
  const guest = new ProbedGuest(recipe.id, 'probe-linux: the end', TIMEOUT_MS, (cpus) =>
    probeLinuxArgs(cpus, rounds(cpus)),
  );
  afterEach(() => guest.stop());

  describe.each([1, 4].filter((cpus) => waysOf(recipe, cpus).length > 0))(
    'with %i CPUs',
    (cpus) => {
      it.each(waysOf(recipe, cpus).map((way) => [way.join(' '), way] as const))(
        'prints what native QEMU prints: %s',
        { timeout: TIMEOUT_MS },
        async (_, way) => {
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
        },
      );
    },
  );
});
