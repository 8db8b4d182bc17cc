import { Workspace } from './dock/workspace.js';
import { FailureView } from './failure-view.js';
import { catalogue, guestOfRoute, route, run, runVersion } from './session.js';

/** The guest that the address names: before, during and after its run. */
export function MachineView() {
  void runVersion.value;
  const id = route.value.guest;
  const current = run.value?.guest.id === id ? run.value : undefined;
  const entry = guestOfRoute.value;
  if (current !== undefined || entry?.state === 'ready') return <Workspace key={id} />;
  if (catalogue.value?.ok === false) {
    return (
      <main class="sheet" id="main">
        <FailureView failure={catalogue.value.failure} />
      </main>
    );
  }
  if (catalogue.value === undefined) return <main class="sheet" id="main" aria-busy="true" />;
  return (
    <main class="sheet" id="main">
      {entry === undefined ? (
        <FailureView
          failure={{
            what: `There is no guest “${id ?? ''}” here.`,
            input: 'the guest named in the address',
            remedy: 'Choose one from the list of guests.',
          }}
        />
      ) : (
        <section class="progress-card">
          <h2>{entry.title}</h2>
          <p>{entry.summary}</p>
          {entry.state === 'failed' ? (
            <FailureView
              failure={{
                what: 'Set-up could not build this guest.',
                remedy: 'Run set-up again (npm start); its log says more.',
                ...(entry.error === undefined ? {} : { detail: entry.error }),
              }}
            />
          ) : (
            <p role="status">
              {route.value.boot
                ? 'Set-up is still building this guest. It boots here as soon as it is ready.'
                : 'Set-up is still building this guest.'}
            </p>
          )}
        </section>
      )}
    </main>
  );
}
