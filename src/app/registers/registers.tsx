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
import { CodeView } from './code.js';
import { MemoryView } from './memory.js';
import { modelOf, type RegistersModel } from './model.js';
import { nextException } from './run-to.js';
import { SymbolsView } from './symbols.js';
import { Fields, RegisterTables } from './table.js';
import { Toolbar } from './toolbar.js';
import { VectorTables } from './vectors.js';
import './registers.css';

/** Single keys of the pane, where nothing is being typed. */
function onKey(event: KeyboardEvent, model: RegistersModel): void {
  const { target } = event;
  if (event.ctrlKey || event.altKey || event.metaKey || event.defaultPrevented) return;
  if (target instanceof HTMLElement && /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName)) return;
  const { run, isPaused } = model;
  const key = event.key.toLowerCase();
  if (key === 'p' && isLive(run.state)) void report(isPaused ? run.resume() : run.pause());
  else if (key === 's' && isPaused) void model.step();
  else if (key === 'e' && isPaused) void nextException(model);
  else return;
  event.preventDefault();
}

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
    <div
      class="registers"
      ref={host}
      data-version={model.version.value}
      aria-busy={model.busy.value !== undefined}
      onKeyDown={(event) => onKey(event, model)}
    >
      <Toolbar model={model} />
      {model.failure.value !== undefined && <FailureView failure={model.failure.value} />}
      {!model.isPaused && (
        <p class="quiet">
          {isLive(run.state)
            ? 'The machine runs. Pause it to read its registers'
            : 'No machine runs'}
          {known && '; below is what they were when it last stood'}.
        </p>
      )}
      {known && (
        <div class="registers-body">
          <div class="registers-column">
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
            <VectorTables model={model} find={find.value} />
          </div>
          <div class="registers-column">
            <CodeView model={model} />
            <MemoryView model={model} />
            <SymbolsView model={model} />
          </div>
        </div>
      )}
    </div>
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
