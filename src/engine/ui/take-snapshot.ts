import type * as Comlink from 'comlink';
import type { KeptSnapshot } from '../../snapshots/store.js';
import type { Result } from '../common/failure.js';
import type { EngineService } from '../common/protocol.js';
import type { Console } from './console.js';
import type { QmpClient } from './qmp.js';

/** Where QEMU writes its device state, in the engine's file system. */
const STATE_FILE = '/tmp/taken-state';

export interface SnapshotWish {
  name: string;
  /** True for one that the next of the same machine replaces. */
  automatic: boolean;
}

/**
 * Takes a snapshot of a machine. It is stopped while its memory is copied, which takes a
 * fraction of a second, and goes on while that is compressed and kept.
 *
 * @param alone keeps the debugger away while the machine stands for this
 */
export async function takeSnapshot(
  { name, automatic }: SnapshotWish,
  service: Comlink.Remote<EngineService>,
  qmp: QmpClient,
  consoles: ReadonlyMap<string, Console>,
  alone: (work: () => Promise<Result<number>>) => Promise<Result<number>>,
): Promise<Result<KeptSnapshot>> {
  const captured = await alone(async () => {
    const status = await qmp.execute('query-status');
    if (!status.ok) return status;
    if (status.value.running) {
      // Returns when no request of a disk is on its way any more (system/cpus.c, do_vm_stop).
      const stopped = await qmp.execute('stop');
      if (!stopped.ok) return stopped;
    }
    try {
      return await capture(name, automatic, service, qmp, consoles);
    } finally {
      if (status.value.running) await qmp.execute('cont');
    }
  });
  return captured.ok ? service.keep() : captured;
}

async function capture(
  name: string,
  automatic: boolean,
  service: Comlink.Remote<EngineService>,
  qmp: QmpClient,
  consoles: ReadonlyMap<string, Console>,
): Promise<Result<number>> {
  const saved = await qmp.execute('xen-save-devices-state', { filename: STATE_FILE, live: false });
  if (!saved.ok) return saved;
  const type = await qmp.execute('qom-get', { path: '/machine', property: 'type' });
  if (!type.ok) return type;
  const ramBlocks = await qmp.execute('human-monitor-command', { 'command-line': 'info ramblock' });
  if (!ramBlocks.ok) return ramBlocks;
  return service.capture({
    name,
    automatic,
    ramBlocks: ramBlocks.value,
    machineType: String(type.value),
    stateFile: STATE_FILE,
    consoles: [...consoles.values()].map(({ id, log }) => ({
      id,
      output: log.raw(0, Number.MAX_SAFE_INTEGER).bytes,
    })),
  });
}
