import { isLive, isOver } from '../engine/common/run-state.js';
import type { Run } from '../engine/ui/run.js';
import { dialog } from './dialog-state.js';
import { dock } from './dock/workspace-state.js';
import { Elapsed } from './elapsed.js';
import { formatDuration } from './format.js';
import { bootedAt, navigate, report, route, run, runVersion } from './session.js';
import { theme, type Theme } from './settings.js';

/** Name, machine with its state and controls, and the page's own matters. */
export function TopBar() {
  void runVersion.value;
  const current = run.value;
  const shown = current !== undefined && current.guest.id === route.value.guest;
  return (
    <header class="top-bar">
      <a
        class="brand"
        href="./"
        onClick={(event) => {
          if (event.ctrlKey || event.metaKey || event.shiftKey) return;
          event.preventDefault();
          navigate({ guest: undefined, boot: true });
        }}
      >
        Bootlink
      </a>
      {shown && <MachineControls run={current} />}
      <nav class="page-controls" aria-label="Page">
        <label class="theme">
          <span class="visually-hidden">Theme</span>
          <select
            value={theme.value}
            onChange={(event) => (theme.value = event.currentTarget.value as Theme)}
          >
            <option value="system">Theme: system</option>
            <option value="light">Theme: light</option>
            <option value="dark">Theme: dark</option>
          </select>
        </label>
        {dock.value !== undefined && (
          <button type="button" onClick={() => (dialog.value = 'panes')}>
            Panes
          </button>
        )}
        <button type="button" onClick={() => (dialog.value = 'help')}>
          Help
        </button>
        <button type="button" onClick={() => (dialog.value = 'about')}>
          About
        </button>
      </nav>
    </header>
  );
}

const stateText = {
  idle: 'ready',
  fetching: 'fetching',
  starting: 'starting',
  running: 'running',
  paused: 'paused',
  stopping: 'stopping',
  exited: 'ended',
  failed: 'failed',
};

/** When the guest reached its prompt, counted from the click; while it has not, the time so far. */
function BootTime({ current }: { current: Run }) {
  void runVersion.value;
  const start = current.entered.fetching;
  if (start === undefined) return null;
  if (bootedAt.value !== undefined) {
    return <span class="elapsed">prompt after {formatDuration(bootedAt.value - start)}</span>;
  }
  return isOver(current.state) ? null : <Elapsed since={start} />;
}

function MachineControls({ run: current }: { run: Run }) {
  void runVersion.value;
  const { state, guest } = current;
  const live = isLive(state);
  return (
    <>
      <span class="machine-name">{guest.title}</span>
      <span class={`state-chip state-${state.name}`} role="status" data-state={state.name}>
        {stateText[state.name]}
      </span>
      <BootTime current={current} />
      <div class="machine-controls" role="toolbar" aria-label="Machine">
        {!isOver(state) && (
          <>
            <button
              type="button"
              disabled={!live}
              onClick={() =>
                void report(state.name === 'paused' ? current.resume() : current.pause())
              }
            >
              {state.name === 'paused' ? 'Resume' : 'Pause'}
            </button>
            <button type="button" disabled={!live} onClick={() => void report(current.reset())}>
              Reset
            </button>
            <button
              type="button"
              disabled={!live}
              title="Presses the power button: the guest’s software decides what follows"
              onClick={() => void report(current.powerOff())}
            >
              Power off
            </button>
            <button
              type="button"
              disabled={state.name === 'stopping'}
              title="Ends QEMU at once"
              onClick={() => current.stop()}
            >
              Stop
            </button>
          </>
        )}
      </div>
    </>
  );
}
