import { copyFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { BUSYBOX_FILE } from '../../src/engine/common/manifest';
import type { StepContext } from '../setup/context';

/** Debian's static BusyBox for the guests: what the page's tiny initrds are made of. */
export async function busybox(context: StepContext) {
  const { cache, packages, log, signal } = context;
  const fetched = await packages.binaryPackage('busybox-static', 'arm64', log, signal);
  const { folder } = await cache.cached({
    kind: 'engine',
    name: 'busybox',
    inputs: [BUSYBOX_FILE, JSON.stringify(fetched.files)],
    build: async (into) => {
      const work = mkdtempSync(join(cache.folder, 'engine', '.making-busybox-work-'));
      try {
        await packages.unpack(fetched, work, log, signal);
        const found = ['usr/bin/busybox', 'bin/busybox']
          .map((path) => join(work, path))
          .find((path) => existsSync(path));
        if (found === undefined) throw new Error('The package busybox-static has no busybox.');
        copyFileSync(found, join(into, BUSYBOX_FILE));
      } finally {
        rmSync(work, { recursive: true, force: true });
      }
    },
  });
  return { folder, packages: [fetched] };
}
