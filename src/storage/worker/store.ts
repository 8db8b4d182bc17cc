import { FailureError, type Failure } from '../../engine/common/failure.js';
import { busyImage, noImage, storeFailure } from '../common/failures.js';
import { imageLock, type ImageRecord } from '../common/records.js';
import { createChecksum, type Checksum } from './checksum.js';
import { openDatabase, type Database } from './database.js';
import { OpenDisk } from './disk.js';
import { readLayers } from './layer.js';
import { tryLock } from './locks.js';

/** How an image is opened. */
export type Access =
  /** Alone: nobody else may write to it. */
  | 'write'
  /** As committed, also while another tab writes to it. */
  | 'read';

/** An image somebody has open. */
export interface OpenImage {
  disk: OpenDisk;
  /** Flushes, and gives the lock back whatever comes of it. */
  close(): Promise<void>;
}

/** The database with what reading and writing it takes; everything of the worker starts here. */
export class Store {
  private constructor(
    readonly db: Database,
    readonly checksum: Checksum,
  ) {}

  static async open(name?: string): Promise<Store> {
    return new Store(await openDatabase(name), await createChecksum());
  }

  close(): void {
    this.db.close();
  }

  async image(id: string): Promise<ImageRecord> {
    const record = await this.db.get('images', id);
    if (record === undefined) throw noImage(id);
    return record;
  }

  /** Runs `work` while nobody else can write to the image. */
  async alone<T>(id: string, work: (image: ImageRecord) => Promise<T>): Promise<T> {
    const release = await tryLock(imageLock(id));
    if (release === undefined) throw busyImage((await this.image(id)).title);
    try {
      return await work(await this.image(id));
    } finally {
      release();
    }
  }

  /**
   * Opens an image.
   *
   * @throws FailureError when it is not there, is in use, or a part of its map is missing
   */
  async openImage(
    id: string,
    access: Access,
    onFailure: (failure: Failure) => void = () => undefined,
  ): Promise<OpenImage> {
    const { title } = await this.image(id);
    const release = access === 'write' ? await tryLock(imageLock(id)) : () => undefined;
    if (release === undefined) throw busyImage(title);
    try {
      // Read again: it may have changed before the lock was ours.
      const image = await this.image(id);
      const layers = await readLayers(this.db, image.top);
      const disk = new OpenDisk(
        this.db,
        image,
        layers,
        this.checksum,
        access === 'write' && !image.readOnly,
        access === 'read',
        onFailure,
      );
      return {
        disk,
        close: async () => {
          try {
            await disk.flush();
          } finally {
            disk.dispose();
            release();
          }
        },
      };
    } catch (error) {
      release();
      if (error instanceof FailureError) throw error;
      throw new FailureError(storeFailure(error, title));
    }
  }
}
