import { computed, signal } from '@preact/signals';
import type { Catalogue, Guest } from '../machine/guest.js';
import type { Failure, Result } from '../engine/common/failure.js';
import { translators, type Translator } from '../engine/common/command-line.js';
import type { OwnFiles } from '../engine/common/own-files.js';
import { isOver } from '../engine/common/run-state.js';
import { Run } from '../engine/ui/run.js';
import { playSteps } from '../engine/ui/script.js';
import { CATALOGUE_REFRESH_MS, fetchCatalogue } from './catalogue.js';
import { recordEvents } from './settings.js';
import type { ConsoleTerminal } from './terminal.js';
import { warmTerminal } from './warm-terminal.js';

/** What the address bar says: the gallery, or a guest. */
export interface Route {
  guest: string | undefined;
  /** False for `?boot=0`: show the guest, wait for the click. */
  boot: boolean;
  /** `?translator=`: how hot guest code is run; undefined for the engine's default. */
  translator?: Translator | undefined;
}

export function readRoute(search: string): Route {
  const parameters = new URLSearchParams(search);
  return {
    guest: parameters.get('guest') ?? undefined,
    boot: parameters.get('boot') !== '0',
    translator: translators.find((each) => each === parameters.get('translator')),
  };
}

const catalogueUrl = new URL('guests/index.json', document.baseURI).href;
const engineUrl = new URL('engine/', document.baseURI).href;

export const route = signal<Route>({ guest: undefined, boot: true });
export const catalogue = signal<Result<Catalogue> | undefined>(undefined);
/** The one run of this tab, also after its end. */
export const run = signal<Run | undefined>(undefined);
/** Goes up whenever the run has changed: what shows a run reads this. */
export const runVersion = signal(0);
/** `performance.now()` when the guest reached its prompt. */
export const bootedAt = signal<number | undefined>(undefined);
/** Something to tell the visitor that is not the end of the run. */
export const notice = signal<Failure | undefined>(undefined);
/** The terminals of the run by console. */
export const terminals = signal<ReadonlyMap<string, ConsoleTerminal>>(new Map());
/** The console that typing goes to. */
export const activeConsole = signal<string | undefined>(undefined);

export const guestOfRoute = computed(() => {
  const id = route.value.guest;
  if (id === undefined || !catalogue.value?.ok) return undefined;
  return catalogue.value.value.guests.find(
    (entry) => (entry.state === 'ready' ? entry.guest.id : entry.id) === id,
  );
});

let changePending = false;
/** Shows a run's changes once a frame at most; a hidden page has no frames, hence the timer. */
function runChanged(): void {
  if (changePending) return;
  changePending = true;
  setTimeout(() => {
    changePending = false;
    runVersion.value++;
  }, 16);
}

/** Reads the catalogue, and again until nothing more will come. */
export async function watchCatalogue(): Promise<void> {
  for (;;) {
    const result = await fetchCatalogue(catalogueUrl);
    catalogue.value = result;
    bootFromRoute();
    if (result.ok && result.value.complete) return;
    await new Promise((resolve) => setTimeout(resolve, CATALOGUE_REFRESH_MS));
  }
}

/** The guest of the address is booted once, when the address asks for that and it is ready. */
let bootWanted = false;
function bootFromRoute(): void {
  const entry = guestOfRoute.value;
  if (!bootWanted || entry?.state !== 'ready') return;
  bootWanted = false;
  void boot(entry.guest);
}

/** Says so when the address asks for a translator that there is not. */
function checkTranslator(): void {
  const asked = new URLSearchParams(location.search).get('translator');
  if (asked === null || translators.some((each) => each === asked)) return;
  notice.value = {
    what: `There is no translator “${asked}”; the engine's default is used.`,
    input: `?translator=${asked}`,
    remedy: `Put one of ${translators.join(', ')} into the address.`,
  };
}

