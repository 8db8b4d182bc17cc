import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { resolveImages, type Guest } from '../../src/machine/guest.js';
import { publicFolder, readCatalogue } from '../../scripts/native/catalogue.js';
import { nativeChroot } from '../../scripts/native/chroot.js';
import { NativeMachine } from '../../scripts/native/machine.js';
import { startEngine, type NodeEngine } from './node-engine.js';

const signal = new AbortController().signal;
const built = publicFolder(resolve('.'));

/** What the engine printed, and what it had translated by then. */
export interface Probed {
  lines: string[];
  /** TBs. */
  translated: number;
  /** Calls of helpers that became instructions: of vectors, floating point and atomics. */
  inlined: number[];
}

/** Result lines of a probe: digests, complaints, and the last one. */
export function results(text: string): string[] {
  const lines = text.replaceAll('\r', '').split('\n');
  return lines.filter((line) => / 0x|differ|the end/.test(line));
}

/** The counter of translated blocks in what `info jit` prints. */
function translatedBlocks(info: string): number {
  return Number(/TBs (\d+) \(rejected/.exec(info)?.[1] ?? 0);
}

/** How many calls of helpers became instructions, of each kind, in what `info jit` prints. */
function callsByInstructions(info: string): number[] {
  const counts = /by instructions: vector (\d+), floating point (\d+), atomic (\d+)/.exec(info);
  return counts?.slice(1).map(Number) ?? [];
}

/** A probe: a guest whose lines natively are what the engine's must be. */
export class ProbedGuest {
  private readonly natively = new Map<number, Promise<string[]>>();
  private engine: NodeEngine | undefined;

  /** @param args QEMU's arguments for a number of CPUs */
  constructor(
    private readonly id: string,
    private readonly end: string,
    private readonly timeoutMs: number,
    private readonly args: (cpus: number) => string[],
  ) {}

  private guest(cpus: number): Guest {
    const entry = readCatalogue(built).guests.find(
      (each) => each.state === 'ready' && each.guest.id === this.id,
    );
    if (entry?.state !== 'ready') throw new Error(`Set-up has not built the guest “${this.id}”.`);
    return { ...entry.guest, args: this.args(cpus) };
  }

  private async runNatively(cpus: number): Promise<string[]> {
    const machine = await NativeMachine.start({
      guest: this.guest(cpus),
      guests: join(built, 'guests'),
      rootfs: await nativeChroot(resolve('.'), signal),
      signal,
    });
    try {
      await machine.follow([{ console: 'uart0', expect: this.end }], this.timeoutMs / 1000);
      return results(machine.consoles.get('uart0')?.log.text() ?? '');
    } finally {
      await machine.close();
    }
  }

  /** What native QEMU prints; each number of CPUs runs once. */
  native(cpus: number): Promise<string[]> {
    const known = this.natively.get(cpus) ?? this.runNatively(cpus);
    this.natively.set(cpus, known);
    return known;
  }

  /** What the engine prints with these arguments before the machine's. Stop it afterwards. */
  async inEngine(cpus: number, extra: readonly string[]): Promise<Probed> {
    const guest = this.guest(cpus);
    // It must not end QEMU, which is still to say what was translated.
    const args = resolveImages(guest, ({ name }) => `/${name}`).filter(
      (arg) => arg !== '-semihosting',
    );
    const engine = await startEngine([...extra, ...args, '-nodefaults', '-no-shutdown'], {
      consoles: ['uart0'],
      memoryMiB: 640,
      prepare: ({ FS }) => {
        for (const { name, url, encoding } of guest.images) {
          const bytes = readFileSync(join(built, 'guests', url));
          FS.writeFile(`/${name}`, encoding === 'gzip' ? gunzipSync(bytes) : bytes);
        }
      },
    });
    this.engine = engine;
    const lines = results(await engine.text('uart0', new RegExp(this.end)));
    const info = await engine.monitor('info jit');
    return { lines, translated: translatedBlocks(info), inlined: callsByInstructions(info) };
  }

  async stop(): Promise<void> {
    await this.engine?.stop();
    this.engine = undefined;
  }
}
