import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import * as v from 'valibot';
import { Catalogue } from '../../src/machine/guest';

/** The folder with `engine` and `guests` that the page is served from: absolute. */
export function publicFolder(repo: string, env: NodeJS.ProcessEnv = process.env): string {
  return resolve(repo, env.BOOTLINK_PUBLIC ?? 'public');
}

/** What set-up has built. @throws Error saying what to do when there is no catalogue. */
export function readCatalogue(folder: string): Catalogue {
  const path = join(folder, 'guests/index.json');
  if (!existsSync(path)) throw new Error(`There is no ${path}: run set-up first (npm start).`);
  return v.parse(Catalogue, JSON.parse(readFileSync(path, 'utf8')));
}
