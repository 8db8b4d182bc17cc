import { damagedChunk } from '../common/failures.js';
import { ChunkState, MAP_PAGE } from '../common/records.js';
import type { Bytes, Checksum } from './checksum.js';
import { ChunkCache } from './chunk-cache.js';
import type { Database } from './database.js';
import type { LayerMap } from './layer.js';

const CACHE_BYTES = 48 << 20;
/** Bytes fetched in one transaction, and how far a sequential reader is served ahead. */
const RUN_BYTES = 1 << 20;

interface Place {
  layer: LayerMap;
  index: number;
}

/** What the layers of an image hold, as last committed: chunks checked by their checksums. */
export class LayeredReader {
  private readonly cache = new ChunkCache(CACHE_BYTES);
  /** Fetches on their way, by chunk. */
  private readonly coming = new Map<string, Promise<void>>();
  /** Where the last read ended: one that goes on there is sequential. */
  private lastEnd = -1;

  /**
   * @param shared another tab may commit to the top layer meanwhile: its map is then read anew
   *   with each of its chunks, in one transaction.
   */
  constructor(
    private readonly db: Database,
    private readonly title: string,
    readonly layers: readonly LayerMap[],
    private readonly checksum: Checksum,
    private readonly shared: boolean,
  ) {}

  /** Which layer holds the byte at `offset`; undefined where it reads as zero. */
  private place(offset: number): Place | undefined {
    for (const layer of this.layers) {
      const index = Math.floor(offset / layer.chunkSize);
      const state = layer.state(index);
      if (state === ChunkState.Data) return { layer, index };
      if (state === ChunkState.Zero) return undefined;
    }
    return undefined;
  }

  /** Bytes from `offset` for which one answer of `place` holds. */
  private span(offset: number): number {
    const smallest = Math.min(...this.layers.map(({ chunkSize }) => chunkSize));
    return smallest - (offset % smallest);
  }

  /** True where some layer holds data: elsewhere the image reads as zero. */
  holds(offset: number): boolean {
    return this.place(offset) !== undefined;
  }

  /** Takes a chunk that has just been committed. */
  committed(layer: LayerMap, index: number, bytes: Bytes | undefined): void {
    const key = `${layer.id} ${index}`;
    if (bytes === undefined) this.cache.drop(key);
    else this.cache.put(key, bytes);
  }

  /**
   * Reads `into.length` bytes at `offset`.
   *
   * @throws FailureError when a chunk is missing or does not have its checksum
   */
  async read(offset: number, into: Uint8Array, end: number): Promise<void> {
    if (this.shared) await this.refresh(offset, into.length);
    const sequential = offset === this.lastEnd;
    this.lastEnd = offset + into.length;
    const pieces: { at: number; length: number; place: Place | undefined }[] = [];
    for (let at = 0; at < into.length;) {
      const length = Math.min(this.span(offset + at), into.length - at);
      pieces.push({ at, length, place: this.place(offset + at) });
      at += length;
    }
    for (const { at, length, place } of pieces) {
      if (place === undefined) {
        into.fill(0, at, at + length);
        continue;
      }
      const chunk = await this.chunk(place, sequential ? end : offset + into.length);
      const within = (offset + at) % place.layer.chunkSize;
      into.set(chunk.subarray(within, within + length), at);
    }
    if (sequential) this.readAhead(offset + into.length, end);
  }

  /** Starts to fetch what a sequential reader asks for next; failures are met by the read. */
  private readAhead(from: number, end: number): void {
    for (let at = from; at < Math.min(from + 2 * RUN_BYTES, end); at += RUN_BYTES / 4) {
      const place = this.place(at);
      if (place === undefined) continue;
      const key = `${place.layer.id} ${place.index}`;
      if (this.cache.has(key) || this.coming.has(key)) continue;
      void this.fetch(place, end).catch(() => undefined);
    }
  }

  private async chunk(place: Place, end: number): Promise<Bytes> {
    const key = `${place.layer.id} ${place.index}`;
    for (;;) {
      const kept = this.cache.get(key);
      if (kept !== undefined) return kept;
      const bytes = await (this.coming.get(key)?.then(() => undefined) ?? this.fetch(place, end));
      if (bytes !== undefined) return bytes;
    }
  }

