import { join } from 'node:path';
import type { Guest } from '../../src/machine/guest';
import { NativeMachine } from '../native/machine';
import type { Rootfs } from '../setup/rootfs';
import { guestUrl } from './arguments';
import { echoGuest, loadGuest, loadSeconds, loadSteps, shellLoads } from './loads';
import { addMips, mipsGuest, readMips } from './mips';
import type { PageServer } from './page-server';
import type { BenchResults, GuestResults, LoadResults } from './results';
import { parallelLoad, vcpuCounts, withVcpus } from './smp';
import { TabMachine } from './tab';

const nativePatienceSeconds = 300;
/** Key presses that are timed in each round. */
const presses = 64;

export interface Bench {
  rootfs: Rootfs;
  server: PageServer;
  /** The folder with `engine` and `guests`. */
  built: string;
  rounds: number;
  query: string | undefined;
  /** Whether to measure with several vCPUs too. */
  smp: boolean;
  signal: AbortSignal;
  say: (line: string) => void;
}

/** The console whose shell a guest's boot ends at. */
function shellOf(guest: Guest): string {
  const console = guest.boot.at(-1)?.console;
  if (console === undefined) throw new Error(`Guest ${guest.id} has no step that ends its boot.`);
  return console;
}

async function native(bench: Bench, guest: Guest, into: GuestResults, results: BenchResults) {
  const { rootfs, built, signal, say } = bench;
  const guests = join(built, 'guests');
  const machine = await NativeMachine.start({ guest, guests, rootfs, signal });
  try {
    const seconds = (await machine.follow(guest.boot, nativePatienceSeconds)).at(-1) ?? 0;
    if (guest.id === mipsGuest) {
      const text = machine.consoles.get(shellOf(guest))?.log.text() ?? '';
      addMips(results.mips, 'native', readMips(text));
      say('  native: rates measured');
      return;
    }
    into.boot.native.push(seconds);
    say(`  native: prompt after ${seconds.toFixed(2)} s`);
    if (guest.id !== loadGuest) return;
    for (const load of shellLoads) {
      const met = await machine.follow(loadSteps(load, shellOf(guest)), nativePatienceSeconds);
      results.loads.find(({ name }) => name === load.name)?.times.native.push(loadSeconds(met));
      say(`  native: ${load.title} in ${loadSeconds(met).toFixed(2)} s`);
    }
  } finally {
    await machine.close();
  }
}

async function tab(bench: Bench, guest: Guest, into: GuestResults, results: BenchResults) {
  const { server, query, signal, say } = bench;
  const machine = await TabMachine.open(signal);
  results.versions.chromium = machine.version;
  try {
    const sent = server.sentBytes();
    const seconds = await machine.boot(guestUrl(server.url, guest.id, query), guest);
    if (guest.id === mipsGuest) {
      addMips(results.mips, 'tab', readMips(await machine.text(shellOf(guest))));
      say('  tab: rates measured');
      return;
    }
    into.boot.tab.push(seconds);
    into.firstVisitBytes.push(server.sentBytes() - sent);
    const memory = await machine.memoryMiB();
    const task = await machine.longestTaskMs();
    results.longestTaskMs.push(task);
    // A guest that ends by itself has given its memory back by now.
    if (guest.exits === undefined) into.memoryMiB.push(memory);
    say(`  tab: prompt after ${seconds.toFixed(2)} s, longest task ${task.toFixed(0)} ms`);
    if (guest.id === echoGuest) {
      results.echoMs.push(...(await machine.echoes(shellOf(guest), presses)));
    }
    if (guest.id !== loadGuest) return;
    for (const load of shellLoads) {
      const met = await machine.follow(loadSteps(load, shellOf(guest)));
      results.loads.find(({ name }) => name === load.name)?.times.tab.push(loadSeconds(met));
      say(`  tab: ${load.title} in ${loadSeconds(met).toFixed(2)} s`);
    }
  } finally {
    await machine.close();
  }
}

