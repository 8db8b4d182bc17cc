import { batch, computed, signal } from '@preact/signals';
import { parseAddress, printAddress } from '../machine/link/address.js';
import type { Catalogue, Guest, GuestStep } from '../machine/guest.js';
import type { Failure, Result } from '../engine/common/failure.js';
import {
  readTranslator,
  translatorPairs,
  type TranslatorSettings,
} from '../engine/common/translator.js';
import type { OwnFiles } from '../engine/common/own-files.js';
import type { StoredDisks } from '../engine/common/stored-disks.js';
import type { SnapshotSource } from '../engine/common/protocol.js';
import { isOver } from '../engine/common/run-state.js';
import { passMilestone } from '../engine/common/milestones.js';
import { nextTask } from '../engine/common/next-task.js';
import { takeEngineWorker } from './engine-worker.js';
import { Run } from '../engine/ui/run.js';
import { playSteps } from '../engine/ui/script.js';
import { catalogueUrl, engineUrl } from './addresses.js';
import { CATALOGUE_REFRESH_MS, fetchCatalogue } from './catalogue.js';
import { fetchOfCatalogue } from './early.js';
import { recordEvents } from './settings.js';
import { EVERYTHING, filterOf, recordingChoice } from './timeline/recording-choice.js';
import type { ConsoleTerminal } from './terminal.js';
import { withAttachments } from './attachments.js';
import { addTrouble, storage, troubles } from './storage.js';

/** What the address bar says: the gallery, a guest, or a machine in a link. */
export interface Route {
  guest: string | undefined;
  /** `#m1.…`: a machine. It wins over a guest and never starts by itself. */
  link?: string | undefined;
  /** Tells machines of links apart, where the page wrote the address itself. */
  key?: string | undefined;
  /** The link is this page's own: the history entry says so. */
  own?: boolean;
  /** False for `?boot=0`: show the guest, wait for the click. */
  boot: boolean;
  /** `?console=`: the console to show first. */
  console?: string | undefined;
  /** `?embed=1`: the page is inside another one. */
  embed?: boolean;
  /** True for `?boot=cold`: from reset, although there is a snapshot. */
  cold?: boolean;
  /** `?translator=` and its like: how hot guest code is run; undefined for the engine's defaults. */
  translator?: TranslatorSettings | undefined;
}

/** What the page keeps with an entry of the browser's history that it wrote itself. */
export interface OwnEntry {
  own: string;
  key: string;
}

function isOwn(state: unknown, hash: string): state is OwnEntry {
  return typeof state === 'object' && state !== null && 'own' in state && state.own === hash;
}

/** @param state of the history entry: a link that the page wrote itself is the visitor's own */
export function readRoute(search: string, hash: string, state: unknown): Route {
  const { guest, link, boot, cold, console, embed } = parseAddress(search, hash);
  const own = isOwn(state, hash);
  const { settings } = readTranslator(new URLSearchParams(search));
  return {
    guest: link === undefined ? (guest ?? unreadableGuest(search)) : undefined,
    link,
    ...(own ? { key: state.key } : {}),
    own,
    boot,
    cold: cold ?? false,
    console,
    embed,
    translator: translatorPairs(settings).length === 0 ? undefined : settings,
  };
}

/** A guest's name that can be none is still shown in the sentence that says so. */
function unreadableGuest(search: string): string | undefined {
  const guest = new URLSearchParams(search).get('guest');
  return guest === null || guest === '' ? undefined : guest;
}

export const route = signal<Route>({ guest: undefined, boot: true });
export const catalogue = signal<Result<Catalogue> | undefined>(undefined);
/** The one run of this tab, also after its end. */
export const run = signal<Run | undefined>(undefined);
/** The machine that the page shows, and the one that the run is of. */
export const shownKey = computed(() => keyOf(route.value));
export const runKey = signal<string | undefined>(undefined);
/** The run, when it is of the machine that the page shows. */
export const shownRun = computed(() =>
  runKey.value !== undefined && runKey.value === shownKey.value ? run.value : undefined,
);
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

