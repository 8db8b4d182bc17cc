import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { romFiles } from '../../src/engine/common/roms';
import type { StepContext } from '../setup/context';
import type { FetchedPackage } from '../setup/source';

/** Where the option ROMs lie in Debian's packages; QEMU's source package has none. */
const folders: Record<string, string> = {
  seabios: 'usr/share/seabios',
  'ipxe-qemu': 'usr/share/qemu',
};

/** The option ROMs, in one folder, and the packages they come from. */
export async function roms(context: StepContext) {
  const { cache, packages, log, signal } = context;
  const fetched: FetchedPackage[] = [];
  for (const name of Object.keys(folders)) {
    fetched.push(await packages.binaryPackage(name, 'all', log, signal));
  }
  const { folder } = await cache.cached({
    kind: 'engine',
    name: 'roms',
    inputs: [romFiles.join(), ...fetched.map(({ files }) => JSON.stringify(files))],
    build: async (into) => {
      const work = mkdtempSync(join(cache.folder, 'engine', '.making-roms-work-'));
      try {
        for (const each of fetched) {
          const unpacked = join(work, each.name);
          await packages.unpack(each, unpacked, log, signal);
          const from = join(unpacked, folders[each.name] ?? '');
          const isBios = each.name === 'seabios';
          for (const file of romFiles.filter((rom) => rom.startsWith('vgabios') === isBios)) {
            copyFileSync(join(from, file), join(into, file));
          }
        }
      } finally {
        rmSync(work, { recursive: true, force: true });
      }
    },
  });
  return { folder, packages: fetched };
}
