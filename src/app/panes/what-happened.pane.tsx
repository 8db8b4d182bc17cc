import { announced } from '../diagnosis/state.js';
import type { Pane } from '../panes.js';
import { seenContent } from '../seen-content.js';
import { runVersion, shownRun } from '../session.js';

const WhatHappened = seenContent(
  async () => (await import('../diagnosis/what-happened.js')).WhatHappened,
);

/** Why the machine crashed, hangs or starts again and again. */
function WhatHappenedPane() {
  void runVersion.value;
  const current = shownRun.value;
  if (current === undefined) {
    return (
      <p class="pane-empty">
        Boot a machine. When it crashes, hangs or starts again and again, this says where and why.
      </p>
    );
  }
  return <WhatHappened run={current} key={current.entered.fetching} />;
}

export const pane: Pane = {
  id: 'what-happened',
  title: 'What happened?',
  place: 'main',
  order: 45,
  component: WhatHappenedPane,
  mark: () => announced.value,
};
