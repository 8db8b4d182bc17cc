import { waitForChange } from '../../engine/common/wait-for-change.js';
import {
  EIO,
  MAILBOX_HEADER_WORDS,
  MailboxWord,
  Operation,
  SLOT_WORDS,
  SlotState,
  SlotWord,
} from '../common/mailbox.js';
import type { OpenDisk } from './disk.js';

/** How often a browser without `Atomics.waitAsync` looks, in ms. */
const POLL_MS = 1;

/** Where a mailbox lies. Addresses are byte offsets into the memory. */
export interface MailboxPlace {
  memory: SharedArrayBuffer;
  mailbox: number;
  /** The word on which QEMU's pollers sleep. */
  wake: number;
}

/** Serves the requests of one block device from one open image, side by side. */
export class MailboxServer {
  private readonly words: Int32Array;
  private readonly base: number;
  private stopped = false;
  private pending = 0;
  private onIdle: (() => void) | undefined;
  /** Resolves when `stop` was called and every request in hand has been answered. */
  readonly finished: Promise<void>;

  constructor(
    private readonly disk: OpenDisk,
    private readonly place: MailboxPlace,
    private readonly onError: (error: unknown) => void,
  ) {
    this.words = new Int32Array(place.memory);
    this.base = place.mailbox >>> 2;
    this.finished = this.serve();
  }

  stop(): void {
    if (this.stopped) return;
    this.stopped = true;
    Atomics.store(this.words, this.base + MailboxWord.Closed, 1);
    Atomics.add(this.words, this.base + MailboxWord.Doorbell, 1);
    Atomics.notify(this.words, this.base + MailboxWord.Doorbell);
  }

  private async serve(): Promise<void> {
    const { words, base } = this;
    while (!this.stopped) {
      // Read before the scan: a request made after it changes the word.
      const seen = Atomics.load(words, base + MailboxWord.Doorbell);
      this.scan();
      if (this.stopped) break;
      await waitForChange(words, base + MailboxWord.Doorbell, seen, POLL_MS);
    }
    if (this.pending > 0) await new Promise<void>((resolve) => (this.onIdle = resolve));
  }

  private scan(): void {
    const { words, base } = this;
    const slots = Atomics.load(words, base + MailboxWord.Slots);
    for (let i = 0; i < slots; i++) {
      const slot = base + MAILBOX_HEADER_WORDS + i * SLOT_WORDS;
      const state = Atomics.compareExchange(
        words,
        slot + SlotWord.State,
        SlotState.Request,
        SlotState.Busy,
      );
      if (state === SlotState.Request) void this.answer(slot);
    }
  }

  private async answer(slot: number): Promise<void> {
    this.pending++;
    let result = 0;
    try {
      await this.perform(slot);
    } catch (error) {
      result = -EIO;
      this.onError(error);
    }
    const { words, base, place } = this;
    Atomics.store(words, slot + SlotWord.Result, result);
    Atomics.store(words, slot + SlotWord.State, SlotState.Done);
    const event = Atomics.load(words, base + MailboxWord.Event) >>> 2;
    if (event !== 0) Atomics.store(words, event, 1);
    Atomics.add(words, place.wake >>> 2, 1);
    Atomics.notify(words, place.wake >>> 2);
    this.pending--;
    if (this.pending === 0) this.onIdle?.();
  }

  private perform(slot: number): Promise<void> {
    const word = (index: SlotWord): number => (this.words[slot + index] ?? 0) >>> 0;
    const offset = word(SlotWord.OffsetHigh) * 2 ** 32 + word(SlotWord.OffsetLow);
    const length = word(SlotWord.Length);
    const bytes = (): Uint8Array =>
      new Uint8Array(this.place.memory, word(SlotWord.Buffer), length);
    switch (word(SlotWord.Operation)) {
      case Operation.Read:
        return this.disk.read(offset, bytes());
      case Operation.Write:
        return this.disk.write(offset, bytes());
      case Operation.Flush:
        return this.disk.flush();
      case Operation.Zero:
        return this.disk.zero(offset, length);
      default:
        return Promise.reject(new Error(`operation ${word(SlotWord.Operation)} is not known`));
    }
  }
}
