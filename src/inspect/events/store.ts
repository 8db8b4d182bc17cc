/**
 * The events of one vCPU, as the engine recorded them: bounded, and quick to draw from.
 *
 * Records stay as the 64 bytes they came as and are decoded when somebody looks at one; beside
 * them lie columns with what drawing needs. A million events take 80 MB. When there are more than
 * the limit, the oldest block goes and is counted.
 *
 * Events have indices that never change: the first one ever stored has 0, `first` is the oldest
 * that is still there, `end` the one after the newest.
 */
import { decodeRecords } from './decode';
import type { TraceEvent } from './event';
import { KIND, RECORD_SIZE } from './layout';

/** Records in a block: a power of two. */
export const BLOCK_RECORDS = 1 << 14;
/** Records that a span sums up: a power of two that divides a block. */
export const SPAN_RECORDS = 1 << 6;
const SPANS = BLOCK_RECORDS / SPAN_RECORDS;

export const DEFAULT_LIMIT = 1_000_000;

/** The 16 places that there are: 4 × Security state + Exception level. */
export type PlaceIndex = number;

interface Block {
  readonly records: Uint8Array<ArrayBuffer>;
  /** Guest time, ns. */
  readonly time: Float64Array;
  readonly kind: Uint8Array;
  /** Bytes as in the record: 0 for no place. */
  readonly from: Uint8Array;
  readonly to: Uint8Array;
  /** Of each span: bit n, the vCPU was in place n. */
  readonly places: Uint16Array;
  /** Of each span: bit n, a record of kind n. */
  readonly kinds: Uint16Array;
}

function newBlock(): Block {
  return {
    records: new Uint8Array(BLOCK_RECORDS * RECORD_SIZE),
    time: new Float64Array(BLOCK_RECORDS),
    kind: new Uint8Array(BLOCK_RECORDS),
    from: new Uint8Array(BLOCK_RECORDS),
    to: new Uint8Array(BLOCK_RECORDS),
    places: new Uint16Array(SPANS),
    kinds: new Uint16Array(SPANS),
  };
}

/** Bit of a place byte's place in a mask, 0 for none. */
function placeBit(place: number): number {
  return (place & 0x80) === 0 ? 0 : 1 << (place & 15);
}

/** Kinds after which the vCPU is where `to` says. */
const MOVES =
  (1 << KIND.exception) |
  (1 << KIND.return) |
  (1 << KIND.interrupt) |
  (1 << KIND.reset) |
  (1 << KIND.image);

export class EventStore {
  private blocks: Block[] = [];
  /** Index of the first record of blocks[0]. */
  private base = 0;
  private next = 0;
  /** The place of the vCPU after its newest event, as a record's byte; 0 before the first. */
  private where = 0;
  /** Mask of all places that events were in. */
  private seen = 0;
  private readonly maxBlocks: number;
  private readonly starts: number[] = [];

  /**
   * @param limit records kept at least; up to a block more are
   * @param imageNames gives the names of images by their numbers
   */
  constructor(
    readonly cpu: number,
    limit = DEFAULT_LIMIT,
    private readonly imageNames: () => readonly string[] = () => [],
  ) {
    this.maxBlocks = Math.ceil(limit / BLOCK_RECORDS) + 1;
  }

  get first(): number {
    return this.base;
  }

  get end(): number {
    return this.next;
  }

  /** Records that were given up for newer ones. */
  get forgotten(): number {
    return this.base;
  }

  /** Mask of the places that any event was in: bit 4 × state + EL. */
  get placesSeen(): number {
    return this.seen;
  }

  /** Place byte of where the vCPU is now; 0 when nothing is known. */
  get placeNow(): number {
    return this.where;
  }

  /** Indices of the records that tell of an image's first instruction. */
  get imageStarts(): readonly number[] {
    return this.starts;
  }

  /** Whole records, as a ring gives them. @throws RangeError when they are not whole */
  append(records: Uint8Array): void {
    if (records.length % RECORD_SIZE !== 0) {
      throw new RangeError(`${records.length} bytes are no whole number of trace records.`);
    }
    const view = new DataView(records.buffer, records.byteOffset, records.byteLength);
    let taken = 0;
    while (taken < records.length) {
      const at = this.next & (BLOCK_RECORDS - 1);
      if (at === 0) this.addBlock();
      const block = this.blocks[this.blocks.length - 1];
      if (block === undefined) return;
      const count = Math.min((records.length - taken) / RECORD_SIZE, BLOCK_RECORDS - at);
      block.records.set(records.subarray(taken, taken + count * RECORD_SIZE), at * RECORD_SIZE);
      for (let i = 0; i < count; i++) this.index(block, at + i, view, taken + i * RECORD_SIZE);
      this.next += count;
      taken += count * RECORD_SIZE;
    }
  }

  private addBlock(): void {
    this.blocks.push(newBlock());
    if (this.blocks.length > this.maxBlocks) {
      this.blocks.shift();
      this.base += BLOCK_RECORDS;
    }
  }

  private index(block: Block, at: number, view: DataView, offset: number): void {
    const kind = view.getUint8(offset);
    const from = view.getUint8(offset + 2);
    const to = view.getUint8(offset + 3);
    // An arguments record holds x1 to x7 where others have their time.
    const time =
      kind === KIND.arguments
        ? this.timeOfNewest(block, at)
        : view.getUint32(offset + 8, true) + view.getUint32(offset + 12, true) * 2 ** 32;
    block.time[at] = time;
    block.kind[at] = kind;
    block.from[at] = from;
    block.to[at] = to;
    const span = Math.floor(at / SPAN_RECORDS);
    // Where it was when the span began counts too.
    let places = (block.places[span] ?? 0) | placeBit(this.where);
    if (kind !== KIND.worldSwitch) places |= placeBit(from) | placeBit(to);
    block.places[span] = places;
    block.kinds[span] = (block.kinds[span] ?? 0) | (1 << kind);
    this.seen |= places;
    if (kind === KIND.image) this.starts.push(this.next + at - (this.next & (BLOCK_RECORDS - 1)));
    if (((MOVES >> kind) & 1) !== 0) this.where = to;
    else if (kind === KIND.summary) this.where = this.afterSummary(view, offset, from, to);
    else if (this.where === 0 && kind !== KIND.worldSwitch) this.where = from;
  }

