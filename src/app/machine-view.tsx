import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { MONITOR_CHANNEL } from '../engine/common/console.js';
import { isOver } from '../engine/common/run-state.js';
import type { Guest } from '../machine/guest.js';
import type { Run } from '../engine/ui/run.js';
import { BootProgress } from './boot-progress.js';
import { ConsolePane } from './console-pane.js';
import { Ended } from './ended.js';
import { FailureView } from './failure-view.js';
import { GuestNotes, GuestSheet } from './guest-notes.js';
import { KeyBar } from './key-bar.js';
import { RoleTag, type Role } from './role-tag.js';
import {
  activeConsole,
  catalogue,
  consoleTitle,
  guestOfRoute,
  notice,
  openTerminals,
  route,
  run,
  runVersion,
  terminals,
} from './session.js';
import { dark, layout } from './settings.js';

/** Width from which two consoles of 80 columns fit beside each other, in CSS pixels. */
const SPLIT_WIDTH = 1200;
/** Width from which the notes fit beside them. */
const NOTES_WIDTH = 1720;

/** The guest that the address names: before, during and after its run. */
export function MachineView() {
  void runVersion.value;
  const id = route.value.guest;
  const current = run.value?.guest.id === id ? run.value : undefined;
  if (current !== undefined) return <Machine run={current} key={current.guest.id} />;
  const entry = guestOfRoute.value;
  if (entry?.state === 'ready') return <GuestSheet guest={entry.guest} />;
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

function useWidth(): number {
  const width = useSignal(innerWidth);
  useEffect(() => {
    const measure = (): void => {
      width.value = innerWidth;
    };
    addEventListener('resize', measure);
    return () => removeEventListener('resize', measure);
  }, []);
  return width.value;
}

/** True when consoles are shown beside each other. */
function isSplit(width: number, consoles: number): boolean {
  if (layout.value === 'tabs' || consoles < 2) return false;
  return layout.value === 'split' || width >= SPLIT_WIDTH;
}

function Machine({ run: current }: { run: Run }) {
  void runVersion.value;
  const width = useWidth();
  const { state, guest } = current;
  const split = isSplit(width, guest.consoles.length);
  const waiting = state.name === 'idle' || state.name === 'fetching' || state.name === 'starting';
  const printed = [...current.consoles.values()].some((each) => each.log.length > 0);
  const notesOpen = useSignal(width >= NOTES_WIDTH);

  useEffect(() => {
    void openTerminals(current, dark.value);
  }, [current]);
  useEffect(() => {
    for (const terminal of terminals.value.values()) terminal.setDark(dark.value);
  }, [dark.value, terminals.value]);
  // Typing goes to the guest as soon as there is one, unless the visitor is elsewhere.
  useEffect(() => {
    if (state.name !== 'running' || document.activeElement !== document.body) return;
    terminals.value.get(activeConsole.value ?? '')?.focus();
  }, [state.name, terminals.value]);

  return (
    <main class={`machine ${notesOpen.value ? 'with-notes' : ''}`} id="main">
      {notice.value !== undefined && <FailureView failure={notice.value} />}
      {isOver(state) && <Ended run={current} />}
      {waiting && <BootProgress run={current} />}
      <div class="consoles" hidden={waiting || (isOver(state) && !printed)}>
        <PaneTabs
          guest={guest}
          split={split}
          onNotes={() => (notesOpen.value = !notesOpen.value)}
          notes={notesOpen.value}
        />
        <Panes run={current} split={split} />
        <KeyBar terminal={terminals.value.get(activeConsole.value ?? '')} />
      </div>
      {notesOpen.value && !waiting && <GuestNotes guest={guest} run={current} />}
    </main>
  );
}

/** Whether the monitor is shown beside the consoles. */
function isShown(id: string, split: boolean): boolean {
  const active = activeConsole.value;
  if (!split) return id === active;
  return id !== MONITOR_CHANNEL || active === MONITOR_CHANNEL;
}

interface PaneTabsProps {
  guest: Guest;
  split: boolean;
  notes: boolean;
  onNotes(): void;
}

function PaneTabs({ guest, split, notes, onNotes }: PaneTabsProps) {
  const panes = paneList(guest);
  const select = (id: string): void => {
    activeConsole.value = id;
    queueMicrotask(() => terminals.value.get(id)?.focus());
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const step = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
    if (step === 0) return;
    const at = panes.findIndex((pane) => pane.id === activeConsole.value);
    const next = panes[(at + step + panes.length) % panes.length];
    if (next === undefined) return;
    activeConsole.value = next.id;
    document.getElementById(`tab-${next.id}`)?.focus();
  };
  return (
    <div class="tab-row">
      <div class="tabs" role="tablist" aria-label="Consoles" onKeyDown={onKeyDown}>
        {panes.map((pane, index) => (
          <button
            key={pane.id}
            type="button"
            role="tab"
            id={`tab-${pane.id}`}
            title={`Alt+${index + 1}`}
            aria-selected={activeConsole.value === pane.id}
            aria-controls={`pane-${pane.id}`}
            tabIndex={activeConsole.value === pane.id ? 0 : -1}
            onClick={() => select(pane.id)}
          >
            <RoleTag role={pane.role} label={pane.title} />
          </button>
        ))}
      </div>
      <div class="view-choice">
        {guest.consoles.length > 1 && (
          <button
            type="button"
            class="side-by-side"
            aria-pressed={split}
            onClick={() => (layout.value = split ? 'tabs' : 'split')}
          >
            Side by side
          </button>
        )}
        <button type="button" aria-pressed={notes} onClick={onNotes}>
          Notes
        </button>
      </div>
    </div>
  );
}

/** The guest's consoles, then the monitor. */
function paneList(guest: Guest): { id: string; role: Role; title: string }[] {
  return [
    ...guest.consoles,
    { id: MONITOR_CHANNEL, role: 'monitor' as const, title: 'QEMU monitor' },
  ];
}

function Panes({ run: current, split }: { run: Run; split: boolean }) {
  const panes = paneList(current.guest);
  const count = panes.filter((pane) => isShown(pane.id, split)).length;
  return (
    <div class={`panes panes-${Math.min(count, 4)}`}>
      {panes.map((pane) => {
        const console = current.consoles.get(pane.id);
        return (
          console && (
            <ConsolePane
              key={pane.id}
              console={console}
              terminal={terminals.value.get(pane.id)}
              role={pane.role}
              title={consoleTitle(current, pane.id)}
              fileName={`${current.guest.id}-${pane.id}.log`}
              shown={isShown(pane.id, split)}
              tabId={split ? undefined : `tab-${pane.id}`}
            />
          )
        );
      })}
    </div>
  );
}
