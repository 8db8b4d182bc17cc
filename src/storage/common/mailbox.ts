/**
 * The mailbox between the engine's block driver and the storage worker, in the engine's memory:
 * its twin is `wasm/qemu/include/bootlink/storage.h`; change both. All fields are 32-bit
 * little-endian words.
 *
 * | word | holds                                                                       |
 * | ---- | --------------------------------------------------------------------------- |
 * | 0    | doorbell: goes up with every request; the storage worker waits on it         |
 * | 1    | number of slots                                                              |
 * | 2    | address of the event word that wakes the driver; 0 until it has opened       |
 * | 3    | 1 when the storage worker has stopped serving                                |
 * | 4…   | the slots, of 8 words each                                                   |
 *
 * A slot is the driver's while its state is `Free` or `Done`, and the worker's in between.
 */
export const MAILBOX_HEADER_WORDS = 4;
export const SLOT_WORDS = 8;

export const enum MailboxWord {
  Doorbell = 0,
  Slots = 1,
  Event = 2,
  Closed = 3,
}

export const enum SlotWord {
  State = 0,
  Operation = 1,
  OffsetLow = 2,
  OffsetHigh = 3,
  /** Bytes. */
  Length = 4,
  /** Address of the bytes in the engine's memory. */
  Buffer = 5,
  /** 0, or a negative errno of the engine's C library. */
  Result = 6,
}

export const enum SlotState {
  Free = 0,
  Request = 1,
  Busy = 2,
  Done = 3,
}

export const enum Operation {
  Read = 1,
  Write = 2,
  Flush = 3,
  Zero = 4,
}

/** EIO of Emscripten's C library (WASI's numbering). */
export const EIO = 29;
