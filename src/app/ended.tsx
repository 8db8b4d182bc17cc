import { failureText } from '../engine/common/failure.js';
import type { RunState } from '../engine/common/run-state.js';
import type { Run } from '../engine/ui/run.js';
import { CopyButton } from './copy-button.js';
import { FailureView } from './failure-view.js';
import { bootMachine, plannedGuest } from './machine/boot-machine.js';
import { isBuiltIn, opened } from './machine/model.js';
import { boot, runVersion, shownKey } from './session.js';

/** One sentence for how a run came to its end. */
function headline(state: Extract<RunState, { name: 'exited' }>, run: Run): string {
  switch (state.ending) {
    case 'cancelled':
      return 'The boot was cancelled.';
    case 'forced':
      return 'QEMU did not answer and was ended.';
    case 'exited':
      if (state.code === 0) return 'QEMU has ended: exit code 0.';
      return run.guest.exits === state.code
        ? `The guest has ended QEMU with exit code ${state.code}, as it means to.`
        : `QEMU has ended with exit code ${state.code}.`;
  }
}

function everythingPrinted(run: Run): string {
  const { state } = run;
  const parts = [`Guest: ${run.guest.id}`];
  if (state.name === 'exited') parts.push(headline(state, run));
  if (state.name === 'failed') parts.push(failureText(state.failure));
  if (run.output.length > 0) {
    parts.push('--- QEMU ---', ...run.output.map((line) => line.text));
  }
  for (const console of run.consoles.values()) {
    const text = console.log.text();
    if (text !== '') parts.push(`--- ${console.id} ---`, text);
  }
  return parts.join('\n');
}

/** The same again; a machine that was changed since boots with its changes. */
function bootAgain(run: Run): Promise<void> {
  const isShown = opened.value?.key === shownKey.value;
  return isShown && !isBuiltIn.value && plannedGuest.value?.ok === true
    ? bootMachine()
    : boot(run.guest, { files: run.ownFiles });
}

/** The end of a run: what QEMU said, its exit code, all of it to copy, and the next boot. */
export function Ended({ run }: { run: Run }) {
  void runVersion.value;
  const { state } = run;
  const actions = (
    <>
      <button type="button" class="primary" onClick={() => void bootAgain(run)}>
        Boot again
      </button>
      <CopyButton label="Copy all" text={() => everythingPrinted(run)} />
    </>
  );
  const output = run.output.length > 0 && (
    <pre class="qemu-output" aria-label="What QEMU printed" tabIndex={0}>
      {run.output
        .slice(-200)
        .map((line) => line.text)
        .join('\n')}
    </pre>
  );
  if (state.name === 'failed') {
    return (
      <section class="ended" aria-label="How the machine ended">
        <FailureView failure={state.failure}>{actions}</FailureView>
        {output}
      </section>
    );
  }
  if (state.name !== 'exited') return null;
  return (
    <section class="ended" aria-label="How the machine ended">
      <p class="ended-line" role="status">
        <strong>{headline(state, run)}</strong>
        <span class="actions">{actions}</span>
      </p>
      {output}
    </section>
  );
}
