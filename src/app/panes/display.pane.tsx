import { computed } from '@preact/signals';
import { screenOf } from '../../machine/screen.js';
import { plannedGuest } from '../machine/boot-machine.js';
import { baseGuest } from '../machine/model.js';
import type { Pane } from '../panes.js';
import { seenContent } from '../seen-content.js';
import { runVersion, shownRun } from '../session.js';

const DisplayView = seenContent(
  async () => (await import('../display/display-pane.js')).DisplayView,
);

/** Whether the machine that runs has a display, or else the one that would be booted. */
const hasDisplay = computed(() => {
  const planned = plannedGuest.value?.ok === true ? plannedGuest.value.guest : baseGuest.value;
  const guest = shownRun.value?.guest ?? planned;
  return guest !== undefined && screenOf(guest.args).display;
});

function DisplayPane() {
  void runVersion.value;
  const current = shownRun.value;
  if (current === undefined) return <p class="pane-empty">Boot the machine to see its display.</p>;
  return <DisplayView run={current} key={current.entered.fetching} />;
}

export const pane: Pane = {
  id: 'display',
  title: 'Display',
  place: 'main',
  order: 15,
  component: DisplayPane,
  whenAvailable: () => hasDisplay.value,
};
