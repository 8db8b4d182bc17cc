import type { GuestStep } from '../../../src/machine/guest';
import type { SnapshotRecipe } from '../piece';

const prompt = 'guest:/# ';

/** Fills free memory with zeroes and gives it back: what the boot has left there need not travel. */
const clearing = [
  'mount -o remount,size=90% /tmp',
  'dd if=/dev/zero of=/tmp/0 bs=1M 2>/dev/null; rm /tmp/0',
  'mount -o remount,size=50% /tmp',
];

/**
 * A new shell waits for one line, with random numbers and the time, before its first prompt: from
 * the file that $ENV names, so that nothing of this stays to be seen. Written to /dev/urandom the
 * numbers are in the kernel's pool at once and in its generator at the next reseeding, which is
 * due within half of the time since boot (drivers/char/random.c, crng_reseed_interval): seconds.
 * The clock is set behind the prompt's back: to start a program takes longer than all the rest.
 */
const waiting = [
  `echo 'rm $ENV;unset ENV;echo snapshot re""ady;read -s r t;echo $r>/dev/urandom'>/tmp/e`,
  `echo '(date -s @$t>/dev/null&);unset r t'>>/tmp/e`,
];

/** For guests whose prompt is that of the initrd's shell. */
export function shellSnapshot(console: string): SnapshotRecipe {
  // Xen's console takes 128 bytes at once (SERIAL_RX_SIZE), hence one command after the other.
  const typed = [...clearing, ...waiting].flatMap((line): GuestStep[] => [
    { console, send: `${line}\r` },
    { console, expect: prompt },
  ]);
  return {
    prepare: [
      ...typed,
      { console, send: 'ENV=/tmp/e exec sh -l\r' },
      { console, expect: 'snapshot ready' },
    ],
    hidePrompt: prompt,
    resume: [{ console, send: '{random} {time}\r' }],
  };
}
