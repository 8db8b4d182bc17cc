import { computed, effect, signal } from '@preact/signals';
import type { Failure } from '../../engine/common/failure.js';
import { openImageCache } from '../../engine/common/image-cache.js';
import { keptImages } from '../../engine/common/keep.js';
import { keepImages } from '../../engine/ui/keep.js';
import type { Guest } from '../../machine/guest.js';
import { askToPersist } from '../../storage/ui/client.js';
import { wireBytes } from '../catalogue.js';
import { keepEngine, offline } from '../install/install.js';
import { catalogueUrl } from '../addresses.js';
import { catalogue, run, runVersion } from '../session.js';
import { createKeepWorker } from './keep-worker.js';

/**
 * Guests that boot without a network: those whose every image, snapshot included, is in the
 * browser's cache, whether a boot or the visitor's wish has put it there. The cache itself is
 * asked, so that what the browser has dropped is not said to be there.
 */

/** SHA-256 of the images that are kept; undefined until the browser has told. */
const keptContent = signal<ReadonlySet<string> | undefined>(undefined);

/** A guest on its way: the engine first, which does not tell how far it is. */
export interface Keeping {
  step: 'engine' | 'images';
  loaded: number;
  total: number;
  cancel(): void;
}
export const keeping = signal<ReadonlyMap<string, Keeping>>(new Map());
export const keepFailures = signal<ReadonlyMap<string, Failure>>(new Map());

const hasAll = (guest: Guest, content: ReadonlySet<string>): boolean =>
  keptImages(guest).every(({ sha256 }) => content.has(sha256));

/** The catalogue's guests whose images are all here. */
const complete = computed<readonly Guest[]>(() => {
  const content = keptContent.value;
  if (content === undefined || catalogue.value?.ok !== true) return [];
  return catalogue.value.value.guests.flatMap((entry) =>
    entry.state === 'ready' && entry.guest.instrument !== true && hasAll(entry.guest, content)
      ? [entry.guest]
      : [],
  );
});

/** Guests that boot without a network, the engine being kept too. */
export const keptGuests = computed<readonly Guest[]>(() =>
  offline.value === 'page and engine' ? complete.value : [],
);

export const isKept = (guest: Guest): boolean => keptGuests.value.some(({ id }) => id === guest.id);

/** Bytes that the images of these guests take, those that several share once. */
export function keptBytes(guests: readonly Guest[]): number {
  const images = new Map(guests.flatMap(keptImages).map((image) => [image.sha256, image]));
  return wireBytes([...images.values()]);
}

export async function refreshKept(): Promise<void> {
  keptContent.value = await (await openImageCache()).list();
}

/** When the machine in hand began to run: its boot has fetched all its images by then. */
const startedAt = computed(() => {
  void runVersion.value;
  return run.value?.entered.running;
});

/** Looks now, and again after each boot; gives what ends that. */
export function watchKept(): () => void {
  return effect(() => {
    void startedAt.value;
    void refreshKept();
  });
}

function set<Value>(
  map: ReadonlyMap<string, Value>,
  id: string,
  value: Value | undefined,
): ReadonlyMap<string, Value> {
  const next = new Map(map);
  if (value === undefined) next.delete(id);
  else next.set(id, value);
  return next;
}

/** Fetches everything that a boot of the guest needs, and keeps it. */
export async function keepGuest(guest: Guest): Promise<void> {
  if (keeping.value.has(guest.id)) return;
  const ended = new AbortController();
  const total = wireBytes(keptImages(guest));
  const show = (step: Keeping['step'], loaded: number): void => {
    if (ended.signal.aborted) return;
    const cancel = (): void => ended.abort();
    keeping.value = set(keeping.value, guest.id, { step, loaded, total, cancel });
  };
  const cancelled = new Promise<undefined>((resolve) => {
    ended.signal.addEventListener('abort', () => resolve(undefined));
  });
  keepFailures.value = set(keepFailures.value, guest.id, undefined);
  show('engine', 0);
  try {
    const engine = await Promise.race([keepEngine(), cancelled]);
    if (engine === undefined) return;
    if (!engine.ok) {
      keepFailures.value = set(keepFailures.value, guest.id, engine.failure);
      return;
    }
    show('images', 0);
    const onProgress = (loaded: number): void => show('images', loaded);
    const result = await keepImages(
      keptImages(guest),
      catalogueUrl,
      createKeepWorker,
      onProgress,
      ended.signal,
    );
    if (!result.ok && !ended.signal.aborted) {
      keepFailures.value = set(keepFailures.value, guest.id, result.failure);
    }
    if (result.ok) await askToPersist();
  } finally {
    ended.abort();
    keeping.value = set(keeping.value, guest.id, undefined);
    await refreshKept();
  }
}

/** Drops a guest's images, but for those that another guest which is kept needs. */
export async function dropGuest(guest: Guest): Promise<void> {
  const others = complete.value.filter(({ id }) => id !== guest.id);
  const needed = new Set(others.flatMap(keptImages).map(({ sha256 }) => sha256));
  const cache = await openImageCache();
  for (const { sha256 } of keptImages(guest)) {
    if (!needed.has(sha256)) await cache.remove(sha256);
  }
  await refreshKept();
}
