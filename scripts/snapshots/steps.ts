import { createHash } from 'node:crypto';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import { ENGINE_MODULE, ENGINE_WASM, EngineManifest } from '../../src/engine/common/manifest';
import type { Guest, GuestSnapshot } from '../../src/machine/guest';
import { machineText } from '../../src/snapshots/identity';
import { guestStep } from '../guests/build';
import type { Recipe } from '../guests/piece';
import type { CatalogueFile } from '../setup/catalogue';
import type { StepContext } from '../setup/context';
import { command } from '../setup/process';
import type { Step, StepControl } from '../setup/steps';
import { packed } from './pack';

/** What makes snapshots: a change of it makes all of them anew. */
const makers = [
  'scripts/snapshots/make.ts',
  'scripts/snapshots/pack.ts',
  'src/snapshots/file.ts',
  'src/snapshots/ram.ts',
  'src/snapshots/replay.ts',
  'src/snapshots/state.ts',
];

/** Name of the step after which a guest opens from its snapshot. */
export function snapshotStep({ id }: { id: string }): string {
  return `snapshot ${id}`;
}

function readManifest(publicFolder: string): EngineManifest {
  const text = readFileSync(join(publicFolder, 'engine/manifest.json'), 'utf8');
  return v.parse(EngineManifest, JSON.parse(text));
}

/** Makes the guest's snapshot, or takes it from the cache; gives the compressed file's path. */
async function make(
  recipe: Recipe,
  guest: Guest,
  publicFolder: string,
  manifest: EngineManifest,
  { repo, cache, log, signal, wasCached }: StepContext,
): Promise<string> {
  const hashOf = (name: string) => manifest.files[name]?.sha256 ?? '';
  const made = await cache.cached({
    kind: 'snapshots',
    name: recipe.id,
    inputs: [
      hashOf(ENGINE_MODULE),
      hashOf(ENGINE_WASM),
      machineText(guest),
      JSON.stringify([guest.title, guest.boot, recipe.snapshot]),
      ...makers.map((path) => ({ path: join(repo, path) })),
    ],
    build: async (into) => {
      const raw = join(into, 'snapshot');
      const script = join(repo, 'scripts/snapshots/make.ts');
      await command([process.execPath, '--import', 'tsx', script, recipe.id, raw], {
        cwd: repo,
        env: { ...process.env, BOOTLINK_PUBLIC: publicFolder },
        log,
        signal,
      });
      writeFileSync(`${raw}.gz`, packed(readFileSync(raw)));
    },
  });
  if (made.hit) wasCached();
  return join(made.folder, 'snapshot');
}

/** Puts a snapshot among the guests' files; gives its part of the catalogue. */
function publish(path: string, guestsFolder: string, engine: string): GuestSnapshot {
  const raw = readFileSync(path);
  const wire = readFileSync(`${path}.gz`);
  const sha256 = createHash('sha256').update(raw).digest('hex');
  const url = `files/${sha256}.gz`;
  const to = join(guestsFolder, url);
  if (!existsSync(to)) {
    writeFileSync(`${to}.new`, wire);
    renameSync(`${to}.new`, to);
  }
  return { url, sha256, size: raw.length, wireBytes: wire.length, encoding: 'gzip', engine };
}

/**
 * The steps that make the snapshots of the guests that have one. A guest is there before its
 * snapshot, and boots cold until that has come.
 */
export function snapshotSteps(
  recipes: readonly Recipe[],
  publicFolder: string,
  catalogue: CatalogueFile,
  inStep: (name: string, control: StepControl) => StepContext,
): Step[] {
  return recipes
    .filter((recipe) => recipe.snapshot !== undefined)
    .map((recipe): Step => ({
      name: snapshotStep(recipe),
      needs: ['engine', guestStep(recipe)],
      heavy: true,
      run: async (control) => {
        const entry = catalogue.get(recipe.id);
        if (entry?.state !== 'ready') throw new Error(`Guest ${recipe.id} is not ready.`);
        const { guest } = entry;
        const manifest = readManifest(publicFolder);
        const context = inStep(snapshotStep(recipe), control);
        const path = await make(recipe, guest, publicFolder, manifest, context);
        const engine = manifest.files[ENGINE_WASM]?.sha256 ?? '';
        const snapshot = publish(path, join(publicFolder, 'guests'), engine);
        catalogue.set(recipe.id, { state: 'ready', guest: { ...guest, snapshot } });
      },
    }));
}
