import { useSignal } from '@preact/signals';
import { isLive } from '../../engine/common/run-state.js';
import { hex } from '../../inspect/field.js';
import { placeText } from '../../inspect/symbols/table.js';
import { boot, report, runVersion } from '../session.js';
import type { ExceptionLevel } from '../../inspect/security.js';
import type { RegistersModel } from './model.js';
import { nextException } from './run-to.js';
import { runToLevel } from './run-to-level.js';

/** Boots the run's machine again, to stand at its first instruction. */
export function bootHalted({ run }: RegistersModel): Promise<void> {
  const { guest, ownFiles: files, disks: stored } = run;
  return boot(guest, { files, stored, from: 'cold', halted: true });
}

/** Ways to go on by a little. */
export function Toolbar({ model }: { model: RegistersModel }) {
  void runVersion.value;
  const { run } = model;
  const live = isLive(run.state);
  const busy = model.busy.value !== undefined;
  const ready = model.isPaused && !busy;
  return (
    <div class="registers-bar" role="toolbar" aria-label="Run the machine by a little">
      <div class="actions">
        <button
          type="button"
          class="primary"
          disabled={!live || (model.isPaused && busy)}
          aria-keyshortcuts="p"
          title="Pause or resume the machine (P)"
          onClick={() => void report(model.isPaused ? run.resume() : run.pause())}
        >
          {model.isPaused ? 'Resume' : 'Pause'}
        </button>
        <button
          type="button"
          disabled={!ready}
          aria-keyshortcuts="s"
          title="Run one instruction of this vCPU (S); the others stand meanwhile"
          onClick={() => void model.step()}
        >
          Step
        </button>
        <button
          type="button"
          disabled={!ready}
          aria-keyshortcuts="e"
          title="Run to the next entry of a vector table, as VBAR_EL1 to VBAR_EL3 are now (E)"
          onClick={() => void nextException(model)}
        >
          Next exception
        </button>
        <RunToLevel model={model} ready={ready} />
        {model.canStop.value && (
          <button type="button" onClick={() => model.stopRunning()}>
            Stop here
          </button>
        )}
        <label
          class="check"
          title="Whether a step takes interrupts that are pending, and time goes on"
        >
          <input
            type="checkbox"
            checked={model.interrupts.value}
            onChange={(event) => (model.interrupts.value = event.currentTarget.checked)}
          />{' '}
          Interrupts
        </label>
        {model.threads.value.length > 1 && (
          <label>
            vCPU{' '}
            <select
              value={model.thread.value}
              disabled={!ready}
              onChange={(event) => void model.choose(event.currentTarget.value)}
            >
              {model.threads.value.map((thread, n) => (
                <option key={thread} value={thread}>
                  {n}
                </option>
              ))}
            </select>
          </label>
        )}
        <button
          type="button"
          disabled={busy && live}
          title="Boot this machine again, to stand before its first instruction"
          onClick={() => void bootHalted(model)}
        >
          Boot halted
        </button>
        <span class="quiet" role="status">
          {model.busy.value ?? model.note.value}
        </span>
      </div>
      <Breakpoints model={model} ready={ready} />
    </div>
  );
}

/** Runs until the vCPU comes to a level from another one. */
function RunToLevel({ model, ready }: { model: RegistersModel; ready: boolean }) {
  const level = useSignal<ExceptionLevel>(1);
  const levels = ([0, 1, 2, 3] as const).filter(
    (el) => el === 0 || model.read(`SCTLR_EL${el}`) !== undefined,
  );
  return (
    <span class="run-to">
      <button
        type="button"
        disabled={!ready}
        title="Run until this vCPU comes to that Exception level from another one"
        onClick={() => void runToLevel(model, level.value)}
      >
        Run to
      </button>
      <select
        aria-label="Exception level to run to"
        value={level.value}
        onChange={(event) => (level.value = Number(event.currentTarget.value) as ExceptionLevel)}
      >
        {levels.map((el) => (
          <option key={el} value={el}>
            EL{el}
          </option>
        ))}
      </select>
    </span>
  );
}

/** The name of an address, where the symbols have one. */
function named(model: RegistersModel, address: bigint): string {
  const place = model.symbols.value?.table.at(address);
  return place === undefined ? hex(address) : `${hex(address)} ${placeText(place)}`;
}

/** Addresses at which the machine stops. */
function Breakpoints({ model, ready }: { model: RegistersModel; ready: boolean }) {
  const text = useSignal('');
  const address = model.resolve(text.value);
  return (
    <form
      class="actions"
      aria-label="Breakpoints"
      onSubmit={(event) => {
        event.preventDefault();
        if (address === undefined) return;
        void model.setStop(address, true);
        text.value = '';
      }}
    >
      <label>
        Break at{' '}
        <input
          type="search"
          value={text.value}
          placeholder={model.symbols.value === undefined ? '0x40000000' : '0x40000000 or main'}
          list="registers-symbols"
          spellcheck={false}
          onInput={(event) => (text.value = event.currentTarget.value)}
        />
      </label>
      <button type="submit" disabled={!ready || address === undefined}>
        Add
      </button>
      {model.stops.value.map((stop) => (
        <button
          key={stop}
          type="button"
          disabled={!ready}
          aria-label={`Remove the breakpoint at ${hex(stop)}`}
          onClick={() => void model.setStop(stop, false)}
        >
          {named(model, stop)} ×
        </button>
      ))}
    </form>
  );
}
