import { useSignal } from '@preact/signals';
import { useLayoutEffect } from 'preact/hooks';
import { MONITOR_CHANNEL } from '../engine/common/console.js';
import type { Run } from '../engine/ui/run.js';
import type { Guest } from '../machine/guest.js';
import { ConsolePane } from './console-pane.js';
import { KeyBar } from './key-bar.js';
import { nextTask } from './next-task.js';
import { RoleTag, type Role } from './role-tag.js';
import { activeConsole, consoleTitle, terminals } from './session.js';
import { layout } from './settings.js';
import { isSplit } from './split.js';

/** A run's consoles, as tabs or side by side. */
export function Consoles({
  run: current,
  width,
  hidden,
  veiled,
}: {
  run: Run;
  width: number;
  hidden: boolean;
  /** Laid out, but not to be seen yet. */
  veiled: boolean;
}) {
  const { guest } = current;
  const split = isSplit(width, guest.consoles.length);
  return (
    <div class={veiled ? 'consoles veiled' : 'consoles'} hidden={hidden}>
      <PaneTabs guest={guest} split={split} />
      <Panes run={current} split={split} />
      <KeyBar terminal={terminals.value.get(activeConsole.value ?? '')} />
    </div>
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
}

function PaneTabs({ guest, split }: PaneTabsProps) {
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

/** Goes up to `most`, one more in each task, so that what it counts is made little by little. */
function useOneByOne(most: number): number {
  const count = useSignal(0);
  useLayoutEffect(() => {
    let gone = false;
    const goOn = async (): Promise<void> => {
      while (count.value < most) {
        await nextTask();
        if (gone) return;
        count.value++;
      }
    };
    void goOn();
    return () => {
      gone = true;
    };
  }, [most]);
  return count.value;
}

function Panes({ run: current, split }: { run: Run; split: boolean }) {
  const panes = paneList(current.guest);
  const made = useOneByOne(panes.length);
  const count = panes.filter((pane) => isShown(pane.id, split)).length;
  return (
    <div class={`panes panes-${Math.min(count, 4)}`}>
      {panes.map((pane, index) => {
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
              made={index < made}
              tabId={split ? undefined : `tab-${pane.id}`}
            />
          )
        );
      })}
    </div>
  );
}
