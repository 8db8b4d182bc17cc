import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { imageReference } from '../src/engine/common/command-line.js';
import { placeImage } from '../src/engine/worker/placing.js';
import type { Capabilities } from '../src/machine/capabilities.js';
import { fromShell } from '../src/machine/from-shell.js';
import { resolveImages } from '../src/machine/guest.js';
import { check } from '../src/machine/language/check.js';
import { toGuest } from '../src/machine/to-guest.js';
import { engineFolder, startEngine, type NodeEngine } from './engine/node-engine.js';
import { refusedSeeds, seedLine, seedNames, ZONED_BYTES, ZONED_IMAGE } from './seed-lines.js';

/**
 * The command lines that people use, in the engine itself: pasted, made into a machine, given
 * files of the right kind for its slots, and started halted. QEMU realizes every device then.
 */
const capabilities = JSON.parse(
  readFileSync(resolve(engineFolder, 'capabilities.json'), 'utf8'),
) as Capabilities;

const MiB = 2 ** 20;
const running: NodeEngine[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((engine) => engine.stop()));
});

describe('a command line of the seeds', () => {
  it.each(seedNames)('%s: starts, or is refused by name', async (name) => {
    const line = seedLine(name);
    const { machine } = fromShell(line);
    const made = toGuest(machine, 'machine', {
      catalogue: () => undefined,
      ownFile: (image) => (image === ZONED_IMAGE ? ZONED_BYTES : MiB),
      mayFetch: () => false,
    });
    const names = refusedSeeds[name];
    if (names !== undefined) {
      const said = check(line, undefined, capabilities).diagnostics.filter(
        ({ severity }) => severity === 'error',
      );
      for (const each of names)
        expect(said.map(({ message }) => message).join('\n')).toContain(each);
      expect(made.ok).toBe(false);
      return;
    }
    if (!made.ok) throw new Error(made.reasons.join('\n'));
    const { guest } = made;
    const engine = await startEngine(['-S', ...resolveImages(guest, imageReference)], {
      consoles: guest.consoles.map(({ id }) => id),
      memoryMiB: guest.addressSpaceMiB + 700,
      prepare: (module, memory) => {
        for (const image of guest.images) {
          const isFile = image.use === 'file';
          placeImage(
            module,
            memory,
            isFile ? image : { ...image, extents: [] },
            new Uint8Array(isFile ? image.size : 0),
          );
        }
      },
    });
    running.push(engine);
    expect(await engine.execute('query-status')).toMatchObject({ status: 'prelaunch' });
  });
});
