import { useSignal } from '@preact/signals';
import type { ComponentType } from 'preact';
import { useEffect } from 'preact/hooks';
import { isOver } from '../../engine/common/run-state.js';
import { bootMachine, plannedGuest } from '../machine/boot-machine.js';
import { capabilities, capabilitiesProblem, wantCapabilities } from '../machine/capabilities.js';
import {
  baseGuest,
  baseMachine,
  canRedo,
  canUndo,
  changes,
  machine,
  opened,
  redo,
  reset,
  undo,
} from '../machine/model.js';
import type * as Loaded from '../machine/text-editor.js';
import type { Pane } from '../panes.js';
import { dialog } from '../dialog-state.js';
import { seenContent } from '../seen-content.js';
import { runVersion, shownRun } from '../session.js';
import { machineView, machineViews, type MachineViewName } from '../settings.js';

const MachineForm = seenContent(async () => (await import('../machine/form.js')).MachineForm);

const viewTitles: Record<MachineViewName, string> = {
  form: 'Form',
  args: 'Command line',
  json: 'JSON',
  both: 'Both',
  changes: 'Changes',
};

/** The machine, as a form and as text: whichever is written, the others follow. */
function MachinePane() {
  useEffect(() => void wantCapabilities(), []);
  if (machine.value === undefined) return <p class="pane-empty">No machine is open.</p>;
  const view = machineView.value;
  return (
    <div class="machine-pane" key={opened.value?.key}>
      <Toolbar />
      <Problems />
      <div class="machine-view">
        {view === 'form' ? <MachineForm /> : <TextView view={view} key={view} />}
      </div>
    </div>
  );
}

export const pane: Pane = {
  id: 'machine',
  title: 'Machine',
  place: 'side',
  order: 20,
  component: MachinePane,
};

function Toolbar() {
  void runVersion.value;
  const current = shownRun.value;
  const runs = current !== undefined && !isOver(current.state);
  const planned = plannedGuest.value;
  const count = changes.value.length;
  const onKeyDown = (event: KeyboardEvent): void => {
    const step = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
    if (step === 0) return;
    const at = machineViews.indexOf(machineView.value);
    const next = machineViews[(at + step + machineViews.length) % machineViews.length];
    if (next === undefined) return;
    machineView.value = next;
    document.getElementById(`machine-tab-${next}`)?.focus();
  };
  return (
    <div class="pane-tools">
      <div class="tabs" role="tablist" aria-label="Views of the machine" onKeyDown={onKeyDown}>
        {machineViews.map((name) => (
          <button
            key={name}
            id={`machine-tab-${name}`}
            type="button"
            role="tab"
            aria-selected={machineView.value === name}
            tabIndex={machineView.value === name ? 0 : -1}
            onClick={() => (machineView.value = name)}
          >
            {name === 'changes' && count > 0
              ? `${viewTitles[name]} (${String(count)})`
              : viewTitles[name]}
          </button>
        ))}
      </div>
      <button type="button" disabled={!canUndo.value} onClick={undo}>
        Undo
      </button>
      <button type="button" disabled={!canRedo.value} onClick={redo}>
        Redo
      </button>
      <button
        type="button"
        disabled={count === 0}
        title={
          baseGuest.value === undefined
            ? 'Goes back to what the link held'
            : 'Goes back to the catalogue’s version'
        }
        onClick={reset}
      >
        Reset
      </button>
      <button type="button" onClick={() => (dialog.value = 'share')}>
        Share
      </button>
      <button
        type="button"
        class="primary"
        disabled={planned?.ok !== true || opened.value?.trusted !== true}
        title={
          opened.value?.trusted === true
            ? 'Starts this machine cold, with its changes'
            : 'This machine comes from elsewhere: look at its card in the Console pane first'
        }
        onClick={() => void bootMachine()}
      >
        {runs ? 'Boot again' : 'Boot'}
      </button>
    </div>
  );
}

/** Why the machine cannot boot as it is, and what boots differently in a tab. */
function Problems() {
  const planned = plannedGuest.value;
  return (
    <>
      {capabilities.value === undefined && capabilitiesProblem.value !== undefined && (
        <p class="machine-problem quiet" role="status">
          {capabilitiesProblem.value}
        </p>
      )}
      {planned?.ok === false && (
        <div class="machine-problem" role="status">
          <strong>Cannot boot yet.</strong>
          <ul>
            {planned.reasons.map((reason) => (
              <li key={reason}>{reason}</li>
            ))}
          </ul>
        </div>
      )}
      {planned?.ok === true && planned.changes.length > 0 && (
        <details class="machine-problem">
          <summary>
            {planned.changes.length === 1
              ? 'One thing is different in a tab'
              : `${String(planned.changes.length)} things are different in a tab`}
          </summary>
          <ul>
            {planned.changes.map(({ message }) => (
              <li key={message}>{message}</li>
            ))}
          </ul>
        </details>
      )}
    </>
  );
}

type Editors = typeof Loaded;

/** The text editors; Monaco is fetched with the first of them. */
function TextView({ view }: { view: Exclude<MachineViewName, 'form'> }) {
  const editors = useSignal<Editors | string | undefined>(undefined);
  useEffect(() => {
    import('../machine/text-editor.js').then(
      (module) => (editors.value = module),
      (error: unknown) => (editors.value = String(error)),
    );
  }, []);
  const loaded = editors.value;
  if (loaded === undefined) return <p class="pane-empty">Fetching the editor…</p>;
  if (typeof loaded === 'string') {
    return (
      <p class="pane-empty" role="alert">
        The editor could not be fetched ({loaded}). The form works without it; reload the page to
        try again.
      </p>
    );
  }
  const { TextEditor, DiffEditor, commandLineForm, jsonForm } = loaded;
  const Editor: ComponentType<{ form: typeof jsonForm }> = TextEditor;
  if (view === 'changes') {
    return changes.value.length === 0 ? (
      <p class="pane-empty">
        {baseGuest.value === undefined
          ? 'Nothing has been changed.'
          : `Nothing has been changed: this is “${baseGuest.value.title}” as the catalogue has it.`}
      </p>
    ) : (
      <DiffEditor base={baseMachine} />
    );
  }
  return (
    <div class={`text-editors view-${view}`}>
      {view !== 'json' && <Editor form={commandLineForm} />}
      {view !== 'args' && <Editor form={jsonForm} />}
    </div>
  );
}
