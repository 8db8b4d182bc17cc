import type { Pane } from '../panes.js';
import { seenContent } from '../seen-content.js';
import { route, run, runVersion } from '../session.js';

const Timeline = seenContent(async () => (await import('../timeline/timeline.js')).Timeline);

/** Where the machine was, and why it went there. */
function TimelinePane() {
  void runVersion.value;
  const current = run.value?.guest.id === route.value.guest ? run.value : undefined;
  if (current === undefined) {
    return <p class="pane-empty">Boot a machine to see what its vCPUs do.</p>;
  }
  return <Timeline run={current} key={current.entered.fetching} />;
}

export const pane: Pane = {
  id: 'timeline',
  title: 'Timeline',
  place: 'main',
  order: 30,
  component: TimelinePane,
};
