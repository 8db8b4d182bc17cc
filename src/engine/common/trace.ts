import { RECORD_SIZE } from '../../inspect/events/layout.js';
import { Ring } from './ring.js';

/**
 * The control block of the trace, in the engine's memory (`wasm/qemu/include/bootlink/trace.h`
 * is its twin: change both). All words are 32-bit little-endian unless said otherwise:
 *
 * | offset | bytes | word       | written by | meaning                                           |
 * |--------|-------|------------|------------|---------------------------------------------------|
 * | 0      | 4     | on         | page       | 1 while events are recorded                       |
 * | 4      | 4     | kinds      | page       | bit n: records of kind n (layout.ts) are wanted   |
 * | 8      | 4     | burst      | page       | alike in a window and written, 0 for all          |
 * | 12     | 4     | window     | page       | microseconds of guest time                        |
 * | 16     | 4     | ring size  | page       | bytes of a ring that is made from now on, 2^n     |
 * | 20     | 4     | generation | page       | changed after every change of the images          |
 * | 24     | 4     | image count| page       |                                                   |
 * | 28     | 4     |            |            | reserved                                          |
 * | 32     | 32    | pairs      | page       | 16 u16: bit n of word m, from place m to place n  |
 * | 64     | 256   | rings      | QEMU       | address of each vCPU's ring, 0 before its first   |
 * | 320    | 512   | images     | page       | 32 times u64 base, u64 size: physical addresses   |
 *
 * A place here is 4 times the Security state plus the Exception level, as in the low bits of a
 * place in layout.ts. What is read may change between two reads; nothing waits for anything.
 */
export const TRACE_CONTROL_BYTES = 832;
export const TRACE_MAX_CPUS = 64;
export const TRACE_MAX_IMAGES = 32;

const ON = 0;
const KINDS = 1;
const BURST = 2;
const WINDOW = 3;
const RING_SIZE = 4;
const GENERATION = 5;
const IMAGE_COUNT = 6;
const PAIRS_OFFSET = 32;
const RINGS = 16;
const IMAGES_OFFSET = 320;
const PLACES = 16;

/** What QEMU records. */
export interface TraceFilter {
  /** KIND numbers of layout.ts; all when left out. */
  readonly kinds?: readonly number[];
  /** From and to as 4 × Security state + EL; all when left out. */
  readonly pairs?: readonly (readonly [from: number, to: number])[];
  /** Events alike within a window that are written, the rest is counted; 0 for no limit. */
  readonly burst?: number;
  /** Microseconds of guest time. */
  readonly windowMicroseconds?: number;
}

/** A range of physical memory whose first instruction is an event. */
export interface TraceImage {
  readonly base: bigint;
  readonly size: bigint;
}

export const DEFAULT_BURST = 8;
export const DEFAULT_WINDOW_MICROSECONDS = 1000;

/** The page's end of the control block. */
export class TraceControl {
  private readonly words: Int32Array;

  /** @param address what the engine's `_bootlink_trace_control` gave */
  constructor(
    private readonly memory: ArrayBufferLike,
    private readonly address: number,
  ) {
    this.words = new Int32Array(memory, address, TRACE_CONTROL_BYTES / 4);
  }

  get on(): boolean {
    return Atomics.load(this.words, ON) !== 0;
  }

  set on(on: boolean) {
    Atomics.store(this.words, ON, on ? 1 : 0);
  }

  /** Takes the place of the filter before; may be called while events are recorded. */
  setFilter(filter: TraceFilter): void {
    const kinds = filter.kinds?.reduce((bits, kind) => bits | (1 << kind), 0) ?? -1;
    const pairs = new Uint16Array(this.memory, this.address + PAIRS_OFFSET, PLACES);
    const wanted = new Uint16Array(PLACES).fill(filter.pairs === undefined ? 0xffff : 0);
    for (const [from, to] of filter.pairs ?? []) {
      const at = from & (PLACES - 1);
      wanted[at] = (wanted[at] ?? 0) | (1 << (to & (PLACES - 1)));
    }
    pairs.set(wanted);
    Atomics.store(this.words, BURST, filter.burst ?? DEFAULT_BURST);
    Atomics.store(this.words, WINDOW, filter.windowMicroseconds ?? DEFAULT_WINDOW_MICROSECONDS);
    Atomics.store(this.words, KINDS, kinds);
  }

  /** Bytes of the rings that are made from now on: a power of two, before the machine starts. */
  setRingSize(bytes: number): void {
    if (bytes < 4 * RECORD_SIZE || (bytes & (bytes - 1)) !== 0) {
      throw new RangeError(`A trace ring cannot have ${bytes} bytes: give a power of two.`);
    }
    Atomics.store(this.words, RING_SIZE, bytes);
  }

  /** Names the images; their numbers in records are their indices here. At most 32 are taken. */
  setImages(images: readonly TraceImage[]): void {
    const taken = images.slice(0, TRACE_MAX_IMAGES);
    const view = new DataView(this.memory, this.address + IMAGES_OFFSET, 16 * TRACE_MAX_IMAGES);
    taken.forEach(({ base, size }, index) => {
      view.setBigUint64(index * 16, base, true);
      view.setBigUint64(index * 16 + 8, size, true);
    });
    Atomics.store(this.words, IMAGE_COUNT, taken.length);
    Atomics.add(this.words, GENERATION, 1);
  }

  /** Address of the ring of a vCPU, 0 while it has recorded nothing. */
  ring(cpu: number): number {
    return Atomics.load(this.words, RINGS + cpu) >>> 0;
  }
}

/** Takes what all vCPUs have recorded. */
export class TraceReader {
  private readonly rings: (Ring | undefined)[] = [];

  constructor(
    private readonly memory: ArrayBufferLike,
    private readonly control: TraceControl,
  ) {}

  /**
   * Gives the new records of each vCPU that has some: whole records, copied out of the ring, and
   * at most `limit` bytes of each.
   */
  read(take: (cpu: number, records: Uint8Array<ArrayBuffer>) => void, limit?: number): void {
    for (let cpu = 0; cpu < TRACE_MAX_CPUS; cpu++) {
      const ring = this.ringOf(cpu);
      if (ring === undefined) continue;
      // The producer moves its head by whole records, so that whole ones are what is there.
      const records = ring.read(limit === undefined ? undefined : limit - (limit % RECORD_SIZE));
      if (records.length > 0) take(cpu, records);
    }
  }

  /** Records that full rings have lost so far. */
  get lost(): number {
    let bytes = 0;
    for (const ring of this.rings) bytes += ring?.dropped ?? 0;
    return bytes / RECORD_SIZE;
  }

  private ringOf(cpu: number): Ring | undefined {
    const known = this.rings[cpu];
    if (known !== undefined) return known;
    const address = this.control.ring(cpu);
    return address === 0 ? undefined : (this.rings[cpu] = new Ring(this.memory, address));
  }
}
