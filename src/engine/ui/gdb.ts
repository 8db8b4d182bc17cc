import { encodePacket, PacketReader, type GdbMessage } from '../common/gdb-packet.js';
import type { Failure, Result } from '../common/failure.js';

/** How long QEMU's gdbstub may take to answer a stopped machine's request, in ms. */
const ANSWER_MS = 10_000;

interface Waiting {
  request: string;
  settle(result: Result<string>): void;
  timer: ReturnType<typeof setTimeout>;
}

/**
 * A client of QEMU's gdbstub (GDB manual, "Remote Protocol"; gdbstub/gdbstub.c). Requests are sent
 * without waiting for the answers of those before them: QEMU answers in order, and a new `$` counts
 * as the acknowledgement of its last packet. No `+` is ever sent, because any byte that comes while
 * the machine runs stops it. For the same reason the caller sees to it that the machine is stopped.
 */
export class GdbClient {
  private readonly reader = new PacketReader();
  private readonly waiting: Waiting[] = [];
  private closed = false;

  constructor(
    private readonly send: (bytes: Uint8Array) => void,
    private readonly answerMs = ANSWER_MS,
  ) {}

  /** Takes bytes that QEMU wrote, in pieces of any size. */
  receive(bytes: Uint8Array): void {
    for (const message of this.reader.push(bytes)) this.take(message);
  }

  /** Sends a request; its answer as text, `''` for one that QEMU does not know. */
  request(request: string): Promise<Result<string>> {
    if (this.closed) return Promise.resolve({ ok: false, failure: ended(request) });
    return new Promise((settle) => {
      const timer = setTimeout(() => this.giveUp(), this.answerMs);
      this.waiting.push({ request, settle, timer });
      this.send(encodePacket(request));
    });
  }

  /** Ends the client: what still waits fails, later requests too. */
  close(): void {
    this.closed = true;
    this.failAll(ended);
  }

  private take(message: GdbMessage): void {
    if (message.kind === 'packet') this.settle({ ok: true, value: message.payload });
    else if (message.kind === 'damaged') {
      this.settle({
        ok: false,
        failure: {
          what: `An answer of QEMU's gdbstub was damaged (${message.reason}).`,
          input: this.waiting[0]?.request ?? 'no request',
          remedy: 'Try again. When it happens every time, report it.',
        },
      });
    }
  }

  private settle(result: Result<string>): void {
    const first = this.waiting.shift();
    if (first === undefined) return; // A stop that nobody asked for: QMP tells of those.
    clearTimeout(first.timer);
    first.settle(result);
  }

  /** Answers come in order: when one is missing, those after it cannot be told apart. */
  private giveUp(): void {
    this.failAll((request) => ({
      what: `QEMU's gdbstub did not answer within ${this.answerMs / 1000} s.`,
      input: request,
      remedy:
        'Pause the machine and try again: the gdbstub answers only while it is stopped. If “gdbserver” was typed at the monitor, it answers there instead, until the next boot.',
    }));
  }

  private failAll(failure: (request: string) => Failure): void {
    for (const { request, settle, timer } of this.waiting.splice(0)) {
      clearTimeout(timer);
      settle({ ok: false, failure: failure(request) });
    }
  }
}

function ended(request: string): Failure {
  return {
    what: `“${request}” was not answered: QEMU has ended.`,
    remedy: 'The machine has ended: boot it again.',
  };
}
