import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { gunzipSync } from 'node:zlib';
import * as v from 'valibot';
import { imageReference } from '../../src/engine/common/command-line.js';
import type { Result } from '../../src/engine/common/failure.js';
import { Debugger } from '../../src/engine/ui/debugger.js';
import { openPhysicalMemory, type PhysicalMemory } from '../../src/engine/ui/physical-memory.js';
import { placeImage } from '../../src/engine/worker/placing.js';
import { Catalogue, resolveImages, type Guest } from '../../src/machine/guest.js';
import { engineFolder, startEngine, type NodeEngine } from './node-engine.js';

const READ_MS = 1;

/** A guest of the catalogue in this process, halted at its reset, and the page's debugger on it. */
export interface DebuggedGuest {
  engine: NodeEngine;
  gdb: Debugger;
  physical(): Promise<PhysicalMemory>;
  /** The contents of an image of the guest, by its name. */
  image(name: string): Uint8Array<ArrayBuffer>;
  /** Lets it run until it stands again. */
  run(): Promise<void>;
  stop(): Promise<void>;
}

/** The value, or the failure thrown. */
export function valueOf<T>(result: Result<T>): T {
  if (result.ok) return result.value;
  throw new Error(`${result.failure.what} ${result.failure.detail ?? result.failure.input ?? ''}`);
}

function builtGuest(id: string): Guest {
  const index = readFileSync(resolve(engineFolder, '../guests/index.json'), 'utf8');
  for (const entry of v.parse(Catalogue, JSON.parse(index)).guests) {
    if (entry.state === 'ready' && entry.guest.id === id) return entry.guest;
  }
  throw new Error(`Set-up has not built ${id}.`);
}

export async function debugGuest(
  id: string,
  args: readonly string[] = [],
  {
    stepMs,
    machine,
  }: { stepMs?: number; /** Instead of the guest's own. */ machine?: string[] } = {},
): Promise<DebuggedGuest> {
  const built = builtGuest(id);
  const guest = { ...built, args: machine ?? built.args };
  const image = (name: string): Uint8Array<ArrayBuffer> => {
    const found = guest.images.find((each) => each.name === name);
    if (found === undefined) throw new Error(`${id} has no image ${name}.`);
    const wire = readFileSync(resolve(engineFolder, '../guests', found.url));
    return new Uint8Array(found.encoding === 'gzip' ? gunzipSync(wire) : wire);
  };
  const engine = await startEngine(['-S', ...resolveImages(guest, imageReference), ...args], {
    consoles: guest.consoles.map((each) => each.id),
    memoryMiB: guest.addressSpaceMiB + 700,
    prepare(module, memory) {
      for (const each of guest.images) placeImage(module, memory, each, image(each.name));
    },
  });
  let paused = true;
  const status = async (): Promise<boolean> => {
    const answer = (await engine.execute('query-status')) as { running: boolean };
    paused = !answer.running;
    return paused;
  };
  const monitor = async (command: string): Promise<Result<string>> => ({
    ok: true,
    value: await engine.monitor(command),
  });
  const gdb = new Debugger(
    {
      send: (bytes) => engine.send('gdbstub', String.fromCharCode(...bytes)),
      isPaused: () => paused,
      monitor,
      pause: async () => ({ ok: true, value: await engine.execute('stop') }),
      settle: async () => ({ ok: true, value: await status() }),
    },
    stepMs,
  );
  let read = 0;
  const pump = setInterval(() => {
    void engine.text('gdbstub', /^/).then((all) => {
      const more = all.slice(read);
      read = all.length;
      if (more !== '') gdb.receive(Uint8Array.from(more, (each) => each.charCodeAt(0)));
    });
  }, READ_MS);
  return {
    engine,
    gdb,
    image,
    physical: async () => valueOf(await openPhysicalMemory(monitor, () => engine.memory.buffer)),
    run: async () => {
      const go = async () => ({ ok: true as const, value: await engine.execute('cont') });
      valueOf(await gdb.resume(go));
      const stands = engine.until(
        'query-status',
        (answer) => !(answer as { running: boolean }).running,
      );
      const ended = engine.exited.then((code) => {
        const said = engine.output.join('\n');
        throw new Error(`QEMU ended with code ${code} and stopped nowhere:\n${said}`);
      });
      await Promise.race([stands, ended]);
      await status();
    },
    stop: async () => {
      clearInterval(pump);
      gdb.close();
      await engine.stop();
    },
  };
}
