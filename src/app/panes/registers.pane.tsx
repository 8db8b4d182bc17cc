import type { Pane } from '../panes.js';
import { seenContent } from '../seen-content.js';
import { boot, guestOfRoute, runVersion, shownRun } from '../session.js';

const Registers = seenContent(async () => (await import('../registers/registers.js')).Registers);

/** What the vCPUs of the paused machine hold. */
function RegistersPane() {
  void runVersion.value;
  const current = shownRun.value;
  if (current !== undefined) {
    return <Registers run={current} key={current.entered.fetching} />;
  }
  const entry = guestOfRoute.value;
  return (
    <div class="pane-empty">
      <p>Boot a machine and pause it to see its registers and memory.</p>
      {entry?.state === 'ready' && (
        <button
          type="button"
          onClick={() => void boot(entry.guest, { from: 'cold', halted: true })}
        >
          Boot halted
        </button>
      )}
    </div>
  );
}

export const pane: Pane = {
  id: 'registers',
  title: 'Registers',
  place: 'main',
  order: 50,
  component: RegistersPane,
};
