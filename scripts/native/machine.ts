import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { resolveImages, type Guest, type GuestStep } from '../../src/machine/guest';
import { LogFile } from '../setup/process';
import type { Rootfs } from '../setup/rootfs';
import { NativeConsole } from './console';
import { restoreImage } from './images';

/** Where the guest's folder is seen in the chroot. */
const inside = '/run/guest';
const EXCEPTION_LOG = 'exceptions.log';
/** How long a step may take when the caller says nothing else. */
const stepSeconds = 60;

export interface NativeOptions {
  guest: Guest;
  /** The folder of index.json, `public/guests`. */
  guests: string;
  rootfs: Rootfs;
  /** Ends QEMU. */
  signal: AbortSignal;
  /** Arguments of QEMU in front of the guest's. */
  args?: readonly string[];
  /** Logs exceptions (`-d int`), for `exceptionLog`. */
  logExceptions?: boolean;
}

/** A guest of the catalogue in the chroot's native QEMU, its consoles on sockets. */
export class NativeMachine {
  private constructor(
    readonly guest: Guest,
    readonly consoles: ReadonlyMap<string, NativeConsole>,
    /** Resolves when QEMU has ended, with what went wrong if it did not exit with 0. */
    readonly ended: Promise<Error | undefined>,
    private readonly folder: string,
    private readonly log: LogFile,
    private readonly stopping: AbortController,
  ) {}

  /** Restores the images and starts QEMU. The caller ends it with `close`. */
  static async start({
    guest,
    guests,
    rootfs,
    signal,
    args: before = [],
    logExceptions = false,
  }: NativeOptions): Promise<NativeMachine> {
    signal.throwIfAborted();
    const folder = mkdtempSync(join(tmpdir(), `bootlink-${guest.id}-`));
    const consoles = new Map<string, NativeConsole>();
    const log = new LogFile(join(folder, 'qemu.log'));
    try {
      for (const image of guest.images) restoreImage(image, guests, join(folder, image.name));
      const chardevs: string[] = [];
      for (const { id } of guest.consoles) {
        const console = new NativeConsole(id, join(folder, `${id}.sock`));
        await console.listen();
        consoles.set(id, console);
        chardevs.push('-chardev', `socket,id=${id},path=${inside}/${id}.sock`);
      }
      const args = resolveImages(guest, (image) => `${inside}/${image.name}`);
      const logging = logExceptions ? ['-d', 'int', '-D', `${inside}/${EXCEPTION_LOG}`] : [];
      const qemu = ['qemu-system-aarch64', ...logging, ...before, ...chardevs, ...args];
      const stopping = new AbortController();
      const ended = rootfs
        .run(
          // The file's time is when QEMU itself starts, the chroot being entered.
          [
            ...['/bin/sh', '-c', `: > ${inside}/started; exec "$@"`, 'sh'],
            ...[...qemu, '-display', 'none', '-monitor', 'none'],
          ],
          { bind: { [inside]: folder }, log, signal: AbortSignal.any([signal, stopping.signal]) },
        )
        .then(
          () => undefined,
          (error: unknown) => error as Error,
        );
      return new NativeMachine(guest, consoles, ended, folder, log, stopping);
    } catch (error) {
      for (const console of consoles.values()) console.close();
      await log.close();
      rmSync(folder, { recursive: true, force: true });
      throw error;
    }
  }

  /**
   * Waits for each step's text and types what it sends.
   *
   * @returns when each step was met, in seconds since the process of QEMU was started
   * @throws Error naming the console, what was awaited, and the last output of both
   */
  async follow(
    steps: readonly GuestStep[],
    patienceSeconds: number = stepSeconds,
  ): Promise<number[]> {
    const met: number[] = [];
    for (const step of steps) {
      const console = this.consoles.get(step.console);
      if (console === undefined) {
        throw new Error(`A step of ${this.guest.id} names console ${step.console}: there is none.`);
      }
      if (step.expect !== undefined) {
        try {
          await console.expect(step.expect, this.ended, patienceSeconds);
        } catch (error) {
          throw new Error(`${(error as Error).message}\n${this.log.tail(10).join('\n')}`, {
            cause: error,
          });
        }
      }
      met.push(this.seconds());
      if (step.send !== undefined) console.send(step.send);
    }
    return met;
  }

  /** Seconds since the process of QEMU was started. */
  seconds(): number {
    const now = performance.timeOrigin + performance.now();
    return (now - statSync(join(this.folder, 'started')).mtimeMs) / 1000;
  }

  /** What `-d int` has written so far: whole when QEMU has ended. */
  exceptionLog(): string {
    return readFileSync(join(this.folder, EXCEPTION_LOG), 'utf8');
  }

  /** Ends QEMU and gives everything back. */
  async close(): Promise<void> {
    this.stopping.abort(new Error('no longer needed'));
    await this.ended;
    for (const console of this.consoles.values()) console.close();
    await this.log.close();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
