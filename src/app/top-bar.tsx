import { isLive, isOver } from '../engine/common/run-state.js';
import type { Run } from '../engine/ui/run.js';
import { dialog } from './dialog-state.js';
import { TroubleNotice } from './diagnosis/notice.js';
import { UpdateOffer } from './install/update.js';
import { dock } from './dock/workspace-state.js';
import { Elapsed } from './elapsed.js';
import { formatDuration } from './format.js';
import { currentRoute } from './machine/address.js';
import { machine } from './machine/model.js';
import { addressOf, bootedAt, navigate, report, runVersion, shownRun } from './session.js';
import { ColdBoot } from './snapshots/cold-boot.js';

/** Name, machine with its state and controls, and the page's own matters. */
export function TopBar() {
  void runVersion.value;
  const current = shownRun.value;
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
      {current !== undefined && <MachineControls run={current} />}
      <nav class="page-controls" aria-label="Page">
        <UpdateOffer />
        <button
          type="button"
          title="All commands, by name (Ctrl+Shift+P)"
          onClick={() => (dialog.value = 'palette')}
        >
          Commands
        </button>
        <button type="button" class="secondary" onClick={() => (dialog.value = 'settings')}>
          Settings
        </button>
        {machine.value !== undefined && (
          <button type="button" onClick={() => (dialog.value = 'share')}>
            Share
          </button>
        )}
        <button type="button" onClick={() => (dialog.value = 'snapshots')}>
          Snapshots
        </button>
        {dock.value !== undefined && (
          <button type="button" class="secondary" onClick={() => (dialog.value = 'panes')}>
            Panes
          </button>
        )}
        <button type="button" onClick={() => (dialog.value = 'help')}>
          Help
        </button>
        <button type="button" class="secondary" onClick={() => (dialog.value = 'about')}>
          About
        </button>
      </nav>
    </header>
  );
}

/** Inside another page: the machine, and a way to the whole page. */
export function EmbedBar() {
  void runVersion.value;
  const current = shownRun.value;
  const whole = currentRoute();
  return (
    <header class="top-bar embedded">
      {current !== undefined && <MachineControls run={current} />}
      {whole !== undefined && (
        <a
          class="open-whole"
          href={addressOf({ ...whole, embed: false })}
          target="_blank"
          rel="noopener"
        >
          Open in Bootlink
        </a>
      )}
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
      <TroubleNotice />
      <div class="machine-controls" role="toolbar" aria-label="Machine">
        <ColdBoot run={current} />
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
