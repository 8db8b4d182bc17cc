import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { isOver } from '../engine/common/run-state.js';
import { eraseEverything, keptThings, type KeptThings } from './erase.js';
import { formatBytes } from './format.js';
import { Modal } from './modal.js';
import { run } from './session.js';
import { announce, layout, theme, type ConsoleLayout, type Theme } from './settings.js';

/** What the visitor chooses, and what the page keeps. */
export function Settings() {
  return (
    <Modal title="Settings">
      <label class="field">
        <span class="field-label">Theme</span>
        <select
          value={theme.value}
          onChange={(event) => (theme.value = event.currentTarget.value as Theme)}
        >
          <option value="system">As the system</option>
          <option value="light">Light</option>
          <option value="dark">Dark</option>
        </select>
      </label>
      <label class="field">
        <span class="field-label">Consoles</span>
        <select
          value={layout.value}
          onChange={(event) => (layout.value = event.currentTarget.value as ConsoleLayout)}
        >
          <option value="auto">Side by side where there is room</option>
          <option value="tabs">One at a time</option>
          <option value="split">Always side by side</option>
        </select>
      </label>
      <label>
        <input
          type="checkbox"
          checked={announce.value}
          onChange={(event) => (announce.value = event.currentTarget.checked)}
        />{' '}
        Announce console output to screen readers as it comes
      </label>
      <Erase />
    </Modal>
  );
}

function Erase() {
  const kept = useSignal<KeptThings | undefined>(undefined);
  const asking = useSignal(false);
  const problems = useSignal<string[]>([]);
  useEffect(() => {
    void keptThings().then((things) => (kept.value = things));
  }, []);
  const runs = run.value !== undefined && !isOver(run.value.state);
  const erase = async (): Promise<void> => {
    problems.value = await eraseEverything();
    if (problems.value.length === 0) location.reload();
  };
  return (
    <section class="erase">
      <h3>Kept in this browser</h3>
      <p>
        Settings, the layout of the panes, fetched images, disks of yours with all that was written
        to them, and a copy of the page for use without a network
        {kept.value?.bytes === undefined ? '' : `: ${formatBytes(kept.value.bytes)} in all`}. None
        of it leaves this browser.
      </p>
      {!asking.value ? (
        <button type="button" disabled={runs} onClick={() => (asking.value = true)}>
          Erase everything…
        </button>
      ) : (
        <div class="failure" role="alert">
          <p>
            All of the above is erased, your disks too, and cannot be brought back. Export what you
            want to keep first.
          </p>
          <div class="actions">
            <button type="button" class="danger" onClick={() => void erase()}>
              Erase everything
            </button>
            <button type="button" onClick={() => (asking.value = false)}>
              Keep it
            </button>
          </div>
        </div>
      )}
      {runs && <p class="quiet">Stop the machine first: it may be writing to a disk.</p>}
      {problems.value.map((problem) => (
        <p key={problem} class="refused" role="alert">
          {problem}
        </p>
      ))}
    </section>
  );
}
