import {
  readFileSync,
  mkdtempSync,
  rmSync,
  writeFileSync,
  openSync,
  writeSync,
  closeSync,
  ftruncateSync,
} from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import * as v from 'valibot';
import {
  Catalogue,
  resolveImages,
  type Guest,
  type GuestImage,
  type GuestStep,
} from '../../src/machine/guest';
import { Cache, cacheFolder } from '../setup/cache';
import { LogFile } from '../setup/process';
import { decideHost, hostFacts } from '../setup/host';
import { makeRootfs, type Rootfs } from '../setup/rootfs';
import { stepMatcher, withoutControls } from './expect';

/**
 * Boots built-in guests in the chroot's native QEMU, runs their boot and check steps, and
 * prints how long each took: `npx tsx scripts/guests/check-native.ts [--show] [ID…]`.
 */
const repo = fileURLToPath(new URL('../..', import.meta.url));
const publicGuests = join(repo, 'public/guests');
const stepSeconds = 60;

/** Decodes an image as the page does, into a file of its full size. */
function restore(image: GuestImage, to: string): void {
  const wire = readFileSync(join(publicGuests, image.url));
  const decoded = image.encoding === 'gzip' ? gunzipSync(wire) : wire;
  const file = openSync(to, 'w');
  let taken = 0;
  for (const [offset, length] of image.extents ?? [[0, decoded.length]]) {
    writeSync(file, decoded, taken, length, offset);
    taken += length;
  }
  ftruncateSync(file, image.size);
  closeSync(file);
}

/** A console: QEMU connects to it as a client, so no byte is lost before anybody listens. */
class NativeConsole {
  text = '';
  /** Where the next expectation starts to look. */
  seen = 0;
  private socket: Socket | undefined;
  private unsent = '';
  private changed: () => void = () => undefined;
  private readonly server: Server;

  constructor(readonly path: string) {
    this.server = createServer((socket) => {
      this.socket = socket;
      socket.setEncoding('utf8').on('data', (text: string) => {
        this.text += text;
        this.changed();
      });
      socket.on('error', () => undefined);
      socket.write(this.unsent);
    });
  }

  listen(): Promise<void> {
    return new Promise((resolve) => this.server.listen(this.path, resolve));
  }

  send(text: string): void {
    if (this.socket === undefined) this.unsent += text;
    else this.socket.write(text);
  }

  /** Waits until the step's text stands after what the last one found. */
  async expect(step: GuestStep, ended: Promise<unknown>): Promise<void> {
    if (step.expect === undefined) return;
    const find = stepMatcher(step.expect);
    let over = false;
    const gone = ended.finally(() => {
      over = true;
    });
    const timeout = AbortSignal.timeout(stepSeconds * 1000);
    const late = new Promise<void>((resolve) => timeout.addEventListener('abort', () => resolve()));
    for (;;) {
      const next = new Promise<void>((resolve) => (this.changed = resolve));
      const end = find(withoutControls(this.text), this.seen);
      if (end !== undefined) {
        this.seen = end;
        return;
      }
      if (over || timeout.aborted) {
        const why = over ? 'QEMU ended' : `${stepSeconds} s went by`;
        const tail = withoutControls(this.text).slice(-800);
        throw new Error(`${why} before ${step.console} said ${step.expect}. It said:\n${tail}`);
      }
      await Promise.race([next, gone, late]);
    }
  }

  close(): void {
    this.socket?.destroy();
    this.server.close();
  }
}

interface Outcome {
  id: string;
  bootSeconds?: number;
  totalSeconds?: number;
  error?: string;
}

async function check(guest: Guest, rootfs: Rootfs, show: boolean): Promise<Outcome> {
  const folder = mkdtempSync(join(tmpdir(), `bootlink-${guest.id}-`));
  const stop = new AbortController();
  const consoles = new Map<string, NativeConsole>();
  const log = new LogFile(join(folder, 'qemu.log'));
  try {
    for (const image of guest.images) restore(image, join(folder, image.name));
    const chardevs: string[] = [];
    for (const { id } of guest.consoles) {
      const console = new NativeConsole(join(folder, `${id}.sock`));
      await console.listen();
      consoles.set(id, console);
      chardevs.push('-chardev', `socket,id=${id},path=/run/guest/${id}.sock`);
    }
    const args = resolveImages(guest, (image) => `/run/guest/${image.name}`);
    const argv = ['qemu-system-aarch64', ...chardevs, ...args];
    const start = performance.now();
    const seconds = () => Math.round((performance.now() - start) / 10) / 100;
    const ended = rootfs
      .run([...argv, '-display', 'none', '-monitor', 'none'], {
        bind: { '/run/guest': folder },
        log,
        signal: stop.signal,
      })
      .then(
        () => undefined,
        (error: unknown) => error as Error,
      );
    const follow = async (steps: readonly GuestStep[]) => {
      for (const step of steps) {
        const console = consoles.get(step.console);
        if (console === undefined) throw new Error(`There is no console ${step.console}.`);
        await console.expect(step, ended);
        if (step.send !== undefined) console.send(step.send);
      }
    };
    const outcome: Outcome = { id: guest.id };
    try {
      await follow(guest.boot);
      outcome.bootSeconds = seconds();
      await follow(guest.check);
      if (guest.exits !== undefined) {
        const failure = await ended;
        if (failure !== undefined) throw failure;
      }
      outcome.totalSeconds = seconds();
    } catch (error) {
      outcome.error = `${(error as Error).message}\n${log.tail(10).join('\n')}`;
    }
    stop.abort(new Error('checked'));
    await ended;
    if (show) {
      for (const [id, { text }] of consoles) {
        writeFileSync(join(tmpdir(), `${guest.id}-${id}.txt`), text);
        process.stdout.write(`--- ${guest.id} ${id}\n${withoutControls(text)}\n`);
      }
    }
    return outcome;
  } finally {
    for (const console of consoles.values()) console.close();
    await log.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

const wanted = process.argv.slice(2).filter((argument) => argument !== '--show');
const show = process.argv.includes('--show');
const decision = decideHost(await hostFacts(repo));
if (!decision.can) throw new Error(decision.reason);
const cache = new Cache(cacheFolder());
const log = new LogFile(join(cache.folder, 'logs/check-native.log'));
const { rootfs } = await makeRootfs(cache, decision.arch, log, new AbortController().signal);
const catalogue = v.parse(
  Catalogue,
  JSON.parse(readFileSync(join(publicGuests, 'index.json'), 'utf8')),
);
let failures = 0;
for (const entry of catalogue.guests) {
  const id = entry.state === 'ready' ? entry.guest.id : entry.id;
  if (wanted.length > 0 && !wanted.includes(id)) continue;
  const outcome: Outcome =
    entry.state === 'ready'
      ? await check(entry.guest, rootfs, show)
      : { id, error: `it is ${entry.state}: ${entry.error ?? ''}` };
  if (outcome.error !== undefined) failures += 1;
  const boot = outcome.bootSeconds === undefined ? '-' : `${outcome.bootSeconds.toFixed(2)} s`;
  const total = outcome.totalSeconds === undefined ? '-' : `${outcome.totalSeconds.toFixed(2)} s`;
  process.stdout.write(
    `${id.padEnd(16)} boot ${boot.padStart(9)}   checked ${total.padStart(9)}\n`,
  );
  if (outcome.error !== undefined) process.stdout.write(`${outcome.error}\n`);
}
await log.close();
process.exitCode = failures === 0 ? 0 : 1;
