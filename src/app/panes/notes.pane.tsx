import { GuestNotes } from '../guest-notes.js';
import type { Pane } from '../panes.js';
import { guestOfRoute, route, run, runVersion } from '../session.js';

/** What the guest is, and what to try at its prompt. */
function NotesPane() {
  void runVersion.value;
  const current = run.value?.guest.id === route.value.guest ? run.value : undefined;
  const entry = guestOfRoute.value;
  const guest = entry?.state === 'ready' ? entry.guest : current?.guest;
  return guest === undefined ? null : <GuestNotes guest={guest} run={current} />;
}

export const pane: Pane = {
  id: 'notes',
  title: 'Notes',
  place: 'side',
  order: 80,
  component: NotesPane,
};
