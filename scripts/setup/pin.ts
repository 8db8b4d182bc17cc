import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cacheFolder } from './cache';
import { packageKey, type PackageRecord, type Pins } from './versions';

/**
 * Writes versions.json from the packages that set-up used last: to be run after a set-up whose
 * checks held. `npx tsx scripts/setup/pin.ts`.
 */
const folder = join(cacheFolder(), 'packages');
const records = readdirSync(folder)
  .map((name) => join(folder, name, 'record.json'))
  .filter((path) => existsSync(path))
  .map((path) => ({ path, used: statSync(join(path, '..')).mtimeMs }))
  .sort((a, b) => a.used - b.used)
  .map(({ path }) => JSON.parse(readFileSync(path, 'utf8')) as PackageRecord);
const pins: Pins = {};
for (const record of records) {
  pins[packageKey(record)] = { version: record.version, files: record.files };
}
const sorted = Object.fromEntries(Object.entries(pins).sort(([a], [b]) => (a < b ? -1 : 1)));
const target = fileURLToPath(new URL('versions.json', import.meta.url));
writeFileSync(target, `${JSON.stringify(sorted, null, 2)}\n`);
process.stdout.write(`${Object.keys(sorted).length} packages written to ${target}\n`);
