import { FailureError } from '../../engine/common/failure.js';
import { noImage, storeFailure } from '../common/failures.js';
import {
  imageLock,
  layerLock,
  OVERLAY_CHUNK,
  SECTOR,
  type ImageOrigin,
  type ImageRecord,
  type LayerRecord,
  type StoredImage,
  type StorageUse,
} from '../common/records.js';
import { strictly } from './database.js';
import { OpenDisk } from './disk.js';
import { readLayers } from './layer.js';
import { heldLocks, tryLock } from './locks.js';
import type { Store } from './store.js';
import { removeLayer } from './writer.js';

/** The most that a size may be: QEMU's sectors and a number of JavaScript both hold it. */
const MAX_SIZE = 2 ** 44;

export interface NewImage {
  title: string;
  size: number;
  /** Layer with the imported content; undefined for an empty disk. */
  base?: string;
  readOnly?: boolean;
  origin?: ImageOrigin;
}

function checkSize(size: number, title: string): void {
  if (Number.isSafeInteger(size) && size > 0 && size <= MAX_SIZE && size % SECTOR === 0) return;
  throw new FailureError({
    what: `${size} bytes is no size for a disk.`,
    input: title,
    remedy: `Give a multiple of ${SECTOR} bytes, at most ${MAX_SIZE / 2 ** 40} TiB.`,
  });
}

const newLayer = (parent?: string): LayerRecord => ({
  id: crypto.randomUUID(),
  chunkSize: OVERLAY_CHUNK,
  ...(parent === undefined ? {} : { parent }),
});

/** The library: which images there are, and what is done to whole images. */
export class Library {
  constructor(private readonly store: Store) {}

