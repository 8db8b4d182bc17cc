import type { Run } from '../../engine/ui/run.js';
import {
  ENDS,
  EVERYTHING,
  filterOf,
  RECORDED_KINDS,
  recordingChoice,
  type RecordingChoice,
} from './recording-choice.js';

/** Most events alike that can be asked for in a window. */
const MOST_ALIKE = 10_000;
const MOST_MS = 1000;

/** Which events QEMU records at all: by kind, by levels, by rate. */
export function RecordingFilter({ run }: { run: Run }) {
  const choice = recordingChoice.value;
  const change = (next: Partial<RecordingChoice>): void => {
    recordingChoice.value = { ...choice, ...next };
    run.trace.filter = filterOf(recordingChoice.value);
  };
  return (
    <section class="recording-filter" aria-label="What is recorded">
      <fieldset>
        <legend>Kinds</legend>
        {RECORDED_KINDS.map(({ name }) => (
          <label key={name}>
            <input
              type="checkbox"
              checked={!choice.without.includes(name)}
              onChange={(event) => {
                const others = choice.without.filter((each) => each !== name);
                change({ without: event.currentTarget.checked ? others : [...others, name] });
              }}
            />{' '}
            {name}
          </label>
        ))}
      </fieldset>
      <fieldset>
        <legend>Levels</legend>
        <EndChoice label="From" value={choice.from} onChange={(from) => change({ from })} />
        <EndChoice label="to" value={choice.to} onChange={(to) => change({ to })} />
        <label>
          <input
            type="checkbox"
            checked={choice.back}
            onChange={(event) => change({ back: event.currentTarget.checked })}
          />{' '}
          and back
        </label>
      </fieldset>
      <fieldset>
        <legend>Rate</legend>
        <label>
          Of those alike write{' '}
          <Count value={choice.burst} most={MOST_ALIKE} onChange={(burst) => change({ burst })} />
        </label>
        <label>
          in each{' '}
          <Count
            value={choice.windowMs}
            least={1}
            most={MOST_MS}
            onChange={(windowMs) => change({ windowMs })}
          />{' '}
          ms
        </label>
        <span class="quiet">and count the rest; 0 writes all.</span>
      </fieldset>
      <p class="quiet">
        QEMU leaves out the rest, which costs nothing then. What leads nowhere, such as a wait,
        counts as from its level to itself. The choice holds for the next machines too, until the
        page is left.{' '}
        <button type="button" onClick={() => change(EVERYTHING)}>
          Record everything
        </button>
      </p>
    </section>
  );
}

interface EndProps {
  label: string;
  value: string;
  onChange: (name: string) => void;
}

function EndChoice({ label, value, onChange }: EndProps) {
  return (
    <label>
      {label}{' '}
      <select value={value} onChange={(event) => onChange(event.currentTarget.value)}>
        {ENDS.map(({ name }) => (
          <option key={name} value={name}>
            {name}
          </option>
        ))}
      </select>
    </label>
  );
}

interface CountProps {
  value: number;
  least?: number;
  most: number;
  onChange: (value: number) => void;
}

function Count({ value, least = 0, most, onChange }: CountProps) {
  return (
    <input
      type="number"
      min={least}
      max={most}
      step={1}
      value={value}
      onChange={(event) => {
        const { valueAsNumber } = event.currentTarget;
        if (Number.isInteger(valueAsNumber))
          onChange(Math.min(most, Math.max(least, valueAsNumber)));
      }}
    />
  );
}