/** Undefined for the gallery. */
export function keyOf({ guest, link, key }: Route): string | undefined {
  if (link !== undefined) return key ?? `link:${link}`;
  return guest === undefined ? undefined : `guest:${guest}`;
}

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
    const result = await fetchCatalogue(catalogueUrl, fetchOfCatalogue);
    // Reading it, opening the machine of the address and booting that: a task each.
    await nextTask();
    catalogue.value = result;
    await nextTask();
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
  void boot(entry.guest, { from: route.value.cold === true ? 'cold' : 'default' });
}

/** Says so when the address asks for a translator that there is not. */
function checkTranslator(): void {
  const [failure] = readTranslator(new URLSearchParams(location.search)).failures;
  if (failure !== undefined) notice.value = failure;
}

/** Goes to where the address bar points. */
export function openRoute(next: Route, mayBoot: boolean): void {
  route.value = next;
  checkTranslator();
  const shown = run.value !== undefined && runKey.value === keyOf(next);
  bootWanted = mayBoot && next.boot && next.guest !== undefined && !shown;
  bootFromRoute();
}

/** Shows the gallery, a guest or a machine, as a new entry of the browser's history. */
export function navigate(next: Route): void {
  // The choice of translator stays with the tab, as does being inside another page.
  const translator = next.translator ?? route.value.translator;
  const embed = route.value.embed ?? false;
  const address = addressOf({ ...next, translator, embed });
  const { link, own, key } = next;
  const state = link !== undefined && own === true && key !== undefined ? { own: link, key } : null;
  history.pushState(state, '', address);
  openRoute({ ...next, translator, embed }, true);
}

/** The address of a route, relative to the page. */
export function addressOf(next: Route): string {
  const text = printAddress({
    ...(next.guest === undefined ? {} : { guest: next.guest }),
    ...(next.link === undefined ? {} : { link: next.link }),
    ...(next.console === undefined ? {} : { console: next.console }),
    boot: next.guest === undefined ? true : next.boot,
    cold: next.guest !== undefined && next.cold === true,
    embed: next.embed ?? false,
  });
  const [query = '', ...fragment] = text.split('#');
  const parameters = new URLSearchParams(query);
  for (const [name, value] of translatorPairs(next.translator ?? {})) parameters.set(name, value);
  const trace = new URLSearchParams(location.search).get('trace');
  if (trace !== null) parameters.set('trace', trace);
  const search = parameters.toString();
  const hash = fragment.length === 0 ? '' : `#${fragment.join('#')}`;
  return `${location.pathname}${search === '' ? '' : `?${search}`}${hash}`;
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
  runKey.value = undefined;
}

/** `?trace=1` and `?trace=0` say it for this tab, else the visitor's choice holds. */
function wantsRecord(): boolean {
  const asked = new URLSearchParams(location.search).get('trace');
  return asked === null ? recordEvents.value : asked === '1';
}

/** Where a boot begins: `default` is the guest's own snapshot, if that fits, and else `cold`. */
export type Beginning = SnapshotSource | 'cold' | 'default';

/** What of a machine is the visitor's: with any of it, a guest's own snapshot does not fit. */
interface Brought {
  files: OwnFiles;
  disks: StoredDisks;
}

function snapshotOf(guest: Guest, brought: Brought, from: Beginning): SnapshotSource | undefined {
  if (from === 'cold') return undefined;
  if (from !== 'default') return from;
  const own = Object.keys(brought.files).length + Object.keys(brought.disks).length;
  // Who records events wants those from reset on.
  const isOriginal = guest.snapshot !== undefined && own === 0 && !wantsRecord();
  return isOriginal ? { kind: 'guest' } : undefined;
}