  private async change<T>(title: string, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw new FailureError(storeFailure(error, title));
    }
  }

  /** All images, the newest first. */
  async list(): Promise<StoredImage[]> {
    const { db } = this.store;
    const [records, held] = await Promise.all([db.getAll('images'), heldLocks()]);
    const images = await Promise.all(
      records.map(async (record) => {
        const { top, base, snapshots, ...rest } = record;
        const layers = await readLayers(db, top).catch(() => []);
        return {
          ...rest,
          snapshots: snapshots.map(({ id, title, size, created }) => ({
            id,
            title,
            size,
            created,
          })),
          stored: layers.reduce((sum, layer) => sum + layer.stored(), 0),
          changed: layers.some((layer) => layer.id !== base && !layer.isEmpty()),
          busy: held.has(imageLock(record.id)),
        };
      }),
    );
    return images.sort((a, b) => b.created - a.created);
  }

  async use(): Promise<StorageUse> {
    const [{ usage, quota }, persisted] = await Promise.all([
      navigator.storage.estimate(),
      navigator.storage.persisted(),
    ]);
    return { used: usage, quota, persisted };
  }

  /** Adds an image: a writable layer over `base`, or over nothing. Gives its id. */
  async add({ title, size, base, readOnly = false, origin }: NewImage): Promise<string> {
    checkSize(size, title);
    const layer = newLayer(base);
    const image: ImageRecord = {
      id: crypto.randomUUID(),
      title,
      size,
      top: layer.id,
      ...(base === undefined ? {} : { base }),
      baseSize: size,
      readOnly,
      created: Date.now(),
      modified: Date.now(),
      ...(origin === undefined ? {} : { origin }),
      snapshots: [],
    };
    await this.change(title, () =>
      strictly(this.store.db, ['images', 'layers'], (transaction) =>
        Promise.all([
          transaction.objectStore('layers').put(layer),
          transaction.objectStore('images').put(image),
        ]),
      ),
    );
    return image.id;
  }

  /** Changes an image's record and its layers in one transaction. */
  private async update(
    id: string,
    change: (image: ImageRecord) => { image?: ImageRecord; layers?: LayerRecord[] },
  ): Promise<void> {
    await this.change(id, () =>
      strictly(this.store.db, ['images', 'layers'], async (transaction) => {
        const images = transaction.objectStore('images');
        const image = await images.get(id);
        if (image === undefined) throw noImage(id);
        const { image: changed = image, layers = [] } = change(image);
        await Promise.all([
          images.put(changed),
          ...layers.map((layer) => transaction.objectStore('layers').put(layer)),
        ]);
      }),
    );
  }

  async rename(id: string, title: string): Promise<void> {
    await this.update(id, (image) => ({ image: { ...image, title } }));
  }

  /** Says whether guests may write to it. */
  async setReadOnly(id: string, readOnly: boolean): Promise<void> {
    await this.store.alone(id, () =>
      this.update(id, (image) => ({ image: { ...image, readOnly } })),
    );
  }

  /**
   * Makes the disk larger, with zeroes at its end, or smaller. A snapshot keeps the size it was
   * made with.
   */
  async resize(id: string, size: number): Promise<void> {
    await this.store.alone(id, async (before) => {
      checkSize(size, before.title);
      // What is cut off must not come back when the disk grows again: put zeroes over it first.
      if (size < before.size) {
        const { disk, close } = await this.openUnlocked({ ...before, readOnly: false });
        try {
          await disk.zero(size, before.size - size);
        } finally {
          await close();
        }
      }
      await this.update(id, (image) => ({ image: { ...image, size, modified: Date.now() } }));
    });
  }

  private async openUnlocked(image: ImageRecord) {
    const layers = await readLayers(this.store.db, image.top);
    const disk = new OpenDisk(this.store.db, image, layers, this.store.checksum, true, false);
    return {
      disk,
      close: async () => {
        try {
          await disk.flush();
        } finally {
          disk.dispose();
        }
      },
    };
  }

  /** A second image of the same content; both share what neither changes. */
  async clone(id: string, title: string): Promise<string> {
    return this.store.alone(id, async (image) => {
      const clone = crypto.randomUUID();
      await this.change(image.title, () =>
        strictly(this.store.db, ['images', 'layers'], (transaction) => {
          const own = newLayer(image.top);
          const others = newLayer(image.top);
          const images = transaction.objectStore('images');
          const layers = transaction.objectStore('layers');
          const now = Date.now();
          return Promise.all([
            layers.put(own),
            layers.put(others),
            images.put({ ...image, top: own.id }),
            images.put({
              ...image,
              id: clone,
              title,
              top: others.id,
              base: image.top,
              baseSize: image.size,
              created: now,
              modified: now,
              snapshots: [],
            }),
          ]);
        }),
      );
      return clone;
    });
  }

  /** Keeps the image's present state; gives the snapshot's id. */
  async snapshot(id: string, title: string): Promise<string> {
    const snapshot = crypto.randomUUID();
    await this.store.alone(id, () =>
      this.update(id, (image) => {
        const layer = newLayer(image.top);
        return {
          layers: [layer],
          image: {
            ...image,
            top: layer.id,
            snapshots: [
              ...image.snapshots,
              { id: snapshot, title, layer: image.top, size: image.size, created: Date.now() },
            ],
          },
        };
      }),
    );
    return snapshot;
  }

  /** Goes back to a snapshot; what was written since is gone. */
  async revert(id: string, snapshot: string): Promise<void> {
    await this.store.alone(id, () =>
      this.update(id, (image) => {
        const kept = image.snapshots.find((each) => each.id === snapshot);
        if (kept === undefined) throw noImage(snapshot);
        const layer = newLayer(kept.layer);
        return {
          layers: [layer],
          image: { ...image, top: layer.id, size: kept.size, modified: Date.now() },
        };
      }),
    );
    await this.sweep();
  }

  async deleteSnapshot(id: string, snapshot: string): Promise<void> {
    await this.store.alone(id, () =>
      this.update(id, (image) => ({
        image: { ...image, snapshots: image.snapshots.filter((each) => each.id !== snapshot) },
      })),
    );
    await this.sweep();
  }

  /** Drops the overlay: the image is again as it was imported, or empty. Snapshots stay. */
  async reset(id: string): Promise<void> {
    await this.store.alone(id, () =>
      this.update(id, (image) => {
        const layer = newLayer(image.base);
        return {
          layers: [layer],
          image: { ...image, top: layer.id, size: image.baseSize, modified: Date.now() },
        };
      }),
    );
    await this.sweep();
  }

  async delete(id: string): Promise<void> {
    await this.store.alone(id, (image) =>
      this.change(image.title, () => this.store.db.delete('images', id)),
    );
    await this.sweep();
  }

  /**
   * Deletes every image, or none: whoever hears that one is in use has lost nothing.
   *
   * @throws FailureError naming an image that a machine uses
   */
  async deleteAll(): Promise<void> {
    const ids = (await this.store.db.getAll('images')).map(({ id }) => id);
    // Each image is held while the next ones are asked for.
    const hold = async (at: number): Promise<void> => {
      const id = ids[at];
      if (id !== undefined) {
        await this.store.alone(id, () => hold(at + 1));
        return;
      }
      await this.change('the library', () =>
        strictly(this.store.db, ['images'], (transaction) =>
          Promise.all(ids.map((each) => transaction.objectStore('images').delete(each))),
        ),
      );
    };
    await hold(0);
    await this.sweep();
  }

  /**
   * Deletes layers that no image and no snapshot reaches: of deleted images, and of imports whose
   * tab was closed.
   */
  async sweep(): Promise<void> {
    const { db } = this.store;
    const transaction = db.transaction(['images', 'layers']);
    const [images, layers] = await Promise.all([
      transaction.objectStore('images').getAll(),
      transaction.objectStore('layers').getAll(),
    ]);
    const parents = new Map(layers.map(({ id, parent }) => [id, parent]));
    const reached = new Set<string>();
    for (const image of images) {
      const tops = [image.top, image.base, ...image.snapshots.map(({ layer }) => layer)];
      for (let id of tops) {
        while (id !== undefined && !reached.has(id)) {
          reached.add(id);
          id = parents.get(id);
        }
      }
    }
    for (const { id } of layers) {
      if (reached.has(id)) continue;
      // Whoever fills it holds its lock until an image names it.
      const release = await tryLock(layerLock(id));
      if (release === undefined) continue;
      try {
        if (!(await this.isReached(id))) await removeLayer(db, id);
      } finally {
        release();
      }
    }
  }

  private async isReached(id: string): Promise<boolean> {
    const images = await this.store.db.getAll('images');
    return images.some(({ top, base, snapshots }) =>
      [top, base, ...snapshots.map(({ layer }) => layer)].includes(id),
    );
  }
}
