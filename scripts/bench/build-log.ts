import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** What `Report` of set-up writes, as far as it is read here. */
interface BuildLog {
  steps: readonly { name: string; state: string; seconds: number }[];
}

/** What of the engine was compiled in a set-up. */
type Extent = 'all' | 'QEMU alone';

const parts = ['system libraries', 'glib, zlib, libfdt', 'QEMU'];

/**
 * Seconds of the engine's step in a set-up that built so much of it, as the engine's log says:
 * every part and none from the cache, or QEMU alone, from the tree of the build before.
 * Undefined when it built more, less or nothing.
 */
export function buildSeconds(
  buildLog: string,
  engineLog: string,
  extent: Extent,
): number | undefined {
  const { steps } = JSON.parse(buildLog) as BuildLog;
  const engine = steps.find(({ name }) => name === 'engine');
  if (engine?.state !== 'done') return undefined;
  const compiled = (part: string) =>
    new RegExp(`^engine, ${part}: [0-9.]+ s$`, 'm').test(engineLog);
  const wanted = extent === 'all' ? parts : ['QEMU'];
  const built = parts.filter(compiled);
  return built.join() === wanted.join() ? engine.seconds : undefined;
}

/** Of the newest set-up that built so much of the engine; undefined when none is logged. */
export function newestBuild(logs: string, extent: Extent): number | undefined {
  if (!existsSync(logs)) return undefined;
  // Folders are named by date, so the newest is the last by name.
  for (const name of readdirSync(logs).sort().reverse()) {
    const buildLog = join(logs, name, 'build-log.json');
    const engineLog = join(logs, name, 'engine.log');
    if (!existsSync(buildLog) || !existsSync(engineLog)) continue;
    const seconds = buildSeconds(
      readFileSync(buildLog, 'utf8'),
      readFileSync(engineLog, 'utf8'),
      extent,
    );
    if (seconds !== undefined) return seconds;
  }
  return undefined;
}