/** Goes to where the address bar points. */
export function openRoute(next: Route, mayBoot: boolean): void {
  route.value = next;
  checkTranslator();
  const current = run.value;
  const shown = current !== undefined && current.guest.id === next.guest;
  bootWanted = mayBoot && next.boot && next.guest !== undefined && !shown;
  bootFromRoute();
}

/** Shows the gallery or a guest, as a new entry of the browser's history. */
export function navigate(next: Route): void {
  const url = new URL(location.href);
  const trace = url.searchParams.get('trace');
  url.search = '';
  if (next.guest !== undefined) url.searchParams.set('guest', next.guest);
  if (next.guest !== undefined && !next.boot) url.searchParams.set('boot', '0');
  // The choice of translator stays with the tab.
  const translator = next.translator ?? route.value.translator;
  if (translator !== undefined) url.searchParams.set('translator', translator);
  if (trace !== null) url.searchParams.set('trace', trace);
  history.pushState(null, '', url);
  openRoute({ ...next, translator }, true);
}

/** Lets go of the run and its terminals; a live one is ended first. */
async function endRun(): Promise<void> {
  const current = run.value;
  if (current === undefined) return;
  if (!isOver(current.state)) {
    current.stop();
    if (current.state.name !== 'idle') await current.finished;
  }
  for (const terminal of terminals.value.values()) terminal.dispose();
  terminals.value = new Map();
  run.value = undefined;
}

/** `?trace=1` and `?trace=0` say it for this tab, else the visitor's choice holds. */
function wantsRecord(): boolean {
  const asked = new URLSearchParams(location.search).get('trace');
  return asked === null ? recordEvents.value : asked === '1';
}

/** Boots a guest, in place of whatever ran, with the visitor's own files for some images. */
export async function boot(guest: Guest, ownFiles: OwnFiles = {}): Promise<void> {
  await Promise.all([endRun(), warmTerminal(document.body)]);
  bootedAt.value = undefined;
  notice.value = undefined;
  checkTranslator();
  activeConsole.value = guest.consoles[0]?.id;
  const started: Run = new Run({
    guest,
    engineUrl,
    imageBase: catalogueUrl,
    ownFiles,
    translator: route.value.translator,
    record: wantsRecord(),
    createWorker: () =>
      new Worker(new URL('../engine/worker/index.ts', import.meta.url), {
        type: 'module',
        name: 'engine',
      }),
    onChange: runChanged,
  });
  run.value = started;
  started.start();
  const ended = new AbortController();
  void started.finished.then(() => ended.abort(new Error('The machine has ended.')));
  try {
    await playSteps(guest.boot, started.consoles, ended.signal);
    if (run.value === started) bootedAt.value = performance.now();
  } catch {
    // The run ended before its prompt: its own state says how.
  }
}

/** Shows what came of a command, when it failed. */
export async function report(result: Promise<Result<unknown>>): Promise<void> {
  const answer = await result;
  notice.value = answer.ok ? undefined : answer.failure;
}

/** The run whose terminals are made, or being made. */
let terminalsOf: Run | undefined;

/**
 * Makes the terminals of a run, once; xterm.js is fetched with the first of them. One terminal a
 * task: each takes some 20 ms, and a run has up to five.
 */
export async function openTerminals(of: Run, isDark: boolean): Promise<void> {
  if (terminalsOf === of) return;
  terminalsOf = of;
  const { ConsoleTerminal } = await import('./terminal.js');
  const made = new Map<string, ConsoleTerminal>();
  for (const console of of.consoles.values()) {
    await new Promise((nextTask) => setTimeout(nextTask));
    if (run.value !== of) {
      for (const terminal of made.values()) terminal.dispose();
      return;
    }
    made.set(console.id, new ConsoleTerminal(console, consoleTitle(of, console.id), isDark));
  }
  terminals.value = made;
}

export function consoleTitle(of: Run, id: string): string {
  return of.guest.consoles.find((each) => each.id === id)?.title ?? 'QEMU monitor';
}
