import type { Pane } from '../panes.js';
import { seenContent } from '../seen-content.js';
import { route, run, runVersion } from '../session.js';

const Building = seenContent(async () => (await import('../building/building.js')).Building);

/** The classic picture of the CCA architecture, with the vCPUs in it. */
function BuildingPane() {
  void runVersion.value;
  const current = run.value?.guest.id === route.value.guest ? run.value : undefined;
  if (current === undefined) {
    return <p class="pane-empty">Boot a machine to see where its vCPUs are.</p>;
  }
  return <Building run={current} key={current.entered.fetching} />;
}

export const pane: Pane = {
  id: 'building',
  title: 'The building',
  place: 'main',
  order: 40,
  component: BuildingPane,
};
