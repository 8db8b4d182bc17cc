import { GuestNotes } from '../guest-notes.js';
import { baseGuest, machine } from '../machine/model.js';
import { Markdown } from '../markdown.js';
import type { Pane } from '../panes.js';
import { runVersion, shownRun } from '../session.js';

/** What the guest is, and what to try at its prompt. */
function NotesPane() {
  void runVersion.value;
  const current = shownRun.value;
  const guest = current?.guest ?? baseGuest.value;
  if (guest !== undefined) return <GuestNotes guest={guest} run={current} />;
  const notes = machine.value?.notes;
  return notes === undefined ? (
    <p class="pane-empty">This machine has no notes. They are written in the Machine pane.</p>
  ) : (
    <div class="notes" tabIndex={0}>
      <Markdown text={notes} />
    </div>
  );
}

export const pane: Pane = {
  id: 'notes',
  title: 'Notes',
  place: 'side',
  order: 80,
  component: NotesPane,
};
