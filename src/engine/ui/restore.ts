import type * as Comlink from 'comlink';
import { withoutQueries } from '../../snapshots/replay.js';
import { resumeText } from '../../snapshots/resume.js';
import type { Result } from '../common/failure.js';
import { passMilestone } from '../common/milestones.js';
import { nextTask } from '../common/next-task.js';
import type { EngineService, OpenedSnapshot } from '../common/protocol.js';
import type { Console } from './console.js';
import type { QmpClient } from './qmp.js';

/**
 * Shows what the consoles had printed when the snapshot was made, and says that it is that. A piece
 * in each task: all of it at once would hold up the page.
 */
async function replay(
  snapshot: OpenedSnapshot,
  consoles: ReadonlyMap<string, Console>,
): Promise<void> {
  const { name, created } = snapshot;
  const note =
    created === undefined
      ? 'From a snapshot: the output of the boot was recorded when it was made.'
      : `From the snapshot “${name}” of ${new Date(created).toLocaleString()}, with its output.`;
  const head = new TextEncoder().encode(`\x1b[2m[${note}]\x1b[0m\r\n`);
  for (const { id, output } of snapshot.consoles) {
    const console = consoles.get(id);
    if (console === undefined || output.length === 0) continue;
    await console.replay(head);
    await nextTask();
    await console.replay(withoutQueries(output));
    await nextTask();
  }
}

/**
 * Restores a machine that was started halted, and lets it go on.
 *
 * @param service the engine worker, which holds the snapshot
 * @param onArrived is called when the snapshot's bytes are there
 */
export async function restoreMachine(
  service: Comlink.Remote<EngineService>,
  qmp: QmpClient,
  consoles: ReadonlyMap<string, Console>,
  onArrived: () => void,
): Promise<Result<undefined>> {
  const ramBlocks = await qmp.execute('human-monitor-command', {
    'command-line': 'info ramblock',
  });
  if (!ramBlocks.ok) return ramBlocks;
  const restored = await service.restore(ramBlocks.value);
  if (!restored.ok) return restored;
  onArrived();
  const { stateFile, snapshot } = restored.value;
  const loaded = await qmp.execute('xen-load-devices-state', { filename: stateFile });
  if (!loaded.ok) {
    return {
      ok: false,
      failure: {
        what: `The snapshot “${snapshot.name}” is not one of this machine: QEMU refused its state.`,
        remedy: 'Boot the machine cold instead.',
        ...(loaded.failure.detail === undefined ? {} : { detail: loaded.failure.detail }),
      },
    };
  }
  await service.restored();
  passMilestone('snapshot-restored');
  // Not before: a prompt that is shown is one that answers.
  await replay(snapshot, consoles);
  const running = await qmp.execute('cont');
  if (!running.ok) return running;
  for (const { console, send } of snapshot.resume) {
    const random = crypto.getRandomValues(new Uint8Array(32));
    consoles.get(console)?.send(new TextEncoder().encode(resumeText(send, random, Date.now())));
  }
  return { ok: true, value: undefined };
}
