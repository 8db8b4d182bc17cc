import { effect, signal } from '@preact/signals';
import { SnapshotStore, type KeptSnapshot } from '../../snapshots/store.js';
import { isLive } from '../../engine/common/run-state.js';
import type { Failure } from '../../engine/common/failure.js';
import { fromKeptGuest, guestFingerprint } from '../../machine/from-guest.js';
import { toLink } from '../../machine/link/encode.js';
import { boot, catalogue, navigate, run, runVersion, type Route } from '../session.js';
import { readImport } from './import.js';

/** What this browser keeps, the newest first; undefined until it was read. */
export const kept = signal<readonly KeptSnapshot[] | undefined>(undefined);
/** What is being done, as a sentence. */
export const busy = signal<string | undefined>(undefined);
export const failure = signal<Failure | undefined>(undefined);
/** The machine is kept whenever the page goes out of sight, so that it can go on later. */
export const keepsAway = signal(false);

const REFUSED = 'Private windows and some settings forbid storage: use an ordinary window.';

/** Opens the store for one piece of work; what goes wrong is shown. */
async function withStore<T>(
  what: string,
  work: (store: SnapshotStore) => Promise<T>,
): Promise<T | undefined> {
  try {
    const store = await SnapshotStore.open();
    try {
      return await work(store);
    } finally {
      store.close();
    }
  } catch (error) {
    const isQuota = error instanceof DOMException && error.name === 'QuotaExceededError';
    failure.value = {
      what,
      remedy: isQuota ? 'Delete other snapshots, or free space on this computer.' : REFUSED,
      detail: String(error),
    };
    return undefined;
  }
}

/** Reads the list anew. */
export async function refresh(): Promise<void> {
  const list = await withStore('The list of snapshots could not be read.', (store) => store.list());
  kept.value = list ?? [];
}

/** A name nobody has to think of. */
export function defaultName(): string {
  const title = run.value?.guest.title ?? 'Machine';
  const now = new Date();
  const two = (value: number): string => String(value).padStart(2, '0');
  return `${title}, ${two(now.getHours())}:${two(now.getMinutes())}`;
}

/** Takes a snapshot of the machine that runs. */
export async function take(name: string, automatic = false): Promise<void> {
  const current = run.value;
  if (current === undefined || busy.value !== undefined) return;
  const stored = Object.values(current.disks).map((disk) => `“${disk.title}”`);
  if (stored.length > 0) {
    // Nobody asked for it just now, and the page is out of sight: there is nobody to tell.
    if (automatic) return;
    failure.value = {
      what: `A snapshot does not hold disks of the library: ${stored.join(', ')}.`,
      input: current.guest.title,
      remedy: 'Boot without them to keep a snapshot. Their content is kept by the library itself.',
    };
    return;
  }
  busy.value = `Keeping “${name}”…`;
  failure.value = undefined;
  try {
    const result = await current.takeSnapshot({ name, automatic });
    if (!result.ok) failure.value = result.failure;
    await refresh();
  } finally {
    busy.value = undefined;
  }
}

/** Where a snapshot's machine is shown: a built-in guest as such, any other as a link of its own. */
function routeOf({ id, guest }: KeptSnapshot): Route {
  const entries = catalogue.value?.ok === true ? catalogue.value.value.guests : [];
  const guests = entries.flatMap((entry) => (entry.state === 'ready' ? [entry.guest] : []));
  const builtIn = guests.find((each) => each.id === guest.id);
  if (builtIn !== undefined && guestFingerprint(builtIn) === guestFingerprint(guest)) {
    return { guest: guest.id, boot: false };
  }
  const link = toLink(fromKeptGuest(guest, guests), (name) =>
    guests.find((each) => each.id === name),
  );
  return { guest: undefined, link, key: `snapshot:${id}`, own: true, boot: false };
}

/** Goes on from a snapshot, in place of whatever runs. */
export async function open(about: KeptSnapshot): Promise<void> {
  failure.value = undefined;
  const file = await withStore(`“${about.name}” could not be read.`, (store) =>
    store.file(about.id),
  );
  if (file === undefined) {
    failure.value ??= {
      what: `This browser does not keep “${about.name}” any more.`,
      remedy: 'Another tab may have deleted it.',
    };
    await refresh();
    return;
  }
  navigate(routeOf(about));
  await boot(about.guest, { from: { kind: 'kept', name: about.name, file } });
}

export async function remove({ id, name }: KeptSnapshot): Promise<void> {
  await withStore(`“${name}” could not be deleted.`, (store) => store.remove(id));
  await refresh();
}

export async function rename({ id, name: before }: KeptSnapshot, name: string): Promise<void> {
  await withStore(`“${before}” could not be renamed.`, (store) => store.rename(id, name));
  await refresh();
}

/** Gives the snapshot to the visitor as a file. */
export async function download({ id, name }: KeptSnapshot): Promise<void> {
  const file = await withStore(`“${name}” could not be read.`, (store) => store.file(id));
  if (file === undefined) return;
  const link = document.createElement('a');
  link.href = URL.createObjectURL(file);
  link.download = `${name.replaceAll(/[^\p{L}\p{N} ._-]/gu, '-')}.bootlink-snapshot`;
  link.click();
  // The browser has taken it by then; a URL that is never revoked keeps the bytes.
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

/** Takes a file that was exported before, here or elsewhere. */
export async function importFile(file: File): Promise<void> {
  busy.value = `Reading ${file.name}…`;
  failure.value = undefined;
  try {
    const read = await readImport(file);
    if (!read.ok) failure.value = read.failure;
    else {
      await withStore(`This browser has no room for ${file.name}.`, (store) =>
        store.put(read.value, file),
      );
    }
    await refresh();
  } finally {
    busy.value = undefined;
  }
}

/**
 * Keeps the machine whenever the page is hidden, if the visitor wants that: a tab that is closed
 * was nearly always hidden or is given a moment, and the next visit goes on from there.
 */
export function watchHiding(): void {
  document.addEventListener('visibilitychange', () => {
    const current = run.value;
    if (!keepsAway.value || document.visibilityState !== 'hidden') return;
    if (current !== undefined && isLive(current.state)) void take(current.guest.title, true);
  });
  effect(() => {
    void runVersion.value;
    if (run.value === undefined) keepsAway.value = false;
  });
}
