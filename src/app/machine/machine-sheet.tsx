import { addressPlan, vcpuCount } from '../../machine/address-space.js';
import { summaryOf } from '../../machine/to-guest.js';
import { showPane } from '../dock/workspace-state.js';
import { Markdown } from '../markdown.js';
import { bootMachine, plannedGuest } from './boot-machine.js';
import { ImageList } from './image-list.js';
import { baseGuest, changes, machine, reset } from './model.js';

/** The visitor's own machine, or a guest with changes, before it boots. */
export function MachineSheet() {
  const current = machine.value;
  if (current === undefined) return null;
  const planned = plannedGuest.value;
  const base = baseGuest.value;
  const title = current.title ?? base?.title ?? 'Your machine';
  const count = vcpuCount(current).cpus;
  return (
    <div class="sheet">
      <h1>{title}</h1>
      <p class="lead">
        {base === undefined
          ? summaryOf(current)
          : `${base.title}, with changes in ${changes.value.map(({ part }) => part).join(', ')}.`}
      </p>
      <p class="figures">
        <span>
          {count} {count === 1 ? 'vCPU' : 'vCPUs'}
        </span>
        <span>{addressPlan(current).totalMiB} MiB of guest memory</span>
      </p>
      <div class="actions">
        <button
          type="button"
          class="primary"
          disabled={planned?.ok !== true}
          onClick={() => void bootMachine()}
        >
          Boot
        </button>
        <button type="button" onClick={() => showPane('machine')}>
          Edit the machine
        </button>
        {base !== undefined && (
          <button type="button" onClick={reset}>
            Reset to the catalogue’s
          </button>
        )}
      </div>
      {planned?.ok === false && (
        <div class="failure" role="status">
          <strong>Cannot boot yet.</strong>
          <ul>
            {planned.reasons.map((reason) => (
              <li key={reason}>{reason}</li>
            ))}
          </ul>
        </div>
      )}
      {current.notes !== undefined && <Markdown text={current.notes} />}
      <h2>Images</h2>
      <ImageList />
    </div>
  );
}
