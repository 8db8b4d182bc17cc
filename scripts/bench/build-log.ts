import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** What `Report` of set-up writes, as far as it is read here. */
interface BuildLog {
  steps: readonly { name: string; state: string; seconds: number }[];
}

const parts = ['system libraries', 'glib, zlib, libfdt', 'QEMU'];

/**
 * Seconds of the engine's step in a set-up that built the engine from nothing: every part
 * compiled and none taken from the cache, as the engine's log says. Otherwise undefined.
 */
export function fullBuildSeconds(buildLog: string, engineLog: string): number | undefined {
  const { steps } = JSON.parse(buildLog) as BuildLog;
  const engine = steps.find(({ name }) => name === 'engine');
  if (engine?.state !== 'done') return undefined;
  const compiled = (part: string) =>
    new RegExp(`^engine, ${part}: [0-9.]+ s$`, 'm').test(engineLog);
  return parts.every(compiled) ? engine.seconds : undefined;
}

/** Of the newest set-up that built the engine from nothing; undefined when none is logged. */
export function newestFullBuild(logs: string): number | undefined {
  if (!existsSync(logs)) return undefined;
  // Folders are named by date, so the newest is the last by name.
  for (const name of readdirSync(logs).sort().reverse()) {
    const buildLog = join(logs, name, 'build-log.json');
    const engineLog = join(logs, name, 'engine.log');
    if (!existsSync(buildLog) || !existsSync(engineLog)) continue;
    const seconds = fullBuildSeconds(
      readFileSync(buildLog, 'utf8'),
      readFileSync(engineLog, 'utf8'),
    );
    if (seconds !== undefined) return seconds;
  }
  return undefined;
}
