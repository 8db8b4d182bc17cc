import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { isOver } from '../engine/common/run-state.js';
import { eraseEverything, keptThings, type KeptThings } from './erase.js';
import { formatBytes } from './format.js';
import { askToInstall, offline } from './install/install.js';
import { Modal } from './modal.js';
import { dropGuest, keptBytes, keptGuests, refreshKept } from './offline/kept-guests.js';
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

const offlineText = {
  nothing: 'The page needs its host.',
  page: 'The page opens without a network; boot a guest once to have it without one too.',
  'page and engine':
    'The page opens without a network, with every guest that was booted here before or is kept for that.',
};

/** The guests that boot without a network, each to be dropped again. */
function KeptGuests() {
  const guests = keptGuests.value;
  useEffect(() => void refreshKept(), []);
  if (guests.length === 0) return null;
  return (
    <>
      ; {formatBytes(keptBytes(guests))} of them for {counted(guests.length, 'guest')} that{' '}
      {guests.length === 1 ? 'boots' : 'boot'} without a network:
      <ul class="kept-guests">
        {guests.map((guest) => (
          <li key={guest.id}>
            {guest.title}, {formatBytes(keptBytes([guest]))}{' '}
            <button
              type="button"
              aria-label={`Drop it: ${guest.title}`}
              onClick={() => void dropGuest(guest)}
            >
              Drop it
            </button>
          </li>
        ))}
      </ul>
    </>
  );
}

/** “3 disks”, “1 disk”, or “disks” where nobody could count them. */
function counted(count: number | undefined, what: string): string {
  if (count === undefined) return `${what}s`;
  return `${String(count)} ${count === 1 ? what : `${what}s`}`;
}

function Erase() {
  const kept = useSignal<KeptThings | undefined>(undefined);
  const asking = useSignal(false);
  const problems = useSignal<string[]>([]);
  // Counted anew when a guest's images have come or gone.
  const guests = keptGuests.value;
  useEffect(() => {
    void keptThings().then((things) => (kept.value = things));
  }, [guests]);
  const runs = run.value !== undefined && !isOver(run.value.state);
  const erase = async (): Promise<void> => {
    problems.value = await eraseEverything();
    if (problems.value.length === 0) location.reload();
  };
  return (
    <section class="erase">
      <h3>Kept in this browser</h3>
      <ul>
        <li>Settings, the layout of the panes, progress in lessons</li>
        <li>{counted(kept.value?.disks, 'disk')} of yours, with all that was written to them</li>
        <li>{counted(kept.value?.snapshots, 'snapshot')} of machines</li>
        <li>
          {counted(kept.value?.images, 'fetched image')} of guests
          <KeptGuests />
        </li>
        <li>{counted(kept.value?.files, 'file')} of the page and the engine</li>
      </ul>
      <p>
        {kept.value?.bytes === undefined ? '' : `${formatBytes(kept.value.bytes)} in all. `}
        None of it leaves this browser. {offlineText[offline.value]}
      </p>
      {askToInstall.value !== undefined && (
        <p>
          <button type="button" onClick={askToInstall.value}>
            Install the page…
          </button>
        </p>
      )}
      {!asking.value ? (
        <button type="button" disabled={runs} onClick={() => (asking.value = true)}>
          Erase everything…
        </button>
      ) : (
        <div class="failure" role="alert">
          <p>
            All of the above is erased, your disks and snapshots too, and cannot be brought back.
            Export what you want to keep first. The page is loaded again afterwards, as at a first
            visit.
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
