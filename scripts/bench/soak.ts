/**
 * Hours of running: a guest whose shell works without end on ever new code, and what the tab's memory
 * and the translator's counters do meanwhile.
 *
 *   npx tsx scripts/bench/soak.ts [MINUTES] [ADDRESS PARAMETERS]
 *
 * Needs what `npm start -- --set-up-only` has built. One line a minute; it judges nothing.
 */
import { fileURLToPath } from 'node:url';
import { publicFolder, readCatalogue } from '../native/catalogue';
import { guestUrl } from './arguments';
import { loadGuest, loadSeconds, loadSteps, type ShellLoad } from './loads';
import { chooseGuests } from './main';
import { servePage } from './page-server';
import { TabMachine } from './tab';

const [minutes = '60', query] = process.argv.slice(2);
if (!(Number(minutes) > 0)) throw new Error(`“${minutes}” is no number of minutes.`);
const say = (line: string) => process.stdout.write(`${line}\n`);

/**
 * A copy of the shell lies in other pages than the one before, so that its code is new to QEMU; then
 * what it does is what shells do.
 */
function work(round: number): ShellLoad {
  const copy = `/tmp/busybox-${round % 7}`;
  const steps = [
    `cp /bin/busybox ${copy}`,
    `${copy} sh -c 'i=0; while [ $i -lt 2000 ]; do i=$((i+1)); done'`,
    `head -c 300000 /dev/urandom | ${copy} gzip | ${copy} gunzip | ${copy} md5sum >/dev/null`,
    `${copy} find /sys/class /proc/self | ${copy} sort | ${copy} wc -l >/dev/null`,
    `rm ${copy}`,
    `echo ${round}`,
  ];
  return {
    name: 'soak',
    title: `round ${round}`,
    command: `$(${steps.join(' && ')})`,
    result: `${round}`,
  };
}

/** What the monitor's `info jit` says of interest. */
function counters(text: string): string {
  const wanted = [
    /TB count +.*/,
    /TB flush count +\d+/,
    /TB invalidate count +\d+/,
    /modules \d+, functions \d+, TBs \d+/,
    /wasm \d+ KiB/,
    /longest [\d.]+ ms/,
    /flushes \d+ \(.*\)/,
  ];
  return wanted.flatMap((each) => each.exec(text)?.[0].replace(/ +/g, ' ') ?? []).join(', ');
}

const abort = new AbortController();
process.on('SIGINT', () => abort.abort(new Error('Interrupted.')));
const { signal } = abort;
const built = publicFolder(fileURLToPath(new URL('../..', import.meta.url)));
const [guest] = chooseGuests(readCatalogue(built), [loadGuest]).guests;
const shell = guest?.boot.at(-1)?.console;
if (guest === undefined || shell === undefined) throw new Error(`${loadGuest} has not been built.`);
const server = await servePage(built);
const machine = await TabMachine.open(signal);
try {
  await machine.boot(guestUrl(server.url, guest.id, query), guest);
  const start = performance.now();
  const elapsed = () => (performance.now() - start) / 60_000;
  let told = -1;
  for (let round = 1; elapsed() < Number(minutes); round++) {
    const seconds = loadSeconds(await machine.follow(loadSteps(work(round), shell)));
    if (Math.floor(elapsed()) === told) continue;
    told = Math.floor(elapsed());
    const memory = await machine.memoryMiB();
    say(
      `${told} min, round ${round} in ${seconds.toFixed(1)} s, tab ${memory.toFixed(0)} MiB; ` +
        counters(await machine.monitor('info jit')),
    );
  }
} finally {
  await machine.close();
  await server.close();
}