/** How a boot differs from a guest's own. */
export interface BootOptions {
  /** The visitor's own files in place of images. */
  files?: OwnFiles;
  /** Disks of the library in place of images. */
  stored?: StoredDisks;
  from?: Beginning;
  /** Whether events are recorded; left out, as the visitor has chosen. */
  record?: boolean;
  /** Whether it stands at its reset until it is resumed; with `from: 'cold'`. */
  halted?: boolean;
  /** Something to tell the visitor about this boot. */
  why?: Failure | undefined;
}

/** Goes up with each boot: one that was asked for later takes the place of those before. */
let boots = 0;

/**
 * Boots a guest, in place of whatever ran. In several tasks: ending, starting and showing a run are
 * together more than one may take.
 */
export async function boot(
  machine: Guest,
  {
    files = {},
    stored = {},
    from = 'default',
    record: asked,
    halted = false,
    why,
  }: BootOptions = {},
): Promise<void> {
  const record = asked ?? wantsRecord();
  // A lesson, or a boot to find out what happened, has use for everything.
  if (asked !== undefined) recordingChoice.value = EVERYTHING;
  const attached = withAttachments(machine);
  // What is attached in the panes has no part in a machine that goes on from a snapshot.
  const isGoingOn = typeof from !== 'string';
  const guest = isGoingOn ? machine : attached.guest;
  const ownFiles = isGoingOn ? files : { ...files, ...attached.ownFiles };
  const disks = isGoingOn ? stored : { ...stored, ...attached.disks };
  const turn = ++boots;
  await endRun();
  if (turn !== boots) return;
  batch(() => {
    bootedAt.value = undefined;
    notice.value = why;
    troubles.value = [];
    checkTranslator();
    const wanted = route.value.console;
    activeConsole.value = (guest.consoles.find(({ id }) => id === wanted) ?? guest.consoles[0])?.id;
  });
  const key = shownKey.value;
  const started: Run = new Run({
    guest,
    engineUrl,
    imageBase: catalogueUrl,
    ownFiles,
    disks,
    openStorage: () =>
      storage.startSession((trouble) => {
        addTrouble(trouble);
        notice.value = trouble.failure;
      }),
    translator: route.value.translator,
    record,
    traceFilter: filterOf(recordingChoice.value),
    halted,
    snapshot: snapshotOf(
      guest,
      { files: ownFiles, disks },
      // An attached part makes another machine of it.
      guest === machine || from !== 'default' ? from : 'cold',
    ),
    createWorker: takeEngineWorker,
    onChange: runChanged,
  });
  started.start();
  await nextTask();
  if (turn !== boots) {
    started.stop();
    return;
  }
  batch(() => {
    run.value = started;
    runKey.value = key;
  });
  const ended = new AbortController();
  void started.finished.then(() => ended.abort(new Error('The machine has ended.')));
  try {
    await playSteps(expectationsOf(started), started.consoles, ended.signal);
    if (run.value === started && guest.boot.length > 0) {
      bootedAt.value = performance.now();
      passMilestone('prompt');
    }
  } catch {
    // The run ended before its prompt: its own state says how.
    const refused = started.snapshotRefused;
    if (refused === undefined || run.value !== started) return;
    const remedy = 'The machine boots cold instead, from its reset.';
    await boot(guest, {
      files: ownFiles,
      stored: disks,
      from: 'cold',
      ...(asked === undefined ? {} : { record: asked }),
      why: { ...refused, remedy },
    });
  }
}

/** A restored machine has had typed what its boot types. */
function expectationsOf({ guest, snapshot }: Run): readonly GuestStep[] {
  if (snapshot === undefined) return guest.boot;
  return guest.boot.map(({ console, expect }) => ({ console, expect }));
}

/** Shows what came of a command, when it failed. */
export async function report(result: Promise<Result<unknown>>): Promise<void> {
  const answer = await result;
  notice.value = answer.ok ? undefined : answer.failure;
}

export function consoleTitle(of: Run, id: string): string {
  return of.guest.consoles.find((each) => each.id === id)?.title ?? 'QEMU monitor';
}
