import { clear } from 'idb-keyval';
import { IMAGE_CACHES } from '../engine/common/image-cache.js';
import { SnapshotStore } from '../snapshots/store.js';
import { storage } from './storage.js';

/** What this page keeps in the browser, for the sentences that say so, and its end. */
export interface KeptThings {
  /** Bytes that the browser counts for this site; undefined where it does not say. */
  bytes: number | undefined;
  /** Disks of the library and snapshots of machines; undefined where they could not be counted. */
  disks: number | undefined;
  snapshots: number | undefined;
  /** Guests' images that were fetched. */
  images: number;
  /** Files of the page and the engine. */
  files: number;
}

async function countSnapshots(): Promise<number> {
  const store = await SnapshotStore.open();
  try {
    return (await store.list()).length;
  } finally {
    store.close();
  }
}

export async function keptThings(): Promise<KeptThings> {
  const nothing = (): undefined => undefined;
  const [estimate, disks, snapshots, names] = await Promise.all([
    navigator.storage?.estimate?.().catch(nothing),
    storage.service.list().catch(nothing),
    countSnapshots().catch(nothing),
    'caches' in globalThis ? caches.keys().catch(() => []) : [],
  ]);
  const counts = await Promise.all(
    names.map(async (name) => (await (await caches.open(name)).keys()).length),
  );
  const sum = (ofImages: boolean): number =>
    counts.reduce(
      (total, count, at) =>
        names[at]?.startsWith(IMAGE_CACHES) === ofImages ? total + count : total,
      0,
    );
  return {
    bytes: estimate?.usage,
    disks: disks?.ok === true ? disks.value.length : undefined,
    snapshots,
    images: sum(true),
    files: sum(false),
  };
}

/** The lock that every tab of the page holds, together with the others. */
const TAB_LOCK = 'bootlink-tab';

/** Says to the page's other tabs that this one is there, for as long as it is. */
export function announceTab(): void {
  void navigator.locks?.request(TAB_LOCK, { mode: 'shared' }, () => new Promise(() => undefined));
}

/** Whether another tab has the page open. */
async function isAlone(): Promise<boolean> {
  const { held = [] } = (await navigator.locks?.query()) ?? {};
  return held.filter(({ name }) => name === TAB_LOCK).length <= 1;
}

function deleteDatabase(name: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    const request = indexedDB.deleteDatabase(name);
    request.onsuccess = () => resolve(undefined);
    request.onerror = () => resolve(`The database “${name}” could not be erased.`);
    // Emptied before; a page that still has it open lets go of it when it is loaded again.
    request.onblocked = () => resolve(undefined);
  });
}

/** Deletes the visitor's disks; a sentence when one is in use in another tab. */
async function eraseDisks(): Promise<string | undefined> {
  const result = await storage.service.deleteAll();
  if (result.ok) return undefined;
  const { what, input, remedy } = result.failure;
  return `${what}${input === undefined ? '' : ` (${input})`} ${remedy}`;
}

async function eraseSnapshots(): Promise<void> {
  const store = await SnapshotStore.open();
  try {
    for (const { id } of await store.list()) await store.remove(id);
  } finally {
    store.close();
  }
}

/**
 * Erases everything that the page keeps in this browser: settings, layout, lessons' progress, the
 * visitor's disks and snapshots, fetched images, the copy of page and engine for use without a
 * network. A disk that another tab's machine uses stops it before anything else is erased.
 *
 * @returns sentences about what could not be erased; none when all of it is gone
 */
export async function eraseEverything(): Promise<string[]> {
  const inUse = await eraseDisks().catch((error: unknown) => String(error));
  if (inUse !== undefined) return [inUse];
  // Emptied first: a database itself goes when no page has it open any more.
  await eraseSnapshots().catch(() => undefined);
  await clear().catch(() => undefined);
  // Before the caches: it could fill them again.
  const registrations = (await navigator.serviceWorker?.getRegistrations?.()) ?? [];
  await Promise.all(registrations.map((each) => each.unregister()));
  // Of another tab's open database only the content goes: a deletion would wait for that tab to be
  // closed, and everybody who opens the database for the deletion.
  const databases = (await isAlone())
    ? ((await indexedDB.databases?.().catch(() => [])) ?? [])
    : [];
  const problems = await Promise.all(
    databases.flatMap(({ name }) => (name === undefined ? [] : [deleteDatabase(name)])),
  );
  const names = 'caches' in globalThis ? await caches.keys().catch(() => []) : [];
  await Promise.all(names.map((name) => caches.delete(name)));
  localStorage.clear();
  sessionStorage.clear();
  try {
    const root = await navigator.storage.getDirectory();
    for await (const name of root.keys()) await root.removeEntry(name, { recursive: true });
  } catch {
    // No private file system here: nothing is in it.
  }
  return problems.flatMap((problem) => problem ?? []);
}