  /** Exceptions and returns that were only counted come in pairs: who returned is down again. */
  private afterSummary(view: DataView, offset: number, from: number, to: number): number {
    const counted = view.getUint16(offset + 6, true);
    return counted === KIND.return ? to : this.where === 0 ? from : this.where;
  }

  private timeOfNewest(block: Block, at: number): number {
    if (at > 0) return block.time[at - 1] ?? 0;
    const before = this.blocks[this.blocks.length - 2];
    return before?.time[BLOCK_RECORDS - 1] ?? 0;
  }

  private blockOf(index: number): Block | undefined {
    return index < this.base || index >= this.next
      ? undefined
      : this.blocks[Math.floor((index - this.base) / BLOCK_RECORDS)];
  }

  /** Guest time of a record, ns; NaN where there is none. */
  time(index: number): number {
    return this.blockOf(index)?.time[index & (BLOCK_RECORDS - 1)] ?? Number.NaN;
  }

  /** KIND of a record, 0 where there is none. */
  kind(index: number): number {
    return this.blockOf(index)?.kind[index & (BLOCK_RECORDS - 1)] ?? 0;
  }

  /** Place byte that the record's event came from, 0 for none. */
  from(index: number): number {
    return this.blockOf(index)?.from[index & (BLOCK_RECORDS - 1)] ?? 0;
  }

  /** Place byte that the record's event led to, 0 for none. */
  to(index: number): number {
    return this.blockOf(index)?.to[index & (BLOCK_RECORDS - 1)] ?? 0;
  }

  /** Mask of the places of the span of SPAN_RECORDS that an index lies in. */
  spanPlaces(index: number): number {
    const span = Math.floor((index & (BLOCK_RECORDS - 1)) / SPAN_RECORDS);
    return this.blockOf(index)?.places[span] ?? 0;
  }

  /** Mask of the kinds of that span. */
  spanKinds(index: number): number {
    const span = Math.floor((index & (BLOCK_RECORDS - 1)) / SPAN_RECORDS);
    return this.blockOf(index)?.kinds[span] ?? 0;
  }

  /** The event at an index; undefined when it is gone, damaged, or the arguments of another. */
  event(index: number): TraceEvent | undefined {
    const block = this.blockOf(index);
    if (block === undefined || this.kind(index) === KIND.arguments) return undefined;
    const at = (index & (BLOCK_RECORDS - 1)) * RECORD_SIZE;
    const two = new Uint8Array(2 * RECORD_SIZE);
    two.set(block.records.subarray(at, at + RECORD_SIZE));
    const next = this.blockOf(index + 1);
    const nextAt = ((index + 1) & (BLOCK_RECORDS - 1)) * RECORD_SIZE;
    const paired = next !== undefined && this.kind(index + 1) === KIND.arguments;
    if (paired) two.set(next.records.subarray(nextAt, nextAt + RECORD_SIZE), RECORD_SIZE);
    const record = paired ? two : two.subarray(0, RECORD_SIZE);
    const [event] = decodeRecords(record, { final: true }).events;
    const name = event?.kind === 'image' ? this.imageNames()[event.image] : undefined;
    return event?.kind === 'image' && name !== undefined ? { ...event, name } : event;
  }

  /** Index of the first record at or after a time; `end` when all are before it. */
  atTime(time: number): number {
    let low = this.base;
    let high = this.next;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.time(middle) < time) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Place byte of where the vCPU was just before the record at an index. */
  placeBefore(index: number): number {
    for (let i = Math.min(index, this.next) - 1; i >= Math.max(this.base, index - 4096); i--) {
      const kind = this.kind(i);
      if (((MOVES >> kind) & 1) !== 0) return this.to(i);
      if (kind === KIND.summary || kind === KIND.wait || kind === KIND.gpf) return this.from(i);
    }
    return index < this.next ? this.from(index) : 0;
  }
}

/** The stores of all vCPUs of a machine, made as their records come. */
export class EventStores {
  private readonly all: (EventStore | undefined)[] = [];
  /** Names of the images that records tell of, by number. */
  imageNames: readonly string[] = [];

  /** @param limit records kept, of all vCPUs that there may be together */
  constructor(private readonly limit = DEFAULT_LIMIT) {}

  append(cpu: number, records: Uint8Array): void {
    this.all[cpu] ??= new EventStore(cpu, this.limit, () => this.imageNames);
    this.all[cpu].append(records);
  }

  get cpus(): readonly EventStore[] {
    return this.all.filter((each) => each !== undefined);
  }

  /** Guest time of the oldest and the newest event, ns; undefined without any. */
  get range(): { start: number; end: number } | undefined {
    let start = Number.POSITIVE_INFINITY;
    let end = Number.NEGATIVE_INFINITY;
    for (const store of this.cpus) {
      if (store.end === store.first) continue;
      start = Math.min(start, store.time(store.first));
      end = Math.max(end, store.time(store.end - 1));
    }
    return end < start ? undefined : { start, end };
  }

  get count(): number {
    return this.cpus.reduce((sum, store) => sum + store.end - store.first, 0);
  }

  get forgotten(): number {
    return this.cpus.reduce((sum, store) => sum + store.forgotten, 0);
  }
}
