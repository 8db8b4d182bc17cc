import * as v from 'valibot';

/** Lies beside the built page; written by scripts/page/packages.ts. */
export const NPM_PACKAGES_FILE = 'npm-packages.json';

const NpmPackage = v.object({ name: v.string(), version: v.string(), licence: v.string() });
export type NpmPackage = v.InferOutput<typeof NpmPackage>;

/** Every npm package of which code is in the page. */
export const NpmPackages = v.array(NpmPackage);
export type NpmPackages = v.InferOutput<typeof NpmPackages>;
