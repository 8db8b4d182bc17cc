import { hasRealms } from '../granules/has-realms.js';
import type { Pane } from '../panes.js';
import { seenContent } from '../seen-content.js';
import { runVersion, shownRun } from '../session.js';

const Granules = seenContent(async () => (await import('../granules/granules.js')).Granules);

/** Who owns physical memory, on machines with the Realm Management Extension. */
function GranulesPane() {
  void runVersion.value;
  const current = shownRun.value;
  if (current === undefined) {
    return <p class="pane-empty">Boot the machine to see who owns its memory.</p>;
  }
  return <Granules run={current} key={current.entered.fetching} />;
}

export const pane: Pane = {
  id: 'granules',
  title: 'Granules',
  place: 'main',
  order: 42,
  component: GranulesPane,
  whenAvailable: () => shownRun.value !== undefined && hasRealms(shownRun.value),
};
