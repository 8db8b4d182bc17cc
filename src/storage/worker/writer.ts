import { FailureError } from '../../engine/common/failure.js';
import { storeFailure } from '../common/failures.js';
import {
  BASE_CHUNK,
  ChunkState,
  layerLock,
  MAP_PAGE,
  type LayerRecord,
} from '../common/records.js';
import { isZero, type Bytes, type Checksum } from './checksum.js';
import { layerRange, strictly, type Database } from './database.js';
import { LayerMap } from './layer.js';
import { tryLock } from './locks.js';

/** Bytes of a transaction. */
const BATCH_BYTES = 8 << 20;

/**
 * Fills a new layer from its start to its end, in one go: what an import does. Nobody sees the
 * layer before an image names it; what a closed tab leaves behind is swept away later
 * (`sweep` in library.ts), which the layer's lock tells from an import in hand.
 */
export class LayerWriter {
  private readonly map: LayerMap;
  private chunk: Bytes;
  private filled = 0;
  private index = 0;
  private readonly pending: [number, Bytes][] = [];

  private constructor(
    private readonly db: Database,
    private readonly checksum: Checksum,
    private readonly title: string,
    readonly record: LayerRecord,
    private readonly release: () => void,
  ) {
    this.map = new LayerMap(record);
    this.chunk = new Uint8Array(record.chunkSize);
  }

  static async create(
    db: Database,
    checksum: Checksum,
    title: string,
    chunkSize = BASE_CHUNK,
  ): Promise<LayerWriter> {
    const record: LayerRecord = { id: crypto.randomUUID(), chunkSize };
    const release = await tryLock(layerLock(record.id));
    const writer = new LayerWriter(db, checksum, title, record, release ?? (() => undefined));
    try {
      await strictly(db, ['layers'], (transaction) =>
        transaction.objectStore('layers').put(record),
      );
    } catch (error) {
      writer.release();
      throw new FailureError(storeFailure(error, title));
    }
    return writer;
  }

  /** Bytes taken so far. */
  get length(): number {
    return this.index * this.record.chunkSize + this.filled;
  }

  /** Takes the next bytes. */
  async append(bytes: Uint8Array): Promise<void> {
    const { chunkSize } = this.record;
    for (let at = 0; at < bytes.length;) {
      const piece = bytes.subarray(at, Math.min(at + chunkSize - this.filled, bytes.length));
      this.chunk.set(piece, this.filled);
      this.filled += piece.length;
      at += piece.length;
      if (this.filled === chunkSize) await this.endChunk();
    }
  }

  /** Takes `length` zeroes, whole chunks of them at no cost. */
  async appendZeroes(length: number): Promise<void> {
    const { chunkSize } = this.record;
    while (length > 0) {
      const piece = Math.min(chunkSize - this.filled, length);
      if (this.filled === 0 && piece === chunkSize) {
        this.index++;
      } else {
        this.chunk.fill(0, this.filled, this.filled + piece);
        this.filled += piece;
        if (this.filled === chunkSize) await this.endChunk();
      }
      length -= piece;
    }
  }

  private async endChunk(): Promise<void> {
    if (!isZero(this.chunk)) {
      this.pending.push([this.index, this.chunk]);
      this.chunk = new Uint8Array(this.record.chunkSize);
    } else {
      this.chunk.fill(0);
    }
    this.index++;
    this.filled = 0;
    if (this.pending.length * this.record.chunkSize >= BATCH_BYTES) await this.put();
  }

  private async put(): Promise<void> {
    const batch = this.pending.splice(0);
    if (batch.length === 0) return;
    const { id } = this.record;
    const pages = new Map<number, Uint32Array<ArrayBuffer>>();
    for (const [index, bytes] of batch) {
      const number = Math.floor(index / MAP_PAGE);
      const page = pages.get(number) ?? this.map.copyPage(number);
      pages.set(number, page);
      page[(index % MAP_PAGE) * 2] = ChunkState.Data;
      page[(index % MAP_PAGE) * 2 + 1] = this.checksum(bytes);
    }
    try {
      await strictly(this.db, ['maps', 'data'], (transaction) => {
        const data = transaction.objectStore('data');
        const maps = transaction.objectStore('maps');
        return Promise.all([
          ...batch.map(([index, bytes]) => data.put(bytes, [id, index])),
          ...Array.from(pages, ([number, page]) => maps.put(page, [id, number])),
        ]);
      });
    } catch (error) {
      throw new FailureError(storeFailure(error, this.title));
    }
    for (const [number, page] of pages) this.map.adopt(number, page);
  }

  /** Writes the rest. The layer's lock is kept until `done`, so that an image can name it. */
  async finish(): Promise<void> {
    if (this.filled > 0) {
      this.chunk.fill(0, this.filled);
      await this.endChunk();
    }
    await this.put();
  }

  /** To be called when an image names the layer. */
  done(): void {
    this.release();
  }

  /** Takes back what was written. */
  async discard(): Promise<void> {
    try {
      await removeLayer(this.db, this.record.id);
    } finally {
      this.release();
    }
  }
}

/** Deletes a layer with all it holds. */
export async function removeLayer(db: Database, id: string): Promise<void> {
  await strictly(db, ['layers', 'maps', 'data'], (transaction) =>
    Promise.all([
      transaction.objectStore('data').delete(layerRange(id)),
      transaction.objectStore('maps').delete(layerRange(id)),
      transaction.objectStore('layers').delete(id),
    ]),
  );
}
