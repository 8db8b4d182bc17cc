import { Workspace } from './dock/workspace.js';
import { FailureView } from './failure-view.js';
import { linkProblem } from './machine/address.js';
import { opened } from './machine/model.js';
import { catalogue, guestOfRoute, route, runVersion, shownKey, shownRun } from './session.js';

/** The guest that the address names: before, during and after its run. */
export function MachineView() {
  void runVersion.value;
  const id = route.value.guest;
  const entry = guestOfRoute.value;
  const key = shownKey.value;
  const isOpen = key !== undefined && opened.value?.key === key;
  if (shownRun.value !== undefined || isOpen) return <Workspace key={key} />;
  if (linkProblem.value !== undefined) return <LinkProblem sentence={linkProblem.value} />;
  if (catalogue.value?.ok === false) {
    return (
      <main class="sheet" id="main">
        <FailureView failure={catalogue.value.failure} />
      </main>
    );
  }
  if (catalogue.value === undefined || route.value.link !== undefined || entry?.state === 'ready') {
    return <main class="sheet" id="main" aria-busy="true" />;
  }
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

function LinkProblem({ sentence }: { sentence: string }) {
  return (
    <main class="sheet" id="main">
      <FailureView
        failure={{
          what: sentence,
          input: 'the machine in the address',
          remedy: 'Ask for the link again, or choose a guest from the list.',
        }}
      />
    </main>
  );
}
