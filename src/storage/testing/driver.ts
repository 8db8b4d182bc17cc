import { waitForChange } from '../../engine/common/wait-for-change.js';
import {
  MAILBOX_HEADER_WORDS,
  MailboxWord,
  Operation,
  SLOT_WORDS,
  SlotState,
  SlotWord,
} from '../common/mailbox.js';

const SLOTS = 8;
/** The word that stands for QEMU's wake word, at the start of the memory. */
const WAKE = 0;
const MAILBOX = 64;
/** Each slot has a buffer of this size; a request is no larger. */
export const BUFFER_BYTES = 1 << 20;
const BUFFERS = 4096;

/**
 * The block driver's side of a mailbox, as `wasm/qemu/block/bootlink-storage.c` has it, for
 * tests and measurements without an engine.
 */
export class MailboxDriver {
  readonly memory = new SharedArrayBuffer(BUFFERS + SLOTS * BUFFER_BYTES);
  readonly mailbox = MAILBOX;
  readonly wake = WAKE;
  private readonly words = new Int32Array(this.memory);
  private readonly base = MAILBOX >>> 2;
  private readonly free = Array.from({ length: SLOTS }, (_, i) => i);

  constructor() {
    this.words[this.base + MailboxWord.Slots] = SLOTS;
  }

  /** @throws Error with the errno when the storage worker says that it failed */
  private async request(
    operation: Operation,
    offset: number,
    length: number,
    fill?: Uint8Array,
  ): Promise<Uint8Array<ArrayBuffer>> {
    const slot = this.free.pop();
    if (slot === undefined) throw new Error('no slot is free');
    const { words, base } = this;
    const at = base + MAILBOX_HEADER_WORDS + slot * SLOT_WORDS;
    const buffer = BUFFERS + slot * BUFFER_BYTES;
    if (fill !== undefined) new Uint8Array(this.memory, buffer, length).set(fill);
    words[at + SlotWord.Operation] = operation;
    words[at + SlotWord.OffsetLow] = offset | 0;
    words[at + SlotWord.OffsetHigh] = Math.floor(offset / 2 ** 32);
    words[at + SlotWord.Length] = length;
    words[at + SlotWord.Buffer] = buffer;
    Atomics.store(words, at + SlotWord.State, SlotState.Request);
    Atomics.add(words, base + MailboxWord.Doorbell, 1);
    Atomics.notify(words, base + MailboxWord.Doorbell);
    for (;;) {
      const seen = Atomics.load(words, WAKE);
      if (Atomics.load(words, at + SlotWord.State) === SlotState.Done) break;
      await waitForChange(words, WAKE, seen, 1);
    }
    const result = words[at + SlotWord.Result] ?? 0;
    Atomics.store(words, at + SlotWord.State, SlotState.Free);
    const bytes =
      operation === Operation.Read
        ? new Uint8Array(new Uint8Array(this.memory, buffer, length))
        : new Uint8Array();
    this.free.push(slot);
    if (result !== 0) throw new Error(`errno ${-result}`);
    return bytes;
  }

  read(offset: number, length: number): Promise<Uint8Array<ArrayBuffer>> {
    return this.request(Operation.Read, offset, length);
  }

  async write(offset: number, bytes: Uint8Array): Promise<void> {
    await this.request(Operation.Write, offset, bytes.length, bytes);
  }

  async flush(): Promise<void> {
    await this.request(Operation.Flush, 0, 0);
  }

  async zero(offset: number, length: number): Promise<void> {
    await this.request(Operation.Zero, offset, length);
  }
}
