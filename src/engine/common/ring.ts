/**
 * A single-producer, single-consumer byte ring in memory that two threads share, one of
 * them written in C (`wasm/qemu/include/bootlink`). All words are 32-bit little-endian:
 *
 * | offset | word    | written by | meaning                                                |
 * |--------|---------|------------|--------------------------------------------------------|
 * | 0      | head    | producer   | bytes ever written, modulo 2^32                        |
 * | 4      | tail    | consumer   | bytes ever read, modulo 2^32                           |
 * | 8      | size    | creator    | capacity in bytes, a power of two                      |
 * | 12     | data    | creator    | address of the bytes                                   |
 * | 16     | dropped | producer   | bytes thrown away because the ring was full            |
 * | 20     | event   | creator    | address of the word that tells QEMU's side, 0 for none |
 *
 * Counters wrap, so `head - tail` modulo 2^32 is what can be read; byte `n` lies at
 * `data + n % size`. The producer stores head after the bytes and the consumer stores tail
 * after it has copied them out: JavaScript's and C11's atomics are sequentially consistent
 * here, so the other side never sees a count before the bytes it counts.
 */
export const RING_BYTES = 24;

const HEAD = 0;
const TAIL = 1;
const SIZE = 2;
const DATA = 3;
const DROPPED = 4;
const EVENT = 5;

/** The counters of a ring contradict each other: the other side, or a stray write, broke them. */
export class RingError extends Error {
  override readonly name = 'RingError';
}

export class Ring {
  private readonly words: Int32Array;
  private readonly data: Uint8Array;

  /**
   * A view of a ring that exists already.
   *
   * @param address of the first word, a multiple of 4
   * @throws RingError when the words cannot be those of a ring
   */
  constructor(
    readonly buffer: ArrayBufferLike,
    readonly address: number,
  ) {
    if (address % 4 !== 0 || address + RING_BYTES > buffer.byteLength) {
      throw new RingError(`No ring can lie at address ${address}.`);
    }
    this.words = new Int32Array(buffer, address, RING_BYTES / 4);
    const size = this.word(SIZE);
    const data = this.word(DATA);
    if (size === 0 || (size & (size - 1)) !== 0) {
      throw new RingError(`The ring at ${address} has ${size} bytes, which is no power of two.`);
    }
    if (data + size > buffer.byteLength) {
      throw new RingError(`The bytes of the ring at ${address} lie outside of memory.`);
    }
    this.data = new Uint8Array(buffer, data, size);
  }

  /** Writes the words of a new, empty ring; the C side does this for the engine's own rings. */
  static create(
    buffer: ArrayBufferLike,
    address: number,
    size: number,
    data: number,
    event = 0,
  ): Ring {
    new Int32Array(buffer, address, RING_BYTES / 4).set([0, 0, size, data, 0, event]);
    return new Ring(buffer, address);
  }

  get size(): number {
    return this.data.length;
  }

  /** Bytes that the producer threw away so far, modulo 2^32. */
  get dropped(): number {
    return this.word(DROPPED);
  }

  /** Address of the event word of QEMU's side, 0 for none. */
  get event(): number {
    return this.word(EVENT);
  }

  /** The producer's counter as it stands, to wait on. */
  get head(): number {
    return Atomics.load(this.words, HEAD);
  }

  /** The words and the index in them of the producer's counter, as `Atomics.wait` wants them. */
  get headWord(): { words: Int32Array; index: number } {
    return { words: this.words, index: HEAD };
  }

  /** Bytes that can be read now. */
  get readable(): number {
    const count = (this.word(HEAD) - this.word(TAIL)) >>> 0;
    if (count > this.size) {
      throw new RingError(
        `The ring at ${this.address} of ${this.size} bytes says that ${count} are in it.`,
      );
    }
    return count;
  }

  /** Bytes that can be written now. */
  get writable(): number {
    return this.size - this.readable;
  }

  /**
   * Producer: appends as much as there is room for.
   *
   * @returns how many bytes were taken
   */
  write(bytes: Uint8Array): number {
    const count = Math.min(bytes.length, this.writable);
    if (count === 0) return 0;
    const head = this.word(HEAD);
    const at = head & (this.size - 1);
    const first = Math.min(count, this.size - at);
    this.data.set(bytes.subarray(0, first), at);
    this.data.set(bytes.subarray(first, count), 0);
    Atomics.store(this.words, HEAD, (head + count) | 0);
    return count;
  }

  /** Producer of a lossy ring: as `write`, and what did not fit is counted as dropped. */
  writeLossy(bytes: Uint8Array): number {
    const count = this.write(bytes);
    if (count < bytes.length) Atomics.add(this.words, DROPPED, bytes.length - count);
    return count;
  }

  /** Consumer: takes out up to `limit` bytes, as a copy that no other thread sees. */
  read(limit = this.size): Uint8Array<ArrayBuffer> {
    const count = Math.min(limit, this.readable);
    const out = new Uint8Array(count);
    if (count === 0) return out;
    const tail = this.word(TAIL);
    const at = tail & (this.size - 1);
    const first = Math.min(count, this.size - at);
    out.set(this.data.subarray(at, at + first));
    out.set(this.data.subarray(0, count - first), first);
    Atomics.store(this.words, TAIL, (tail + count) | 0);
    return out;
  }

  private word(index: number): number {
    return Atomics.load(this.words, index) >>> 0;
  }
}