  /** Fetches a run of chunks of one layer, which starts with this one; gives this one. */
  private async fetch({ layer, index }: Place, end: number): Promise<Bytes> {
    const most = Math.max(1, Math.floor(RUN_BYTES / layer.chunkSize));
    let last = index;
    while (
      last + 1 < index + most &&
      (last + 1) * layer.chunkSize < end &&
      layer.state(last + 1) === ChunkState.Data &&
      !this.cache.has(`${layer.id} ${last + 1}`) &&
      !this.coming.has(`${layer.id} ${last + 1}`)
    ) {
      last++;
    }
    const expected: number[] = [];
    for (let i = index; i <= last; i++) expected.push(layer.checksum(i));
    const run = this.fetchRun(layer, index, last);
    const settled = run.then(
      () => undefined,
      () => undefined,
    );
    for (let i = index; i <= last; i++) this.coming.set(`${layer.id} ${i}`, settled);
    let first: Bytes | undefined;
    let failure: unknown;
    try {
      const chunks = await run;
      for (let i = index; i <= last; i++) {
        // Committed anew while this was on its way: what came is old.
        if (layer.checksum(i) !== expected[i - index]) continue;
        const chunk = chunks.get(i);
        const problem = this.problem(layer, chunk, expected[i - index]);
        if (chunk !== undefined && problem === undefined) {
          this.cache.put(`${layer.id} ${i}`, chunk);
          if (i === index) first = chunk;
        } else if (i === index) {
          failure = damagedChunk(this.title, i * layer.chunkSize, problem ?? 'nothing is there');
        }
      }
    } finally {
      for (let i = index; i <= last; i++) this.coming.delete(`${layer.id} ${i}`);
    }
    if (failure !== undefined) throw failure;
    // Overtaken by a commit: read what that wrote.
    return first ?? this.fetch({ layer, index }, end);
  }

  private problem(
    layer: LayerMap,
    chunk: Bytes | undefined,
    checksum: number | undefined,
  ): string | undefined {
    if (chunk === undefined) return 'its data is missing from the browser’s storage';
    if (chunk.length !== layer.chunkSize) return `a chunk has ${chunk.length} bytes`;
    if (this.checksum(chunk) !== checksum) return 'a chunk does not have its checksum';
    return undefined;
  }

  private async fetchRun(
    layer: LayerMap,
    first: number,
    last: number,
  ): Promise<Map<number, Bytes>> {
    const store = this.db.transaction('data').objectStore('data');
    const found = new Map<number, Bytes>();
    if (first === last) {
      const chunk = await store.get([layer.id, first]);
      if (chunk !== undefined) found.set(first, chunk);
      return found;
    }
    const range = IDBKeyRange.bound([layer.id, first], [layer.id, last]);
    const values = await store.getAll(range);
    if (values.length === last - first + 1) {
      for (const [i, chunk] of values.entries()) found.set(first + i, chunk);
      return found;
    }
    // Some are missing: which, only their keys tell.
    for (let i = first; i <= last; i++) {
      const chunk = await this.db.get('data', [layer.id, i]);
      if (chunk !== undefined) found.set(i, chunk);
    }
    return found;
  }

  /**
   * Brings the map and the chunks of a range of the top layer up to date with what another tab
   * has committed: map and data of one transaction, so that they fit each other.
   */
  private async refresh(offset: number, length: number): Promise<void> {
    const [top] = this.layers;
    if (top === undefined) return;
    const first = Math.floor(offset / top.chunkSize);
    const last = Math.floor((offset + Math.max(length, 1) - 1) / top.chunkSize);
    const transaction = this.db.transaction(['maps', 'data']);
    const pages = [];
    for (let page = Math.floor(first / MAP_PAGE); page <= Math.floor(last / MAP_PAGE); page++) {
      pages.push(
        transaction
          .objectStore('maps')
          .get([top.id, page])
          .then((words) => words && top.adopt(page, words)),
      );
    }
    const chunks = [];
    for (let i = first; i <= last; i++) {
      chunks.push(transaction.objectStore('data').get([top.id, i]));
    }
    await Promise.all(pages);
    for (const [i, chunk] of (await Promise.all(chunks)).entries()) {
      const index = first + i;
      if (top.state(index) !== ChunkState.Data) continue;
      const problem = this.problem(top, chunk, top.checksum(index));
      if (chunk === undefined || problem !== undefined) {
        throw damagedChunk(this.title, index * top.chunkSize, problem ?? 'nothing is there');
      }
      this.cache.put(`${top.id} ${index}`, chunk);
    }
  }
}
