import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import type { Run } from '../../engine/ui/run.js';
import { isLive } from '../../engine/common/run-state.js';
import { hex } from '../../inspect/field.js';
import { placeOfRegisters } from '../../inspect/register-groups.js';
import { decodeRegister } from '../../inspect/registers.js';
import { placeName, usualSoftware } from '../../inspect/security.js';
import { FailureView } from '../failure-view.js';
import { report, runVersion } from '../session.js';
import { MemoryView } from './memory.js';
import { modelOf, parseAddress, type RegistersModel } from './model.js';
import { Fields, RegisterTables } from './table.js';
import './registers.css';

/** Registers and memory of the paused machine, and ways to go on by a little. */
export function Registers({ run }: { run: Run }) {
  void runVersion.value;
  const model = modelOf(run);
  const find = useSignal('');
  const host = useRef<HTMLDivElement>(null);
  const inSight = useSignal(false);
  useEffect(() => {
    if (host.current === null) return;
    const observer = new IntersectionObserver((entries) => {
      inSight.value = entries.at(-1)?.isIntersecting ?? false;
    });
    observer.observe(host.current);
    return () => observer.disconnect();
  }, []);
  // A pane behind another one asks nothing of the machine.
  useEffect(() => {
    if (inSight.value) void model.follow();
  });
  void model.busy.value;
  const known = model.registers.value.length > 0;
  return (
    <div class="registers" ref={host} aria-busy={model.busy.value !== undefined}>
      <Toolbar model={model} />
      {model.failure.value !== undefined && <FailureView failure={model.failure.value} />}
      {isLive(run.state) && !model.isPaused && (
        <p class="quiet">
          The machine runs. Pause it to read its registers
          {known && '; below is what they were when it last stood'}.
        </p>
      )}
      {known && (
        <>
          <Where model={model} />
          <label class="find">
            Find{' '}
            <input
              type="search"
              aria-label="Find registers"
              placeholder="ESR, TTBR…"
              value={find.value}
              onInput={(event) => (find.value = event.currentTarget.value)}
            />
          </label>
          <RegisterTables model={model} find={find.value} />
          <MemoryView model={model} />
        </>
      )}
    </div>
  );
}

function Toolbar({ model }: { model: RegistersModel }) {
  const { run } = model;
  const live = isLive(run.state);
  const ready = model.isPaused && model.busy.value === undefined;
  return (
    <div class="registers-bar actions" role="toolbar" aria-label="Run the machine by a little">
      <button
        type="button"
        disabled={!live}
        onClick={() => void report(model.isPaused ? run.resume() : run.pause())}
      >
        {model.isPaused ? 'Resume' : 'Pause'}
      </button>
      <button type="button" disabled={!ready} onClick={() => void model.step()}>
        Step
      </button>
      <button
        type="button"
        disabled={!ready}
        title="Runs to the next entry of a vector table, as VBAR_EL1 to VBAR_EL3 are now"
        onClick={() => void model.nextException()}
      >
        Next exception
      </button>
      <Stops model={model} ready={ready} />
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
      <span class="quiet" role="status">
        {model.busy.value}
      </span>
    </div>
  );
}

/** Addresses at which the machine stops. */
function Stops({ model, ready }: { model: RegistersModel; ready: boolean }) {
  const text = useSignal('');
  const address = parseAddress(text.value);
  return (
    <form
      class="actions"
      onSubmit={(event) => {
        event.preventDefault();
        if (address === undefined) return;
        void model.setStop(address, true);
        text.value = '';
      }}
    >
      <label>
        Stop at{' '}
        <input
          type="search"
          value={text.value}
          placeholder="0x40000000"
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
          aria-label={`Remove the stop at ${hex(stop)}`}
          onClick={() => void model.setStop(stop, false)}
        >
          {hex(stop)} ×
        </button>
      ))}
    </form>
  );
}

/** Level, world and PSTATE in words. */
function Where({ model }: { model: RegistersModel }) {
  const place = placeOfRegisters(model.read);
  const pstate = model.read('PSTATE');
  const decoded = pstate === undefined ? undefined : decodeRegister('CPSR', pstate);
  return (
    <section class="where" aria-label="Where the vCPU is">
      <h3>
        {place === undefined ? 'vCPU' : `${placeName(place)}, ${place.state}`} at{' '}
        <code>{hex(model.read('pc') ?? 0n, 16)}</code>
      </h3>
      {place !== undefined && usualSoftware(place) !== '' && (
        <p class="quiet">Usually: {usualSoftware(place)}.</p>
      )}
      {decoded !== undefined && (
        <div data-register="PSTATE">
          <code>PSTATE {hex(decoded.value, 8)}</code> <Fields decoded={decoded} />
        </div>
      )}
    </section>
  );
}
