import { createServer, type Server, type Socket } from 'node:net';
import { ConsoleLog } from '../../src/engine/ui/console-log';
import { endOfMatch } from '../../src/machine/steps';

/**
 * A console of native QEMU over a Unix socket. QEMU connects to it as a client, so no byte is
 * lost before anybody listens. What it prints is kept by the page's own log, so that a step is
 * matched on the same text here and there.
 */
export class NativeConsole {
  readonly log = new ConsoleLog();
  /** Where the next expectation starts to look, in characters of the log's plain text. */
  private read = 0;
  private socket: Socket | undefined;
  private unsent = '';
  private changed: () => void = () => undefined;
  private readonly server: Server;

  constructor(
    readonly id: string,
    readonly path: string,
  ) {
    this.server = createServer((socket) => {
      this.socket = socket;
      socket.on('data', (bytes: Buffer) => {
        this.log.append(bytes);
        this.changed();
      });
      // A reset by a QEMU that is being ended; its exit tells what there is to tell.
      socket.on('error', () => undefined);
      socket.write(this.unsent);
    });
  }

  listen(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.server.once('error', reject);
      this.server.listen(this.path, resolve);
    });
  }

  send(text: string): void {
    if (this.socket === undefined) this.unsent += text;
    else this.socket.write(text);
  }

  /**
   * Waits until the text stands after what the last expectation found.
   *
   * @param ended resolves when QEMU has ended
   * @throws Error with the console's last output when QEMU ends, or `patienceSeconds` go by
   */
  async expect(expect: string, ended: Promise<unknown>, patienceSeconds: number): Promise<void> {
    let why: string | undefined;
    const gone = ended.then(() => {
      why = 'QEMU ended';
    });
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(() => {
        why = `${patienceSeconds} s went by`;
        resolve();
      }, patienceSeconds * 1000);
    });
    try {
      for (;;) {
        const next = new Promise<void>((resolve) => (this.changed = resolve));
        // Looked at before the text: what QEMU printed last counts, if it is there.
        const reason = why;
        const end = endOfMatch(expect, this.log.text(this.read));
        if (end !== undefined) {
          this.read += end;
          return;
        }
        if (reason !== undefined) {
          const tail = this.log.text().slice(-800);
          throw new Error(`${reason} before ${this.id} said ${expect}. It said:\n${tail}`);
        }
        await Promise.race([next, gone, late]);
      }
    } finally {
      clearTimeout(timer);
    }
  }

  close(): void {
    this.socket?.destroy();
    this.server.close();
  }
}
