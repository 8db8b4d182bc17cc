import { isOver } from '../../engine/common/run-state.js';
import { saveText } from '../console-pane.js';
import { CopyButton } from '../copy-button.js';
import { formatDuration } from '../format.js';
import type { Pane } from '../panes.js';
import { runVersion, shownRun } from '../session.js';

/** What QEMU itself said, and when the run changed its state. */
function LogPane() {
  void runVersion.value;
  const current = shownRun.value;
  if (current === undefined) {
    return <p class="pane-empty">Nothing has been started yet. QEMU’s own messages come here.</p>;
  }
  const start = current.entered.fetching ?? 0;
  const text = (): string => current.output.map((line) => line.text).join('\n');
  return (
    <div class="log-pane">
      <div class="pane-tools">
        <CopyButton label="Copy" text={text} />
        <button
          type="button"
          disabled={current.output.length === 0}
          onClick={() => saveText(`${current.guest.id}-qemu.log`, `${text()}\n`)}
        >
          Save
        </button>
      </div>
      <ol class="state-times" aria-label="States of the run">
        {Object.entries(current.entered).map(([name, at]) => (
          <li key={name}>
            {name} <span class="quiet">{formatDuration(at - start)}</span>
          </li>
        ))}
      </ol>
      <pre class="qemu-log" role="log" aria-label="What QEMU printed" tabIndex={0}>
        {current.output.length > 0
          ? text()
          : isOver(current.state)
            ? 'QEMU printed nothing.'
            : 'QEMU has printed nothing so far.'}
      </pre>
    </div>
  );
}

export const pane: Pane = {
  id: 'log',
  title: 'Log',
  place: 'side',
  order: 70,
  component: LogPane,
};
