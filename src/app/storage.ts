import { signal } from '@preact/signals';
import type { StorageUse, StoredImage } from '../storage/common/records.js';
import type { Trouble } from '../storage/common/service.js';
import { StorageClient } from '../storage/ui/client.js';
import type { Failure } from '../engine/common/failure.js';

/** The visitor's library of disk images, as the page shows it. */

export const storage = new StorageClient(
  () =>
    new Worker(new URL('../storage/worker/index.ts', import.meta.url), {
      type: 'module',
      name: 'storage',
    }),
);

/** Undefined until it was read for the first time. */
export const images = signal<StoredImage[] | undefined>(undefined);
export const storageUse = signal<StorageUse | undefined>(undefined);
/** Why the library cannot be read. */
export const libraryFailure = signal<Failure | undefined>(undefined);
/** What went wrong with disks of the machine, the newest last. */
export const troubles = signal<readonly Trouble[]>([]);

/** Reads the library again: after a change, and when another tab may have made one. */
export async function refreshLibrary(): Promise<void> {
  const [list, use] = await Promise.all([
    storage.service.list(),
    storage.service.use().catch(() => undefined),
  ]);
  if (list.ok) images.value = list.value;
  libraryFailure.value = list.ok ? undefined : list.failure;
  storageUse.value = use;
}

export function addTrouble(trouble: Trouble): void {
  const isKnown = troubles.value.some(
    ({ image, failure }) => image === trouble.image && failure.what === trouble.failure.what,
  );
  if (!isKnown) troubles.value = [...troubles.value, trouble];
}
