import { deferred } from '../common/deferred.js';
import type { Failure, Result } from '../common/failure.js';
import type { InputEvent } from './display.js';

/** The commands that Bootlink uses: arguments and answer of each (QEMU's qapi/*.json). */
export interface QmpCommands {
  qmp_capabilities: { arguments: undefined; answer: object };
  'query-status': { arguments: undefined; answer: { status: string; running: boolean } };
  'query-version': {
    arguments: undefined;
    answer: { qemu: { major: number; minor: number; micro: number }; package: string };
  };
  stop: { arguments: undefined; answer: object };
  cont: { arguments: undefined; answer: object };
  system_reset: { arguments: undefined; answer: object };
  system_powerdown: { arguments: undefined; answer: object };
  'xen-load-devices-state': { arguments: { filename: string }; answer: object };
  'xen-save-devices-state': { arguments: { filename: string; live: boolean }; answer: object };
  'qom-get': { arguments: { path: string; property: string }; answer: unknown };
  'input-send-event': { arguments: { events: readonly InputEvent[] }; answer: object };
  /** Pressed in this order, each for so many ms of the guest's time, then released. */
  'send-key': {
    arguments: { keys: { type: 'qcode'; data: string }[]; 'hold-time': number };
    answer: object;
  };
  quit: { arguments: undefined; answer: object };
  'human-monitor-command': {
    arguments: { 'command-line': string; 'cpu-index'?: number };
    answer: string;
  };
}

export type QmpCommand = keyof QmpCommands;

/** An event of QEMU, such as STOP, RESUME, RESET or SHUTDOWN. */
export interface QmpEvent {
  event: string;
  data?: Record<string, unknown>;
}

interface Waiting {
  command: string;
  settle(result: Result<unknown>): void;
}

const DEAD = 'The machine has ended: boot it again.';

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * A client of the QEMU machine protocol (QEMU's docs/interop/qmp-spec.rst): greeting,
 * capabilities, commands with ids, events. One JSON object a line, in UTF-8.
 */
export class QmpClient {
  private readonly decoder = new TextDecoder();
  private line = '';
  private nextId = 1;
  private readonly waiting = new Map<number, Waiting>();
  private closed = false;
  private readonly greeted = deferred<Result<undefined>>();

  /**
   * @param send writes bytes to QEMU
   * @param onEvent is given each event, in order
   */
  constructor(
    private readonly send: (bytes: Uint8Array) => void,
    private readonly onEvent: (event: QmpEvent) => void,
  ) {}

  /** Resolves when QEMU takes commands, or says why it never will. */
  get ready(): Promise<Result<undefined>> {
    return this.greeted.promise;
  }

  /** Takes bytes that QEMU wrote, in pieces of any size. */
  receive(bytes: Uint8Array): void {
    this.line += this.decoder.decode(bytes, { stream: true });
    const lines = this.line.split('\n');
    this.line = lines.pop() ?? '';
    for (const line of lines) if (line.trim() !== '') this.take(line);
  }

  /** Sends a command; the answer, or what QEMU says is wrong with it. */
  async execute<C extends QmpCommand>(
    command: C,
    ...rest: QmpCommands[C]['arguments'] extends undefined ? [] : [QmpCommands[C]['arguments']]
  ): Promise<Result<QmpCommands[C]['answer']>> {
    const answer = await this.request(command, rest[0]);
    return answer as Result<QmpCommands[C]['answer']>;
  }

  /** Ends the client: commands that still wait fail, later ones too. */
  close(): void {
    this.closed = true;
    const failure = (command: string): Failure => ({
      what: `QEMU ended before it answered “${command}”.`,
      remedy: DEAD,
    });
    for (const { command, settle } of this.waiting.values()) {
      settle({ ok: false, failure: failure(command) });
    }
    this.waiting.clear();
    this.greeted.resolve({ ok: false, failure: failure('qmp_capabilities') });
  }

  private request(command: string, args: unknown): Promise<Result<unknown>> {
    if (this.closed) {
      const what = `“${command}” was not sent: QEMU is not running.`;
      return Promise.resolve({ ok: false, failure: { what, remedy: DEAD } });
    }
    const id = this.nextId++;
    return new Promise((settle) => {
      this.waiting.set(id, { command, settle });
      const message = { execute: command, ...(args === undefined ? {} : { arguments: args }), id };
      this.send(new TextEncoder().encode(`${JSON.stringify(message)}\n`));
    });
  }

  private take(line: string): void {
    let message: unknown;
    try {
      message = JSON.parse(line);
    } catch {
      return; // Not QMP: nothing waits for it.
    }
    if (!isObject(message)) return;
    if ('QMP' in message) {
      void this.execute('qmp_capabilities').then((answer) =>
        this.greeted.resolve(answer.ok ? { ok: true, value: undefined } : answer),
      );
    } else if (typeof message.event === 'string') {
      this.onEvent({
        event: message.event,
        ...(isObject(message.data) ? { data: message.data } : {}),
      });
    } else if (typeof message.id === 'number') {
      this.answer(message.id, message);
    }
  }

  private answer(id: number, message: Record<string, unknown>): void {
    const waiting = this.waiting.get(id);
    if (waiting === undefined) return;
    this.waiting.delete(id);
    if (!('error' in message)) {
      waiting.settle({ ok: true, value: message.return });
      return;
    }
    const error = isObject(message.error) ? message.error : {};
    waiting.settle({
      ok: false,
      failure: {
        what: `QEMU refused “${waiting.command}”.`,
        remedy: 'See what QEMU says; the monitor console takes commands too.',
        detail: `${String(error.class)}: ${String(error.desc)}`,
      },
    });
  }
}
