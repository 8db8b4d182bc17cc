import type { Pane } from '../panes.js';
import { Registers } from '../registers/registers.js';
import { runVersion, shownRun } from '../session.js';

/** What the vCPUs of the paused machine hold. */
function RegistersPane() {
  void runVersion.value;
  const current = shownRun.value;
  if (current === undefined) {
    return <p class="pane-empty">Boot a machine and pause it to see its registers and memory.</p>;
  }
  return <Registers run={current} key={current.entered.fetching} />;
}

export const pane: Pane = {
  id: 'registers',
  title: 'Registers',
  place: 'main',
  order: 50,
  component: RegistersPane,
};
