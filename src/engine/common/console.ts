import { Ring, RING_BYTES } from './ring.js';

/**
 * A console channel: how a chardev of QEMU (`-chardev bootlink,id=NAME`) and the page
 * exchange bytes. It lies in the engine's memory, as `wasm/qemu/chardev/bootlink.c` lays it out:
 *
 * | offset | bytes | meaning                                                    |
 * |--------|-------|------------------------------------------------------------|
 * | 0      | 4     | state: 1 claimed, 2 opened by QEMU, 3 closed by QEMU       |
 * | 4      | 4     | flags: bit 0, output that does not fit is dropped          |
 * | 8      | 8     | reserved                                                   |
 * | 16     | 24    | ring OUT: QEMU writes, the page reads                      |
 * | 40     | 24    | ring IN: the page writes, QEMU reads                       |
 */
export const CHANNEL_BYTES = 64;
const OUT_OFFSET = 16;
const IN_OFFSET = OUT_OFFSET + RING_BYTES;

/** Flag of a channel: QEMU drops output rather than wait for a page that does not read. */
export const CHANNEL_LOSSY = 1;

/** What a channel is claimed with. Sizes in bytes, powers of two. */
export interface ChannelPlan {
  name: string;
  outSize: number;
  inSize: number;
  lossy: boolean;
}

/** Channel that carries QEMU's human monitor. */
export const MONITOR_CHANNEL = 'monitor';
/** Channel that carries the QEMU machine protocol. */
export const QMP_CHANNEL = 'qmp';
/** Channel of QEMU's gdbstub, which is started on it when a debugger is first wanted. */
export const GDB_CHANNEL = 'gdbstub';

/**
 * The channels of a guest with these consoles. A guest that prints faster than a page in the
 * background reads must not stop, so consoles are lossy; monitor and QMP must lose nothing.
 */
export function planChannels(consoleIds: readonly string[]): ChannelPlan[] {
  return [
    ...consoleIds.map((name) => ({ name, outSize: 1 << 20, inSize: 1 << 16, lossy: true })),
    { name: MONITOR_CHANNEL, outSize: 1 << 16, inSize: 1 << 12, lossy: false },
    { name: QMP_CHANNEL, outSize: 1 << 18, inSize: 1 << 16, lossy: false },
    { name: GDB_CHANNEL, outSize: 1 << 18, inSize: 1 << 16, lossy: false },
  ];
}

/** Where the channels are, as the engine worker hands them to the page. */
export interface ChannelMap {
  memory: SharedArrayBuffer;
  /** Address of the word on which QEMU's pollers sleep. */
  wake: number;
  /** Address of each channel by name. */
  channels: Record<string, number>;
  /** Address of the trace's control block (`trace.ts`), 0 for an engine without one. */
  trace: number;
  /** Names of the programs whose first instruction is an event, by number (`machine/programs.ts`). */
  programs: readonly string[];
  /** Address of the display's block (`display.ts`), 0 for an engine without one. */
  display: number;
}

/** The page's end of a channel. */
export class Channel {
  readonly out: Ring;
  readonly in: Ring;
  private readonly lossy: boolean;
  private readonly wakeWord: Int32Array;

  constructor(
    private readonly memory: SharedArrayBuffer,
    address: number,
    wake: number,
  ) {
    this.lossy = (Atomics.load(new Int32Array(memory, address + 4, 1), 0) & CHANNEL_LOSSY) !== 0;
    this.out = new Ring(memory, address + OUT_OFFSET);
    this.in = new Ring(memory, address + IN_OFFSET);
    this.wakeWord = new Int32Array(memory, wake, 1);
  }

  /** Takes what QEMU wrote; QEMU is told that there is room again where it waits for that. */
  read(limit?: number): Uint8Array<ArrayBuffer> {
    const bytes = this.out.read(limit);
    if (bytes.length > 0 && !this.lossy) this.tell(this.out.event);
    return bytes;
  }

  /** Writes to QEMU and wakes it. Returns how many bytes were taken. */
  write(bytes: Uint8Array): number {
    const count = this.in.write(bytes);
    if (count > 0) this.tell(this.in.event);
    return count;
  }

  /** Sets the event word, then wakes QEMU's pollers, which look at the event words. */
  private tell(event: number): void {
    if (event !== 0) Atomics.store(new Int32Array(this.memory, event, 1), 0, 1);
    Atomics.add(this.wakeWord, 0, 1);
    Atomics.notify(this.wakeWord, 0);
  }
}
