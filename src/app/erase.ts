import { clear } from 'idb-keyval';

/** What this page keeps in the browser, for the sentence that says so, and its end. */
export interface KeptThings {
  /** Bytes that the browser counts for this site; undefined where it does not say. */
  bytes: number | undefined;
  databases: string[];
  caches: string[];
}

export async function keptThings(): Promise<KeptThings> {
  const estimate = await navigator.storage?.estimate?.().catch(() => undefined);
  const databases = await indexedDB.databases?.().catch(() => []);
  const kept = 'caches' in globalThis ? await caches.keys().catch(() => []) : [];
  return {
    bytes: estimate?.usage,
    databases: (databases ?? []).flatMap(({ name }) => name ?? []),
    caches: kept,
  };
}

function deleteDatabase(name: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    const request = indexedDB.deleteDatabase(name);
    request.onsuccess = () => resolve(undefined);
    request.onerror = () => resolve(`The database “${name}” could not be erased.`);
    // This page has it open itself: it goes with the reload that follows.
    request.onblocked = () => resolve(undefined);
  });
}

/**
 * Erases everything that the page keeps in this browser: settings, layout, fetched images, the
 * visitor's disks, the copy for use without a network. Gives sentences about what could not be.
 */
export async function eraseEverything(): Promise<string[]> {
  const { databases, caches: names } = await keptThings();
  // Emptied first: the database itself goes when no page has it open any more.
  await clear().catch(() => undefined);
  const problems = await Promise.all(databases.map(deleteDatabase));
  await Promise.all(names.map((name) => caches.delete(name)));
  localStorage.clear();
  sessionStorage.clear();
  try {
    const root = await navigator.storage.getDirectory();
    for await (const name of root.keys()) await root.removeEntry(name, { recursive: true });
  } catch {
    // No private file system here: nothing is in it.
  }
  const registrations = (await navigator.serviceWorker?.getRegistrations?.()) ?? [];
  await Promise.all(registrations.map((each) => each.unregister()));
  return problems.flatMap((problem) => problem ?? []);
}
