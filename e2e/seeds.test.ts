import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { imageReference } from '../src/engine/common/command-line.js';
import { placeImage } from '../src/engine/worker/placing.js';
import type { Capabilities } from '../src/machine/capabilities.js';
import { fromShell } from '../src/machine/from-shell.js';
import { resolveImages } from '../src/machine/guest.js';
import { check } from '../src/machine/language/check.js';
import { seeds } from '../src/machine/seeds.fixture.js';
import { toGuest } from '../src/machine/to-guest.js';
import { engineFolder, startEngine, type NodeEngine } from './engine/node-engine.js';

/**
 * The command lines that people use, in the engine itself: pasted, made into a machine, given
 * files of the right kind for its slots, and started halted. QEMU realizes every device then.
 */
const capabilities = JSON.parse(
  readFileSync(resolve(engineFolder, 'capabilities.json'), 'utf8'),
) as Capabilities;

/** What a line leaves out, being a piece of a longer one, and sizes that a tab can have. */
const completed: Record<string, (line: string) => string> = {
  'a second disk': (line) => `-M sbsa-ref -m 256M ${line}`,
  'a virtual FAT drive': (line) => `-M sbsa-ref -m 256M ${line}`,
  'a mouse': (line) => `-M virt -device qemu-xhci ${line}`,
  'NVMe behind a root port': (line) => `-M virt ${line}`,
  NUMA: (line) =>
    `-M virt ${line.replaceAll('4G', '512M').replaceAll('5G', '640M').replaceAll('1G', '128M').replaceAll('3G', '384M')}`,
  'a PCIe switch with a PCI bridge': (line) => `-M virt ${line}`,
  'a firmware configuration item': (line) => `-M virt ${line}`,
  'NVMe over TCP, host': (line) => line.replace('8G', '256M'),
  'NVMe over TCP, target': (line) => `-M virt ${line}`,
  'device tracing': (line) => `-M virt ${line}`,
  'zoned NVMe': (line) =>
    `-M virt -device nvme,id=n,serial=1 -drive file=z.img,id=z,if=none,format=raw ${line},drive=z,bus=n`,
  'user networking': (line) => `-M virt ${line}`,
  'sbsa-ref with flash and a CD': (line) => `${line} -m 256M`,
  'semihosting from EL0': (line) => `-M virt ${line}`,
};

/** Lines that ask for what the engine has not, and the names that have to be reported. */
const refused: Record<string, string[]> = {
  'a Realm guest': ['rme-guest'],
};

const MiB = 2 ** 20;
const running: NodeEngine[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((engine) => engine.stop()));
});

describe('a command line of the seeds', () => {
  it.each(Object.keys(seeds))('%s: starts, or is refused by name', async (name) => {
    const line = (completed[name] ?? ((text) => text))(seeds[name] ?? '');
    const { machine } = fromShell(line);
    const made = toGuest(machine, 'machine', {
      catalogue: () => undefined,
      // A zone of a zoned namespace is 128 MiB.
      ownFile: (image) => (image === 'z.img' ? 128 * MiB : MiB),
      mayFetch: () => false,
    });
    const names = refused[name];
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
