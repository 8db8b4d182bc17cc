import * as Comlink from 'comlink';
import type { EngineService } from '../engine/common/protocol.js';
import type { EngineWorker } from '../engine/ui/run.js';

function startEngineWorker(): EngineWorker {
  const worker = new Worker(new URL('../engine/worker/index.ts', import.meta.url), {
    type: 'module',
    name: 'engine',
  });
  return { worker, service: Comlink.wrap<EngineService>(worker) };
}

/** How long what a worker has fetched ahead may wait for its boot, in ms: set-up may go on. */
const AHEAD_MS = 10_000;

let ahead: EngineWorker | undefined;

function end({ worker, service }: EngineWorker): void {
  service[Comlink.releaseProxy]();
  worker.terminate();
}

/**
 * Starts the worker of a boot that is sure to come, so that it fetches the engine meanwhile.
 *
 * @param engineUrl absolute, with a slash at its end
 */
export function startAhead(engineUrl: string): void {
  const started = startEngineWorker();
  ahead = started;
  const giveUp = (): void => {
    if (ahead !== started) return;
    ahead = undefined;
    end(started);
  };
  // The next one, started by the boot itself, says what is wrong.
  started.worker.addEventListener('error', giveUp, { once: true });
  setTimeout(giveUp, AHEAD_MS);
  started.service.prepare(engineUrl).catch(() => undefined);
}

/** The worker that was started ahead, once; or a new one. */
export function takeEngineWorker(): EngineWorker {
  const taken = ahead;
  ahead = undefined;
  return taken ?? startEngineWorker();
}
