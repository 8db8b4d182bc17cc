import { storeFailure } from '../common/failures.js';
import { FailureError, type Failure } from '../../engine/common/failure.js';
import { ChunkState, MAP_PAGE, type ImageRecord } from '../common/records.js';
import { isZero, type Bytes, type Checksum } from './checksum.js';
import { strictly, type Database } from './database.js';
import type { LayerMap } from './layer.js';
import { LayeredReader } from './layered.js';

/** A guest that writes without flushing is written back from here on, */
const WRITE_BACK_BYTES = 8 << 20;
/** and waits from here on, so that a tab's memory holds. */
const DIRTY_LIMIT_BYTES = 32 << 20;
/** Bytes of a transaction at most. */
const COMMIT_BYTES = 16 << 20;
/** What nobody flushes is written back after this time, in ms. */
const WRITE_BACK_MS = 2000;

/** A chunk of the top layer that has changed since the last commit; undefined for zeroes. */
interface Dirty {
  bytes: Bytes | undefined;
}

/**
 * An open image. What is written is held in memory until `flush`, which puts data and then map
 * in one strict transaction and returns when that is complete: a tab killed at any moment leaves
 * the image as some flush, or a write-back between two of them, left it, and never older than the
 * last flush that returned.
 *
 * When the store does not take the data, `flush` fails, and so does every later one until it
 * does: nothing is forgotten and nothing is said to be stable that is not.
 */
export class OpenDisk {
  private readonly reader: LayeredReader;
  private readonly top: LayerMap;
  private dirty = new Map<number, Dirty>();
  /** Chunks being read to be changed in part. */
  private readonly filling = new Map<number, Promise<void>>();
  /** Chunks of the commit that is on its way. */
  private committing: ReadonlyMap<number, Dirty> = new Map();
  private running: Promise<void> | undefined;
  private next: Promise<void> | undefined;
  private timer: ReturnType<typeof setTimeout> | undefined;
  /** Why the last commit failed; undefined when it did not. */
  failure: Failure | undefined;

  constructor(
    private readonly db: Database,
    readonly image: ImageRecord,
    layers: readonly LayerMap[],
    private readonly checksum: Checksum,
    readonly writable: boolean,
    shared: boolean,
    private readonly onFailure: (failure: Failure) => void = () => undefined,
  ) {
    const [top] = layers;
    if (top === undefined) throw new Error(`image ${image.id} has no layer`);
    this.top = top;
    this.reader = new LayeredReader(db, image.title, layers, checksum, shared);
  }

  get size(): number {
    return this.image.size;
  }

  /** True where the image may hold something other than zeroes. */
  holds(offset: number): boolean {
    const chunk = this.changed(Math.floor(offset / this.top.chunkSize));
    return chunk === undefined ? this.reader.holds(offset) : chunk.bytes !== undefined;
  }

  private changed(index: number): Dirty | undefined {
    return this.dirty.get(index) ?? this.committing.get(index);
  }

  /**
   * Fills `into` with the bytes at `offset`.
   *
   * @throws FailureError when they are damaged or cannot be read
   */
  async read(offset: number, into: Uint8Array): Promise<void> {
    this.checkRange(offset, into.length);
    const { chunkSize } = this.top;
    for (let at = 0; at < into.length;) {
      const index = Math.floor((offset + at) / chunkSize);
      const chunk = this.changed(index);
      const within = (offset + at) % chunkSize;
      let length = Math.min(chunkSize - within, into.length - at);
      if (chunk !== undefined) {
        if (chunk.bytes === undefined) into.fill(0, at, at + length);
        else into.set(chunk.bytes.subarray(within, within + length), at);
      } else {
        // As far as the layers alone know what is there.
        let end = index + 1;
        while (length < into.length - at && this.changed(end) === undefined) {
          end++;
          length = Math.min(end * chunkSize - (offset + at), into.length - at);
        }
        await this.readLayers(offset + at, into.subarray(at, at + length));
      }
      at += length;
    }
  }

  private async readLayers(offset: number, into: Uint8Array): Promise<void> {
    try {
      await this.reader.read(offset, into, this.size);
    } catch (error) {
      throw new FailureError(storeFailure(error, this.image.title));
    }
  }

  /** Takes the bytes at once; they are stable after the next `flush`. */
  async write(offset: number, bytes: Uint8Array): Promise<void> {
    this.checkWrite(offset, bytes.length);
    const { chunkSize } = this.top;
    for (let at = 0; at < bytes.length;) {
      const index = Math.floor((offset + at) / chunkSize);
      const within = (offset + at) % chunkSize;
      const piece = bytes.subarray(at, Math.min(at + chunkSize - within, bytes.length));
      if (piece.length === chunkSize) this.dirty.set(index, { bytes: new Uint8Array(piece) });
      else (await this.ownChunk(index)).set(piece, within);
      at += piece.length;
    }
    await this.throttle();
  }

  /** Zeroes a range: whole chunks are given back. */
  async zero(offset: number, length: number): Promise<void> {
    this.checkWrite(offset, length);
    const { chunkSize } = this.top;
    for (let at = offset; at < offset + length;) {
      const index = Math.floor(at / chunkSize);
      const within = at % chunkSize;
      const piece = Math.min(chunkSize - within, offset + length - at);
      if (!this.holds(at)) {
        // Reads as zero as it is.
      } else if (within === 0 && (piece === chunkSize || at + piece === this.size)) {
        this.dirty.set(index, { bytes: undefined });
      } else {
        (await this.ownChunk(index)).fill(0, within, within + piece);
      }
      at += piece;
    }
    await this.throttle();
  }

