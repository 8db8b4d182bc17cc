import { mkdirSync, writeFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { milestoneOf, type Milestone } from '../../../src/engine/common/milestones';
import type { Guest } from '../../../src/machine/guest';
import { publicFolder, readCatalogue } from '../../native/catalogue';
import { guestUrl } from '../arguments';
import { chooseGuests } from '../main';
import { servePage, type PageServer } from '../page-server';
import { TabMachine } from '../tab';
import { help, readArguments, type Mode, type StartUpArguments } from './arguments';
import { runLines, summaryLines, type StartUpRun } from './report';
import { mainThreadTasks, type Trace } from './trace';

const repo = fileURLToPath(new URL('../../..', import.meta.url)).replace(/\/$/, '');
const say = (line: string) => process.stdout.write(`${line}\n`);

interface Opening {
  /** How the page is called in the report; empty when there is one. */
  page: string;
  server: PageServer;
  guest: Guest;
  mode: Mode;
}

/** Opens a guest in a browser of its own, and reads what the page and the browser noted. */
async function open(
  { page, server, guest, mode }: Opening,
  { trace, tasksMs }: StartUpArguments,
  round: number,
  signal: AbortSignal,
): Promise<StartUpRun> {
  const from = mode === 'cold' ? 'reset' : 'snapshot';
  const query = mode === 'button' ? 'boot=0' : undefined;
  const url = guestUrl(server.url, guest.id, query, from);
  const machine = await TabMachine.open(signal);
  try {
    if (mode === 'warm') {
      await machine.boot(url, guest);
      await machine.leave();
    }
    if (trace !== undefined) await machine.startTracing();
    const asked = mode === 'button' ? await machine.pressBoot(url, guest) : 0;
    const prompt =
      1000 * (await (mode === 'button' ? machine.untilPrompt(guest) : machine.boot(url, guest)));
    const isOfBoot = ({ start }: { start: number }): boolean => start >= asked && start < prompt;
    const passed: Partial<Record<Milestone, number>> = {};
    const marks = await machine.marks();
    for (const [name, time] of marks) {
      const milestone = milestoneOf(name);
      if (milestone !== undefined) passed[milestone] = time;
    }
    const longTasks = (await machine.longTasks()).filter(isOfBoot);
    let traced: StartUpRun['traced'];
    if (trace !== undefined) {
      const text = await machine.stopTracing();
      const name = [page, guest.id, mode, String(round)].filter((part) => part !== '').join('-');
      writeFileSync(join(trace, `${name}.json`), text);
      traced = mainThreadTasks(JSON.parse(text) as Trace, tasksMs).filter(isOfBoot);
    }
    const firstPaint = marks.get('first-paint');
    return { page, guest: guest.id, mode, asked, prompt, firstPaint, passed, longTasks, traced };
  } finally {
    await machine.close();
  }
}

/** What is measured in each round, the pages in turns. */
function openings(
  servers: readonly { page: string; server: PageServer }[],
  guests: readonly Guest[],
  wanted: StartUpArguments,
): Opening[] {
  return guests.flatMap((guest) =>
    wanted.modes
      .filter((mode) => ['cold', 'button'].includes(mode) || guest.snapshot !== undefined)
      .flatMap((mode) => servers.map((each) => ({ ...each, guest, mode }))),
  );
}

/** @returns the exit code: 1 when a guest could not be opened */
async function run(wanted: StartUpArguments, signal: AbortSignal): Promise<number> {
  const built = publicFolder(repo);
  const { guests, missing } = chooseGuests(readCatalogue(built), wanted.guests);
  const failures = [...missing];
  if (wanted.trace !== undefined) mkdirSync(wanted.trace, { recursive: true });
  const servers: { page: string; server: PageServer }[] = [];
  const runs: StartUpRun[] = [];
  try {
    const pages = wanted.pages.length === 0 ? [undefined] : wanted.pages;
    for (const page of pages) {
      const name = page === undefined || pages.length === 1 ? '' : basename(resolve(page));
      servers.push({ page: name, server: await servePage(built, page) });
    }
    for (let round = 1; round <= wanted.rounds; round++) {
      const order = openings(round % 2 === 1 ? servers : [...servers].reverse(), guests, wanted);
      for (const opening of order) {
        try {
          const measured = await open(opening, wanted, round, signal);
          runs.push(measured);
          say(runLines(measured).join('\n'));
        } catch (error) {
          signal.throwIfAborted();
          failures.push(`${opening.guest.id}, ${opening.mode}: ${(error as Error).message}`);
        }
      }
    }
  } finally {
    for (const { server } of servers) await server.close();
  }
  say(`\n${summaryLines(runs).join('\n')}`);
  for (const failure of failures) say(failure);
  return failures.length === 0 ? 0 : 1;
}

const stop = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => stop.abort(new Error(`stopped by ${signal}`)));
}
try {
  const wanted = readArguments(process.argv.slice(2));
  if (wanted.help) say(help);
  else process.exitCode = await run(wanted, stop.signal);
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n`);
  process.exitCode = 1;
}
