import { openDB, type DBSchema, type IDBPDatabase, type IDBPTransaction } from 'idb';
import { FailureError } from '../../engine/common/failure.js';
import { DATABASE, type ImageRecord, type LayerRecord } from '../common/records.js';
import type { Bytes } from './checksum.js';

/** Key of a chunk: layer, index. Key of a map record: layer, number of the record. */
export type LayerKey = [layer: string, index: number];

interface Schema extends DBSchema {
  images: { key: string; value: ImageRecord };
  layers: { key: string; value: LayerRecord };
  /** `MAP_PAGE` pairs of 32-bit words: state and checksum of a chunk. */
  maps: { key: LayerKey; value: Uint32Array<ArrayBuffer> };
  data: { key: LayerKey; value: Bytes };
}

export type Database = IDBPDatabase<Schema>;
export type StoreName = 'images' | 'layers' | 'maps' | 'data';
export type Write = IDBPTransaction<Schema, StoreName[], 'readwrite'>;

/** Every record of a layer. */
export const layerRange = (layer: string): IDBKeyRange => IDBKeyRange.bound([layer], [layer, []]);

/**
 * Opens the database.
 *
 * @throws FailureError when the browser gives none: there is no substitute in memory
 */
export async function openDatabase(name = DATABASE): Promise<Database> {
  try {
    return await openDB<Schema>(name, 1, {
      upgrade(db) {
        db.createObjectStore('images', { keyPath: 'id' });
        db.createObjectStore('layers', { keyPath: 'id' });
        db.createObjectStore('maps');
        db.createObjectStore('data');
      },
      blocking: (_current, _next, event) => (event.target as IDBDatabase).close(),
    });
  } catch (error) {
    throw new FailureError({
      what: 'This browser does not let the page keep disks.',
      input: name,
      remedy:
        'A private window, a full disk or a setting may be the reason. Machines whose disks are in memory still boot.',
      detail: String(error),
    });
  }
}

/**
 * Runs `work` in one transaction of strict durability: when this resolves, the browser has been
 * told that the operating system has everything on the disk. It resolves for all of it or throws
 * for none.
 */
export async function strictly<T>(
  db: Database,
  stores: StoreName[],
  work: (transaction: Write) => Promise<T> | T,
): Promise<T> {
  const transaction = db.transaction(stores, 'readwrite', { durability: 'strict' });
  // Rejected as well when `work` fails: looked at below, or by nobody.
  transaction.done.catch(() => undefined);
  let result: T;
  try {
    result = await work(transaction);
  } catch (error) {
    try {
      transaction.abort();
    } catch {
      // It has ended by itself, with the error that counts.
    }
    throw transaction.error ?? error;
  }
  await transaction.done;
  return result;
}
