import { writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Guest } from '../../src/machine/guest';
import { publicFolder, readCatalogue } from '../native/catalogue';
import { nativeChroot } from '../native/chroot';
import { NativeMachine } from '../native/machine';
import type { Rootfs } from '../setup/rootfs';

/**
 * Boots built-in guests in the chroot's native QEMU, runs their boot and check steps, and
 * prints how long each took: `npx tsx scripts/guests/check-native.ts [--show] [ID…]`.
 */
const repo = fileURLToPath(new URL('../..', import.meta.url));
const built = publicFolder(repo);

interface Outcome {
  id: string;
  bootSeconds?: number;
  totalSeconds?: number;
  error?: string;
}

async function check(guest: Guest, rootfs: Rootfs, show: boolean): Promise<Outcome> {
  const signal = new AbortController().signal;
  const guests = join(built, 'guests');
  const machine = await NativeMachine.start({ guest, guests, rootfs, signal });
  const outcome: Outcome = { id: guest.id };
  try {
    await machine.follow(guest.boot);
    outcome.bootSeconds = machine.seconds();
    await machine.follow(guest.check);
    if (guest.exits !== undefined) {
      const failure = await machine.ended;
      if (failure !== undefined) throw failure;
    }
    outcome.totalSeconds = machine.seconds();
  } catch (error) {
    outcome.error = (error as Error).message;
  } finally {
    await machine.close();
  }
  if (show) {
    for (const [id, { log }] of machine.consoles) {
      writeFileSync(
        join(tmpdir(), `${guest.id}-${id}.txt`),
        log.raw(0, Number.MAX_SAFE_INTEGER).bytes,
      );
      process.stdout.write(`--- ${guest.id} ${id}\n${log.text()}\n`);
    }
  }
  return outcome;
}

const wanted = process.argv.slice(2).filter((argument) => argument !== '--show');
const show = process.argv.includes('--show');
const rootfs = await nativeChroot(repo, new AbortController().signal);
const shown = (seconds: number | undefined) =>
  (seconds === undefined ? '-' : `${seconds.toFixed(2)} s`).padStart(9);
let failures = 0;
for (const entry of readCatalogue(built).guests) {
  const id = entry.state === 'ready' ? entry.guest.id : entry.id;
  if (wanted.length > 0 && !wanted.includes(id)) continue;
  const outcome: Outcome =
    entry.state === 'ready'
      ? await check(entry.guest, rootfs, show)
      : { id, error: `it is ${entry.state}: ${entry.error ?? ''}` };
  if (outcome.error !== undefined) failures += 1;
  process.stdout.write(
    `${id.padEnd(16)} boot ${shown(outcome.bootSeconds)}   checked ${shown(outcome.totalSeconds)}\n`,
  );
  if (outcome.error !== undefined) process.stdout.write(`${outcome.error}\n`);
}
process.exitCode = failures === 0 ? 0 : 1;
