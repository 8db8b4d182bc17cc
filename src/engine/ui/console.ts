import { Channel } from '../common/console.js';
import { ConsoleLog } from './console-log.js';
import { nextTask } from '../common/next-task.js';
import { waitForChange } from '../common/wait-for-change.js';

/**
 * The shortest time between two readings. A guest writes its console byte by byte; without this
 * each byte would be a task of the page.
 */
const GATHER_MS = 4;
/**
 * Bytes taken in one task, so that a flood of output never holds up the page: every listener reads
 * them, and where the processor is shared with the engine, a task lasts several times what it needs.
 */
const READ_LIMIT = 1 << 12;
/** How soon input that did not fit is tried again. */
const RETRY_MS = 8;

type Listener = () => void;

/**
 * One console of a run, from before QEMU runs until after: what it printed, who listens, and
 * what was typed but not yet taken.
 */
export class Console {
  readonly log = new ConsoleLog();
  private channel: Channel | undefined;
  private pending: Uint8Array[] = [];
  private retry: ReturnType<typeof setTimeout> | undefined;
  private readonly listeners = new Set<Listener>();

  constructor(readonly id: string) {}

  /** Shows what was printed before this run, a piece in each task: a restored machine's output. */
  async replay(bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.length; at += READ_LIMIT) {
      if (at > 0) await nextTask();
      this.print(bytes.subarray(at, at + READ_LIMIT));
    }
  }

  /** Connects to QEMU; what was typed before is sent. */
  attach(memory: SharedArrayBuffer, address: number, wake: number): void {
    const channel = new Channel(memory, address, wake);
    this.channel = channel;
    void this.pump(channel);
    this.flush();
  }

  /** Reads what is still there, then lets go of QEMU's memory. What was printed stays. */
  detach(): void {
    const channel = this.channel;
    if (channel === undefined) return;
    while (this.drain(channel));
    this.channel = undefined;
    this.pending = [];
    clearTimeout(this.retry);
    const { words, index } = channel.out.headWord;
    Atomics.notify(words, index);
  }

  get attached(): boolean {
    return this.channel !== undefined;
  }

  /** Bytes that QEMU threw away because the page did not read in time. */
  get dropped(): number {
    return this.channel?.out.dropped ?? 0;
  }

  /** Calls `listener` after output has arrived. Returns how to stop that. */
  onOutput(listener: Listener): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Types text; a line feed is sent as the Enter key's carriage return. */
  type(text: string): void {
    this.send(new TextEncoder().encode(text.replaceAll(/\r?\n/g, '\r')));
  }

  /** Sends bytes as they are; what does not fit now follows as QEMU reads. */
  send(bytes: Uint8Array): void {
    this.pending.push(bytes);
    this.flush();
  }

  private flush(): void {
    const channel = this.channel;
    if (channel === undefined) return;
    clearTimeout(this.retry);
    for (let first = this.pending[0]; first !== undefined; first = this.pending[0]) {
      const taken = channel.write(first);
      if (taken < first.length) {
        this.pending[0] = first.subarray(taken);
        this.retry = setTimeout(() => this.flush(), RETRY_MS);
        return;
      }
      this.pending.shift();
    }
  }

  private async pump(channel: Channel): Promise<void> {
    while (this.channel === channel) {
      const head = channel.out.head;
      if (this.drain(channel)) {
        if (channel.out.readable > 0) await nextTask();
        else await new Promise((resolve) => setTimeout(resolve, GATHER_MS));
      } else {
        const { words, index } = channel.out.headWord;
        await waitForChange(words, index, head);
      }
    }
  }

  /** Reads a piece of what there is; tells whether there was anything. */
  private drain(channel: Channel): boolean {
    const bytes = channel.read(READ_LIMIT);
    if (bytes.length === 0) return false;
    this.print(bytes);
    return true;
  }

  private print(bytes: Uint8Array): void {
    this.log.append(bytes);
    for (const listener of this.listeners) listener();
  }
}
