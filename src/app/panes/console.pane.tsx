import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { isOver } from '../../engine/common/run-state.js';
import type { Run } from '../../engine/ui/run.js';
import { BootProgress } from '../boot-progress.js';
import { ConsoleDrop } from '../drop/console-drop.js';
import { Consoles } from '../consoles.js';
import { Ended } from '../ended.js';
import { FailureView } from '../failure-view.js';
import { GuestSheet } from '../guest-notes.js';
import { MachineSheet } from '../machine/machine-sheet.js';
import { isBuiltIn, opened } from '../machine/model.js';
import { ReviewCard } from '../machine/review-card.js';
import type { Pane } from '../panes.js';
import {
  activeConsole,
  guestOfRoute,
  notice,
  shownRun,
  runVersion,
  terminals,
} from '../session.js';
import { dark } from '../settings.js';

/** The machine before, during and after its run. */
function ConsolePane() {
  return (
    <ConsoleDrop>
      <Machine />
    </ConsoleDrop>
  );
}

function Machine() {
  void runVersion.value;
  const current = shownRun.value;
  if (current !== undefined) return <RunView run={current} key={current.guest.id} />;
  if (opened.value?.trusted === false) return <ReviewCard />;
  const entry = guestOfRoute.value;
  return entry?.state === 'ready' && isBuiltIn.value ? (
    <GuestSheet guest={entry.guest} />
  ) : (
    <MachineSheet />
  );
}

export const pane: Pane = {
  id: 'console',
  title: 'Console',
  place: 'main',
  order: 10,
  component: ConsolePane,
};

function RunView({ run: current }: { run: Run }) {
  void runVersion.value;
  const { state } = current;
  const waiting = state.name === 'idle' || state.name === 'fetching' || state.name === 'starting';
  const printed = [...current.consoles.values()].some((each) => each.log.length > 0);
  const element = useRef<HTMLDivElement>(null);
  const width = useWidthOf(element);

  useEffect(() => {
    for (const terminal of terminals.value.values()) terminal.setDark(dark.value);
  }, [dark.value, terminals.value]);
  // Typing goes to the guest as soon as there is one, unless the visitor is elsewhere.
  useEffect(() => {
    if (state.name !== 'running' || document.activeElement !== document.body) return;
    terminals.value.get(activeConsole.value ?? '')?.focus();
  }, [state.name, terminals.value]);

  return (
    <div class="machine" ref={element}>
      {notice.value !== undefined && <FailureView failure={notice.value} />}
      {isOver(state) && <Ended run={current} />}
      {waiting && <BootProgress run={current} />}
      <Consoles run={current} width={width} hidden={isOver(state) && !printed} veiled={waiting} />
    </div>
  );
}

/** The width of an element in CSS pixels, as it changes. */
function useWidthOf(element: { current: HTMLElement | null }): number {
  const width = useSignal(innerWidth);
  useEffect(() => {
    const observer = new ResizeObserver(([entry]) => {
      // A pane behind another has no width; what it had still holds for when it comes forward.
      if (entry !== undefined && entry.contentRect.width > 0) width.value = entry.contentRect.width;
    });
    if (element.current !== null) observer.observe(element.current);
    return () => observer.disconnect();
  }, []);
  return width.value;
}