  /**
   * Bytes of a chunk that may be changed in place. Whoever awaits this must use it before it
   * awaits anything else.
   */
  private async ownChunk(index: number): Promise<Bytes> {
    for (;;) {
      const dirty = this.dirty.get(index);
      if (dirty?.bytes !== undefined) return dirty.bytes;
      if (dirty !== undefined) {
        dirty.bytes = new Uint8Array(this.top.chunkSize);
        return dirty.bytes;
      }
      let filling = this.filling.get(index);
      if (filling === undefined) {
        filling = this.fill(index).finally(() => this.filling.delete(index));
        this.filling.set(index, filling);
      }
      await filling;
    }
  }

  /** Puts a copy of a chunk, as it reads now, among the changed ones. */
  private async fill(index: number): Promise<void> {
    const { chunkSize } = this.top;
    const bytes = new Uint8Array(chunkSize);
    const from = index * chunkSize;
    const length = Math.min(chunkSize, this.size - from);
    const committing = this.committing.get(index);
    if (committing === undefined) await this.readLayers(from, bytes.subarray(0, length));
    else if (committing.bytes !== undefined) bytes.set(committing.bytes);
    // A write of the whole chunk may have come in between; it is newer.
    if (!this.dirty.has(index)) this.dirty.set(index, { bytes });
  }

  private dirtyBytes(): number {
    return (this.dirty.size + this.committing.size) * this.top.chunkSize;
  }

  private async throttle(): Promise<void> {
    if (this.dirtyBytes() > DIRTY_LIMIT_BYTES) {
      await this.flush();
    } else if (this.dirtyBytes() > WRITE_BACK_BYTES) {
      void this.flush().catch(() => undefined);
    } else {
      this.timer ??= setTimeout(() => void this.flush().catch(() => undefined), WRITE_BACK_MS);
    }
  }

  /**
   * A barrier: returns when every write that was taken before it is stable.
   *
   * @throws FailureError when the store did not take them; they are kept for the next try
   */
  flush(): Promise<void> {
    if (this.running === undefined) {
      this.running = this.commitAll().finally(() => (this.running = undefined));
      return this.running;
    }
    // Commits in hand may have begun before the caller's last write: one more covers it, and
    // everybody who asks meanwhile.
    this.next ??= this.running
      .catch(() => undefined)
      .then(() => {
        this.next = undefined;
        return this.flush();
      });
    return this.next;
  }

  private async commitAll(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    const waiting = new Set(this.dirty.keys());
    while (waiting.size > 0) {
      const batch = new Map<number, Dirty>();
      for (const index of waiting) {
        waiting.delete(index);
        const chunk = this.dirty.get(index);
        if (chunk === undefined) continue;
        this.dirty.delete(index);
        batch.set(index, chunk);
        if (batch.size * this.top.chunkSize >= COMMIT_BYTES) break;
      }
      this.committing = batch;
      try {
        await this.commit(batch);
        this.failure = undefined;
      } catch (error) {
        // Back among the changed ones, unless they have changed again.
        for (const [index, chunk] of batch) {
          if (!this.dirty.has(index)) this.dirty.set(index, chunk);
        }
        const failure = storeFailure(error, this.image.title);
        const isNews = this.failure?.what !== failure.what;
        this.failure = failure;
        if (isNews) this.onFailure(failure);
        throw new FailureError(failure);
      } finally {
        this.committing = new Map();
      }
    }
  }

  /** Data first, then the map that says the data is there, in one strict transaction. */
  private async commit(batch: ReadonlyMap<number, Dirty>): Promise<void> {
    const { top } = this;
    const pages = new Map<number, Uint32Array<ArrayBuffer>>();
    const chunks: [number, Bytes | undefined][] = [];
    for (const [index, { bytes }] of batch) {
      const data = bytes === undefined || isZero(bytes) ? undefined : bytes;
      chunks.push([index, data]);
      const number = Math.floor(index / MAP_PAGE);
      const page = pages.get(number) ?? top.copyPage(number);
      pages.set(number, page);
      const at = (index % MAP_PAGE) * 2;
      const hidden = top.record.parent === undefined ? ChunkState.Absent : ChunkState.Zero;
      page[at] = data === undefined ? hidden : ChunkState.Data;
      page[at + 1] = data === undefined ? 0 : this.checksum(data);
    }
    await strictly(this.db, ['maps', 'data'], (transaction) => {
      const data = transaction.objectStore('data');
      const maps = transaction.objectStore('maps');
      const puts: Promise<unknown>[] = [];
      for (const [index, bytes] of chunks) {
        puts.push(
          bytes === undefined ? data.delete([top.id, index]) : data.put(bytes, [top.id, index]),
        );
      }
      for (const [number, page] of pages) puts.push(maps.put(page, [top.id, number]));
      return Promise.all(puts);
    });
    for (const [number, page] of pages) top.adopt(number, page);
    for (const [index, bytes] of chunks) this.reader.committed(top, index, bytes);
  }

  private checkRange(offset: number, length: number): void {
    if (offset >= 0 && length >= 0 && offset + length <= this.size) return;
    throw new FailureError({
      what: `The range ${offset}+${length} lies outside of “${this.image.title}”.`,
      input: this.image.title,
      remedy: 'This is an error of Bootlink: report it.',
    });
  }

  private checkWrite(offset: number, length: number): void {
    this.checkRange(offset, length);
    if (this.writable) return;
    throw new FailureError({
      what: `“${this.image.title}” is open read-only.`,
      input: this.image.title,
      remedy: 'End the machine that has it open for writing, then boot again.',
    });
  }

  /** Stops the timer; what was not flushed is dropped. */
  dispose(): void {
    clearTimeout(this.timer);
  }
}