/** The load on every vCPU at once, in native QEMU and in the tab. */
async function measureVcpus(bench: Bench, guest: Guest, count: number, into: LoadResults) {
  const { rootfs, server, built, query, signal, say } = bench;
  const changed = withVcpus(guest, count);
  const steps = loadSteps(parallelLoad(count), shellOf(guest));
  const guests = join(built, 'guests');
  const machine = await NativeMachine.start({ guest: changed, guests, rootfs, signal });
  try {
    await machine.follow(changed.boot, nativePatienceSeconds);
    into.times.native.push(loadSeconds(await machine.follow(steps, nativePatienceSeconds)));
  } finally {
    await machine.close();
  }
  const tabMachine = await TabMachine.open(signal);
  try {
    const url = `${guestUrl(server.url, guest.id, query)}&boot=0`;
    await tabMachine.bootOther(url, changed);
    into.times.tab.push(loadSeconds(await tabMachine.follow(steps)));
  } finally {
    await tabMachine.close();
  }
  const [native, tabs] = [into.times.native.at(-1), into.times.tab.at(-1)];
  say(`  ${into.title}: native ${native?.toFixed(2)} s, tab ${tabs?.toFixed(2)} s`);
}

/** The guest by its snapshot: in a browser that has nothing, then again in the same one. */
async function openSnapshot(bench: Bench, guest: Guest, { snapshotOpen }: GuestResults) {
  if (snapshotOpen === undefined) return;
  const { server, query, signal, say } = bench;
  const machine = await TabMachine.open(signal);
  try {
    const url = guestUrl(server.url, guest.id, query, 'snapshot');
    const cold = await machine.boot(url, guest);
    snapshotOpen.cold.push(cold);
    // A tab that is opened again, not a page that is reloaded beside a machine that still ends.
    await machine.leave();
    const warm = await machine.boot(url, guest);
    snapshotOpen.warm.push(warm);
    say(`  by snapshot: prompt after ${cold.toFixed(2)} s, again after ${warm.toFixed(2)} s`);
  } finally {
    await machine.close();
  }
}

/**
 * Runs the rounds, native and tab in turn, the one that goes first changing from round to round;
 * fills `results`. What fails is noted there, and nothing else stops for it.
 *
 * @throws the signal's reason when stopped
 */
export async function runRounds(
  bench: Bench,
  guests: readonly Guest[],
  results: BenchResults,
): Promise<void> {
  results.guests = guests.map(({ id, snapshot }) => ({
    id,
    boot: { native: [], tab: [] },
    snapshotOpen:
      snapshot === undefined ? undefined : { cold: [], warm: [], bytes: snapshot.wireBytes },
    memoryMiB: [],
    firstVisitBytes: [],
  }));
  if (guests.some(({ id }) => id === loadGuest)) {
    results.loads = shellLoads.map(({ name, title }) => ({
      name,
      title,
      guest: loadGuest,
      times: { native: [], tab: [] },
    }));
  }
  const smpGuest = bench.smp ? guests.find(({ id }) => id === loadGuest) : undefined;
  if (smpGuest !== undefined) {
    results.smp = vcpuCounts.map((count) => {
      const { name, title } = parallelLoad(count);
      return { name, title, guest: loadGuest, times: { native: [], tab: [] } };
    });
  }
  const sides = [
    { name: 'native', measure: native },
    { name: 'tab', measure: tab },
    { name: 'snapshot', measure: openSnapshot },
  ];
  for (let round = 1; round <= bench.rounds; round++) {
    const order = round % 2 === 1 ? sides : [...sides].reverse();
    for (const [index, guest] of guests.entries()) {
      bench.say(
        `Round ${round} of ${bench.rounds}, ${guest.id} (${index + 1} of ${guests.length})`,
      );
      for (const { name, measure } of order) {
        const into = results.guests[index];
        if (into === undefined) continue;
        try {
          await measure(bench, guest, into, results);
        } catch (error) {
          bench.signal.throwIfAborted();
          const failure = `${guest.id}, ${name}, round ${round}: ${(error as Error).message}`;
          results.failures.push(failure);
          bench.say(`  ${failure}`);
        }
      }
    }
    for (const [index, count] of vcpuCounts.entries()) {
      const into = results.smp[index];
      if (smpGuest === undefined || into === undefined) break;
      try {
        await measureVcpus(bench, smpGuest, count, into);
      } catch (error) {
        bench.signal.throwIfAborted();
        const failure = `${into.title}, round ${round}: ${(error as Error).message}`;
        results.failures.push(failure);
        bench.say(`  ${failure}`);
      }
    }
  }
}
