import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { StepContext } from '../../setup/context';
import { command } from '../../setup/process';

/** Name of the file in `public/engine`. */
export const capabilitiesFile = 'capabilities.json';

/** What reads the engine: a change of it makes the file anew. */
const readers = [
  'scripts/engine/capabilities',
  'e2e/engine/node-engine.ts',
  'src/machine/capabilities.ts',
];

/**
 * What the built engine knows, asked of itself in a Node process.
 *
 * @param files the engine's module, its WebAssembly and its option ROMs, by path
 */
export async function capabilities(context: StepContext, files: readonly string[]) {
  const { cache, log, signal, repo } = context;
  return cache.cached({
    kind: 'engine',
    name: 'capabilities',
    inputs: [...files, ...readers.map((path) => join(repo, path))].map((path) => ({ path })),
    build: async (into) => {
      const work = mkdtempSync(join(cache.folder, 'engine', '.making-capabilities-work-'));
      try {
        mkdirSync(join(work, 'engine'));
        for (const file of files) copyFileSync(file, join(work, 'engine', basename(file)));
        const script = join(repo, 'scripts/engine/capabilities/read.ts');
        await command([process.execPath, '--import', 'tsx', script, join(into, capabilitiesFile)], {
          cwd: repo,
          env: { ...process.env, BOOTLINK_PUBLIC: work },
          log,
          signal,
        });
      } finally {
        rmSync(work, { recursive: true, force: true });
      }
    },
  });
}
