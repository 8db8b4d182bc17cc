import { accessSync, constants, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { Catalogue, Guest } from '../../src/machine/guest';
import { publicFolder, readCatalogue } from '../native/catalogue';
import { nativeChroot } from '../native/chroot';
import { ensureBrowsers } from '../setup/browsers';
import { cacheFolder } from '../setup/cache';
import type { Rootfs } from '../setup/rootfs';
import { setUp } from '../setup/setup';
import { help, readArguments } from './arguments';
import { newestBuild } from './build-log';
import { measureDisk } from './disk';
import { engineFacts } from './engine-size';
import { toJson } from './json';
import { load, machineFacts } from './machine-facts';
import { mipsGuest } from './mips';
import { servePage } from './page-server';
import { reportLines } from './report';
import type { BenchResults } from './results';
import { runRounds } from './rounds';

export interface BenchOptions {
  repo: string;
  args: readonly string[];
  signal: AbortSignal;
  say: (line: string) => void;
}

/** The guests to measure, and a line about each that is wanted but was not built. */
export function chooseGuests(
  catalogue: Catalogue,
  wanted: readonly string[] | undefined,
): { guests: Guest[]; missing: string[] } {
  const entries = catalogue.guests.map((entry) => ({
    id: entry.state === 'ready' ? entry.guest.id : entry.id,
    entry,
  }));
  const unknown = wanted?.filter((id) => !entries.some((each) => each.id === id)) ?? [];
  if (unknown.length > 0) {
    const known = entries.map(({ id }) => id).join(', ');
    throw new Error(`The catalogue has no guest ${unknown.join(', ')}. It has ${known || 'none'}.`);
  }
  // Of the instruments, only the speedometer is of use here.
  const belongs = ({ entry }: (typeof entries)[number]) =>
    entry.state !== 'ready' || entry.guest.instrument !== true || entry.guest.id === mipsGuest;
  const chosen = entries.filter((each) =>
    wanted === undefined ? belongs(each) : wanted.includes(each.id),
  );
  return {
    guests: chosen.flatMap(({ entry }) => (entry.state === 'ready' ? [entry.guest] : [])),
    missing: chosen.flatMap(({ id, entry }) =>
      entry.state === 'ready' ? [] : [`${id}: it is ${entry.state}. ${entry.error ?? ''}`.trim()],
    ),
  };
}

async function prepare({ repo, signal, say }: BenchOptions): Promise<void> {
  const results = await setUp({ repo, signal, say });
  const engine = results.find(({ name }) => name === 'engine');
  if (engine?.error !== undefined) {
    throw new Error(
      `The engine was not built, so there is nothing to measure: ${engine.error.message}`,
    );
  }
}

/** QEMU's own version and Debian's, such as `10.0.2 (Debian 1:10.0.2+ds-2)`. */
async function nativeVersion(rootfs: Rootfs, signal: AbortSignal): Promise<string> {
  const text = await rootfs.run(['qemu-system-aarch64', '--version'], { signal });
  return /version (.+)/.exec(text)?.[1] ?? 'of no known version';
}

/**
 * `npm run bench`: sets up, measures, prints the table.
 *
 * @returns the exit code: 1 when something could not be measured
 */
export async function runBench(options: BenchOptions): Promise<number> {
  const { repo, signal, say } = options;
  const wanted = readArguments(options.args);
  if (wanted.help) {
    say(help);
    return 0;
  }
  const json = wanted.json === undefined ? undefined : resolve(wanted.json);
  // Better to learn it now than when everything is measured.
  if (json !== undefined) accessSync(dirname(json), constants.W_OK);
  if (wanted.setUp) await prepare(options);
  await ensureBrowsers(say, signal, ['chromium']);
  const built = publicFolder(repo);
  const { guests, missing } = chooseGuests(readCatalogue(built), wanted.guests);
  const rootfs = await nativeChroot(repo, signal);
  const nativeQemu = await nativeVersion(rootfs, signal);
  say('Compressing the engine, building the page …');
  const engine = await engineFacts(built);
  const server = await servePage(built);
  const logs = join(cacheFolder(), 'logs');
  const fullBuildSeconds = newestBuild(logs, 'all');
  const incrementalBuildSeconds = newestBuild(logs, 'QEMU alone');
  const before = load();
  const results: BenchResults = {
    set: wanted.set,
    rounds: wanted.rounds,
    ...(wanted.query === undefined ? {} : { query: wanted.query }),
    machine: machineFacts(),
    load: { before, after: before },
    versions: { nativeQemu, engineQemu: engine.qemuVersion },
    engine,
    guests: [],
    loads: [],
    mips: {},
    echoMs: [],
    longestTaskMs: [],
    smp: [],
    ...(fullBuildSeconds === undefined ? {} : { fullBuildSeconds }),
    ...(incrementalBuildSeconds === undefined ? {} : { incrementalBuildSeconds }),
    failures: missing,
  };
  try {
    const { rounds, query } = wanted;
    const smp = wanted.set === 'full';
    await runRounds({ rootfs, server, built, rounds, query, smp, signal, say }, guests, results);
  } finally {
    await server.close();
  }
  say('Disks …');
  try {
    results.disk = await measureDisk();
  } catch (error) {
    results.failures.push(`disk: ${(error as Error).message}`);
  }
  results.load.after = load();
  say(`\n${reportLines(results).join('\n')}`);
  if (json !== undefined) writeFileSync(json, `${JSON.stringify(toJson(results), null, 2)}\n`);
  return results.failures.length === 0 ? 0 : 1;
}
