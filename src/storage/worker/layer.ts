import { ChunkState, MAP_PAGE, type LayerRecord } from '../common/records.js';
import { layerRange, type Database } from './database.js';

type Page = Uint32Array<ArrayBuffer>;

/** A layer's map in memory: which chunks it holds, and their checksums. As last committed. */
export class LayerMap {
  private readonly pages: Map<number, Page>;

  constructor(
    readonly record: LayerRecord,
    pages: Map<number, Page> = new Map(),
  ) {
    this.pages = pages;
  }

  get id(): string {
    return this.record.id;
  }

  get chunkSize(): number {
    return this.record.chunkSize;
  }

  state(index: number): ChunkState {
    const page = this.pages.get(Math.floor(index / MAP_PAGE));
    return page?.[(index % MAP_PAGE) * 2] ?? ChunkState.Absent;
  }

  checksum(index: number): number {
    const page = this.pages.get(Math.floor(index / MAP_PAGE));
    return page?.[(index % MAP_PAGE) * 2 + 1] ?? 0;
  }

  /** A copy of a map record, to be changed and put; `adopt` makes it the map's. */
  copyPage(number: number): Page {
    return this.pages.get(number)?.slice() ?? new Uint32Array(2 * MAP_PAGE);
  }

  adopt(number: number, page: Page): void {
    this.pages.set(number, page);
  }

  /** Bytes that the layer's chunks of data take. */
  stored(): number {
    let chunks = 0;
    for (const page of this.pages.values()) {
      for (let i = 0; i < page.length; i += 2) if (page[i] === ChunkState.Data) chunks++;
    }
    return chunks * this.chunkSize;
  }

  /** True when it holds nothing, not even zeroes over the layer below. */
  isEmpty(): boolean {
    for (const page of this.pages.values()) {
      for (let i = 0; i < page.length; i += 2) if (page[i] !== ChunkState.Absent) return false;
    }
    return true;
  }
}

/** Reads a layer's map; undefined when there is no such layer. */
export async function readLayer(db: Database, id: string): Promise<LayerMap | undefined> {
  const transaction = db.transaction(['layers', 'maps']);
  const maps = transaction.objectStore('maps');
  const [record, keys, values] = await Promise.all([
    transaction.objectStore('layers').get(id),
    maps.getAllKeys(layerRange(id)),
    maps.getAll(layerRange(id)),
  ]);
  if (record === undefined) return undefined;
  const pages = new Map<number, Page>();
  for (const [i, [, number]] of keys.entries()) {
    const page = values[i];
    if (page !== undefined) pages.set(number, page);
  }
  return new LayerMap(record, pages);
}

/** The layers of an image, top first; throws the name of the one that is missing. */
export async function readLayers(db: Database, top: string): Promise<LayerMap[]> {
  const layers: LayerMap[] = [];
  for (let id: string | undefined = top; id !== undefined;) {
    const layer = await readLayer(db, id);
    if (layer === undefined) throw new Error(`layer ${id} is missing`);
    layers.push(layer);
    id = layer.record.parent;
  }
  return layers;
}
