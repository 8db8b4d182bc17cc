import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, parse } from 'node:path';
import * as v from 'valibot';
import type { Plugin } from 'vite';
import {
  NPM_PACKAGES_FILE,
  type NpmPackage,
  type NpmPackages,
} from '../../src/app/npm-packages.js';

const Manifest = v.object({
  name: v.string(),
  version: v.string(),
  license: v.optional(v.string()),
  dependencies: v.optional(v.record(v.string(), v.string()), {}),
});
type Manifest = v.InferOutput<typeof Manifest>;

/** Undefined where there is none, or one that only says the kind of modules in its folder. */
function manifestIn(folder: string): Manifest | undefined {
  const at = join(folder, 'package.json');
  if (!existsSync(at)) return undefined;
  const found = v.safeParse(Manifest, JSON.parse(readFileSync(at, 'utf8')));
  return found.success ? found.output : undefined;
}

/** The folder and those that it lies in, innermost first. */
function* outwards(folder: string): Generator<string> {
  const { root } = parse(folder);
  for (let at = folder; at !== root; at = dirname(at)) yield at;
}

/** Takes up a package, and those that it depends on. @param into by name and version */
function take(folder: string, manifest: Manifest, into: Map<string, NpmPackage>): void {
  const { name, version, license, dependencies } = manifest;
  if (into.has(`${name} ${version}`)) return;
  if (license === undefined) {
    throw new Error(
      `The npm package ${name} ${version} states no licence, and the page would ship it: use another one.`,
    );
  }
  into.set(`${name} ${version}`, { name, version, licence: license });
  for (const each of Object.keys(dependencies)) {
    for (const at of outwards(folder)) {
      const its = join(at, 'node_modules', each);
      const found = manifestIn(its);
      if (found === undefined) continue;
      take(its, found, into);
      break;
    }
  }
}

/**
 * The npm packages that modules of the build are from, by name. With those that they depend on:
 * some packages (monaco-editor) carry copies of theirs.
 *
 * @param modules as Rollup names them; `\0vite/…` and `\0rolldown/…` are the bundler's own code,
 *   of which these modules are all that is shipped
 * @param root where `node_modules` is
 * @throws when a package states no licence
 */
export function packagesOf(modules: Iterable<string>, root: string): NpmPackages {
  const found = new Map<string, NpmPackage>();
  for (const id of modules) {
    const path = id.split('?')[0]?.replaceAll('\\', '/') ?? '';
    const bundler = /^\0(vite|rolldown)\//.exec(path)?.[1];
    if (bundler !== undefined) {
      const folder = join(root, 'node_modules', bundler);
      const manifest = manifestIn(folder);
      if (manifest !== undefined) take(folder, { ...manifest, dependencies: {} }, found);
    } else if (path.includes('/node_modules/')) {
      for (const folder of outwards(dirname(path))) {
        const manifest = manifestIn(folder);
        if (manifest === undefined) continue;
        take(folder, manifest, found);
        break;
      }
    }
  }
  return [...found.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

/**
 * Writes down, beside the built page, every npm package that has a module in it, as the bundler's
 * own graph says: in the page, its workers and its service worker.
 */
export function shippedPackages(root: string): { page: Plugin; worker: () => Plugin } {
  const modules = new Set<string>();
  const collect = (bundle: Record<string, { type: string; moduleIds?: string[] }>): void => {
    for (const output of Object.values(bundle)) {
      for (const id of output.moduleIds ?? []) modules.add(id);
    }
  };
  return {
    // Workers are bundled while the page's modules are read: before the page itself is written.
    worker: () => ({
      name: 'bootlink:worker-packages',
      generateBundle: (_options, bundle) => collect(bundle),
    }),
    page: {
      name: 'bootlink:packages',
      apply: 'build',
      generateBundle(_options, bundle) {
        collect(bundle);
        this.emitFile({
          type: 'asset',
          fileName: NPM_PACKAGES_FILE,
          source: `${JSON.stringify(packagesOf(modules, root), null, 2)}\n`,
        });
      },
    },
  };
}
