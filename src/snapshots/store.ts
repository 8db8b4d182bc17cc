import { openDB, type DBSchema, type IDBPDatabase } from 'idb';
import type { Guest } from '../machine/guest.js';

/** A snapshot that this browser keeps: all but its bytes. */
export interface KeptSnapshot {
  id: string;
  name: string;
  /** ISO 8601. */
  created: string;
  /** Made by the page itself: the next one of the same machine takes its place. */
  automatic: boolean;
  /** The machine: it opens without a catalogue. */
  guest: Guest;
  /** SHA-256 of the engine's wasm that it was made with. */
  engine: string;
  /** Bytes as kept. */
  bytes: number;
}

interface Schema extends DBSchema {
  about: { key: string; value: KeptSnapshot };
  files: { key: string; value: Blob };
}

const NAME = 'bootlink-snapshots';

/**
 * The visitor's snapshots, in IndexedDB: what they are and their bytes apart, so that a list
 * reads no bytes. Page and engine worker both use it.
 */
export class SnapshotStore {
  private constructor(private readonly database: IDBPDatabase<Schema>) {}

  /** @throws DOMException when the browser refuses storage */
  static async open(): Promise<SnapshotStore> {
    return new SnapshotStore(
      await openDB<Schema>(NAME, 1, {
        upgrade(database) {
          database.createObjectStore('about', { keyPath: 'id' });
          database.createObjectStore('files');
        },
      }),
    );
  }

  /** All of them, the newest first. */
  async list(): Promise<KeptSnapshot[]> {
    const all = await this.database.getAll('about');
    return all.sort((a, b) => b.created.localeCompare(a.created));
  }

  /**
   * Keeps a snapshot; an automatic one replaces the one before of the same guest.
   *
   * @throws DOMException `QuotaExceededError` when there is no room: nothing is changed then
   */
  async put(about: KeptSnapshot, file: Blob): Promise<void> {
    const before = about.automatic
      ? (await this.list()).filter((each) => each.automatic && each.guest.id === about.guest.id)
      : [];
    const transaction = this.database.transaction(['about', 'files'], 'readwrite');
    await Promise.all([
      transaction.objectStore('about').put(about),
      transaction.objectStore('files').put(file, about.id),
      ...before.flatMap(({ id }) => [
        transaction.objectStore('about').delete(id),
        transaction.objectStore('files').delete(id),
      ]),
      transaction.done,
    ]);
  }

  file(id: string): Promise<Blob | undefined> {
    return this.database.get('files', id);
  }

  async rename(id: string, name: string): Promise<void> {
    const about = await this.database.get('about', id);
    if (about !== undefined) await this.database.put('about', { ...about, name });
  }

  async remove(id: string): Promise<void> {
    const transaction = this.database.transaction(['about', 'files'], 'readwrite');
    await Promise.all([
      transaction.objectStore('about').delete(id),
      transaction.objectStore('files').delete(id),
      transaction.done,
    ]);
  }

  close(): void {
    this.database.close();
  }
}
