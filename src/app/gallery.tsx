import type { Guest, GuestEntry } from '../machine/guest.js';
import { isOver } from '../engine/common/run-state.js';
import { fetchedBytes } from './catalogue.js';
import { FailureView } from './failure-view.js';
import { formatBytes } from './format.js';
import { RoleTag } from './role-tag.js';
import { LessonCards } from './lessons/cards.js';
import { OwnMachine } from './machine/own-machine.js';
import { returnToRun } from './machine/address.js';
import { KeepOffline } from './offline/keep-button.js';
import { catalogue, navigate, run, runVersion } from './session.js';
import { GoOnNotice } from './snapshots/go-on.js';

/** The built-in guests: what each shows, what it costs, and one click to boot it. */
export function Gallery() {
  const result = catalogue.value;
  return (
    <main class="gallery" id="main">
      <header class="gallery-head">
        <h1>Boot an Arm machine in this tab</h1>
        <p>
          QEMU runs here as WebAssembly, with its firmware, its consoles and its monitor. Nothing is
          installed, and nothing leaves this browser.
        </p>
      </header>
      <RunningNotice />
      <OwnMachine />
      <GoOnNotice />
      {result === undefined && <p class="quiet">Reading the list of guests…</p>}
      {result?.ok === false && <FailureView failure={result.failure} />}
      {result?.ok === true && (
        <>
          {!result.value.complete && (
            <p class="quiet" role="status">
              Set-up is still building guests. This list follows by itself.
            </p>
          )}
          <ul class="cards">
            {result.value.guests
              .filter(forVisitors)
              .map((entry) =>
                entry.state === 'ready' ? (
                  <ReadyCard key={entry.guest.id} guest={entry.guest} />
                ) : (
                  <PendingCard key={entry.id} entry={entry} />
                ),
              )}
          </ul>
          <LessonCards />
        </>
      )}
    </main>
  );
}

function forVisitors(entry: GuestEntry): boolean {
  return entry.state !== 'ready' || entry.guest.instrument !== true;
}

/** Leads back to a machine that still runs. */
function RunningNotice() {
  void runVersion.value;
  const current = run.value;
  if (current === undefined || isOver(current.state)) return null;
  return (
    <p class="notice" role="status">
      <span>
        <strong>{current.guest.title}</strong> is {current.state.name}. Booting another guest ends
        it.
      </span>
      <button type="button" onClick={() => returnToRun()}>
        Return to it
      </button>
    </p>
  );
}

function ReadyCard({ guest }: { guest: Guest }) {
  const details = `?guest=${guest.id}&boot=0`;
  return (
    <li class="card">
      <h2>{guest.title}</h2>
      <p>{guest.summary}</p>
      <p class="roles">
        {guest.consoles.map((each) => (
          <RoleTag key={each.id} role={each.role} label={each.title} />
        ))}
      </p>
      <p class="figures">
        <span>{formatBytes(fetchedBytes(guest))} to fetch</span>
        <span>{guest.addressSpaceMiB} MiB of guest memory</span>
      </p>
      <div class="actions">
        <button
          type="button"
          class="primary"
          aria-label={`Boot ${guest.title}`}
          onClick={() => navigate({ guest: guest.id, boot: true })}
        >
          Boot
        </button>
        {guest.snapshot !== undefined && (
          <button
            type="button"
            aria-label={`Boot cold: ${guest.title}`}
            title="From its reset, not from the snapshot at its prompt"
            onClick={() => navigate({ guest: guest.id, boot: true, cold: true })}
          >
            Boot cold
          </button>
        )}
        <a
          href={details}
          aria-label={`About ${guest.title}`}
          onClick={(event) => {
            if (event.ctrlKey || event.metaKey || event.shiftKey) return;
            event.preventDefault();
            navigate({ guest: guest.id, boot: false });
          }}
        >
          About
        </a>
      </div>
      <KeepOffline guest={guest} />
    </li>
  );
}

const pendingText = {
  waiting: 'Waiting to be built',
  building: 'Being built',
  failed: 'Could not be built',
};

function PendingCard({ entry }: { entry: Exclude<GuestEntry, { state: 'ready' }> }) {
  return (
    <li class={`card pending ${entry.state}`}>
      <h2>{entry.title}</h2>
      <p>{entry.summary}</p>
      <p class="state">
        {entry.state === 'building' && <span class="spinner" aria-hidden="true" />}
        {pendingText[entry.state]}
      </p>
      {entry.error !== undefined && <pre class="failure-detail">{entry.error}</pre>}
    </li>
  );
}
