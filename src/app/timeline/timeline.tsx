import { effect, useComputed, useSignal } from '@preact/signals';
import { useEffect, useMemo, useRef } from 'preact/hooks';
import type { Run } from '../../engine/ui/run.js';
import { answerAt } from '../../inspect/events/answer.js';
import { FullScreenButton, FullScreenFailure, useFullScreen } from '../full-screen.js';
import { boot, runVersion } from '../session.js';
import { recordEvents } from '../settings.js';
import { EventDetails } from './details.js';
import { exportJson, exportSvg } from './export.js';
import { neighbour, Plot, reveal, sceneOf, wholeOf, type TimelineState } from './plot.js';
import { RecordingFilter } from './recording-filter.js';
import { choiceInWords, recordingChoice } from './recording-choice.js';
import { findEvent, KIND_GROUPS } from './search.js';
import type { Selection } from './draw.js';
import type { View } from './view.js';
import { zoom } from './view.js';
import { wantedEvent } from './wanted.js';
import './timeline.css';

const ALL = 0xffff;

/** How often counters and what follows live are brought up to date, ms. */
const REFRESH_MS = 250;

function save(name: string, blob: Blob): void {
  const url = URL.createObjectURL(blob);
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  URL.revokeObjectURL(url);
}

/** Goes up while the recording grows, a few times a second. */
export function useTraceVersion(run: Run): number {
  const version = useSignal(run.trace.version);
  useEffect(() => {
    const timer = setInterval(() => (version.value = run.trace.version), REFRESH_MS);
    return () => clearInterval(timer);
  }, [run]);
  return version.value;
}

/** What the vCPUs did, over time. */
export function Timeline({ run }: { run: Run }) {
  void runVersion.value;
  void useTraceVersion(run);
  const { trace } = run;
  const state: TimelineState = {
    view: useSignal<View | undefined>(undefined),
    follow: useSignal(true),
    selection: useSignal<Selection | undefined>(undefined),
    kinds: useSignal(ALL),
  };
  const choosing = useSignal(false);
  const host = useRef<HTMLDivElement>(null);
  const screen = useFullScreen(host, 'the timeline');
  const selected = useComputed(() => {
    const { value } = state.selection;
    const store = trace.stores.cpus.find((each) => each.cpu === value?.cpu);
    const event = value && store?.event(value.index);
    if (event === undefined || value === undefined || store === undefined) return undefined;
    return { event, answer: answerAt(store, value.index) };
  });
  useEffect(
    () =>
      effect(() => {
        const { value } = wantedEvent;
        if (value === undefined) return;
        wantedEvent.value = undefined;
        reveal(trace, state, value);
      }),
    [run],
  );
  const some = trace.stores.count > 0;
  const svg = (): void => {
    const box = host.current?.querySelector('.timeline-plot');
    if (!box) return;
    const scene = sceneOf(trace, state, box.clientWidth, box);
    if (scene === undefined) return;
    save(`${run.guest.id}-timeline.svg`, exportSvg(scene, getComputedStyle(box).backgroundColor));
  };
  const json = async (): Promise<void> => {
    save(`${run.guest.id}-trace.json`, await exportJson(trace, run.guest.id));
  };
  const zoomBy = (factor: number): void => {
    const whole = wholeOf(trace);
    if (whole === undefined) return;
    const about = state.follow.value ? 1 : 0.5;
    state.view.value = zoom(state.view.value ?? whole, factor, about, whole);
  };
  return (
    <div
      class="timeline"
      ref={host}
      tabIndex={-1}
      onKeyDown={(event) => {
        if (!event.defaultPrevented) screen.onKey(event);
      }}
    >
      <div class="pane-tools">
        <RecordTools run={run} />
        <button
          type="button"
          aria-expanded={choosing.value}
          disabled={!trace.available}
          title="Which events QEMU records: kinds, levels, rate"
          onClick={() => (choosing.value = !choosing.value)}
        >
          Which…
        </button>
        <button type="button" onClick={() => zoomBy(0.5)} disabled={!some} title="Zoom in (+)">
          Closer
        </button>
        <button type="button" onClick={() => zoomBy(2)} disabled={!some} title="Zoom out (-)">
          Further
        </button>
        <button
          type="button"
          onClick={() => (state.view.value = undefined)}
          disabled={!some}
          title="Show the whole recording (Home)"
        >
          All
        </button>
        <label>
          <input
            type="checkbox"
            checked={state.follow.value}
            onChange={(event) => (state.follow.value = event.currentTarget.checked)}
          />{' '}
          Follow
        </label>
        <Search run={run} state={state} />
        <span class="spacer" />
        <button type="button" disabled={!some} onClick={() => void json()}>
          JSON
        </button>
        <button type="button" disabled={!some} onClick={svg}>
          SVG
        </button>
        <FullScreenButton screen={screen} />
      </div>
      <FullScreenFailure screen={screen} />
      {choosing.value && <RecordingFilter run={run} />}
      <p class="timeline-counts quiet" role="status">
        {counts(run)}
      </p>
      {some ? <Plot trace={trace} state={state} large={screen.isOn} /> : <Nothing run={run} />}
      {selected.value !== undefined && state.selection.value !== undefined && (
        <div class="timeline-selected">
          <div class="pane-tools">
            {([-1, 1] as const).map((step) => (
              <button
                key={step}
                type="button"
                title={step < 0 ? 'Event before (P)' : 'Event after (N)'}
                onClick={() => {
                  const from = state.selection.value;
                  const next = from && neighbour(trace, from, step, state.kinds.value);
                  if (next !== undefined) reveal(trace, state, next);
                }}
              >
                {step < 0 ? 'Before' : 'After'}
              </button>
            ))}
            <button type="button" onClick={() => (state.selection.value = undefined)}>
              Close
            </button>
          </div>
          <EventDetails event={selected.value.event} answer={selected.value.answer} />
        </div>
      )}
    </div>
  );
}

function counts({ trace }: Run): string {
  const n = (value: number): string => value.toLocaleString('en');
  const parts = [`${n(trace.stores.count)} records`];
  const left = choiceInWords(recordingChoice.value);
  if (trace.recording && left !== '') parts.push(`recorded ${left}`);
  if (trace.stores.forgotten > 0) parts.push(`${n(trace.stores.forgotten)} older ones given up`);
  if (trace.lost > 0) parts.push(`${n(trace.lost)} lost because the page was too slow`);
  return parts.join(' · ');
}

/** Recording on or off, and how much. */
function RecordTools({ run }: { run: Run }) {
  const { trace } = run;
  return (
    <>
      <label title="Costs some speed. The next machine is recorded from its reset.">
        <input
          type="checkbox"
          checked={trace.recording}
          disabled={!trace.available}
          onChange={(event) => {
            trace.recording = event.currentTarget.checked;
            recordEvents.value = event.currentTarget.checked;
            runVersion.value++;
          }}
        />{' '}
        Record
      </label>
      <label title="Also those that are alike and frequent; else they are counted per millisecond.">
        <input
          type="checkbox"
          checked={trace.everyEvent}
          disabled={!trace.recording}
          onChange={(event) => {
            trace.everyEvent = event.currentTarget.checked;
            runVersion.value++;
          }}
        />{' '}
        Every event
      </label>
    </>
  );
}

function Nothing({ run }: { run: Run }) {
  if (!run.trace.available) {
    return (
      <p class="pane-empty">
        This engine cannot record events: it is older than the page. Run set-up again, then reload.
      </p>
    );
  }
  if (run.trace.recording) return <p class="pane-empty">Recording. Nothing has happened yet.</p>;
  return (
    <div class="pane-empty">
      <p>Events are not being recorded. They cost some speed, so it is your choice.</p>
      <p class="actions">
        <button
          type="button"
          onClick={() => {
            recordEvents.value = true;
            run.trace.recording = true;
            runVersion.value++;
          }}
        >
          Record from now on
        </button>
        <button
          type="button"
          onClick={() => {
            recordEvents.value = true;
            void boot(run.guest, { files: run.ownFiles, from: 'cold' });
          }}
        >
          Boot again and record from reset
        </button>
      </p>
    </div>
  );
}

/** Filter by kind, and find by text. */
function Search({ run, state }: { run: Run; state: TimelineState }) {
  const text = useSignal('');
  const answer = useSignal('');
  const going = useMemo(() => ({ current: new AbortController() }), []);
  useEffect(() => () => going.current.abort(), []);
  const find = async (backwards: boolean): Promise<void> => {
    going.current.abort();
    const mine = new AbortController();
    going.current = mine;
    answer.value = 'Searching…';
    const { selection, kinds } = state;
    const { cpus } = run.trace.stores;
    const search = [text.value, selection.value, backwards, kinds.value] as const;
    const found = await findEvent(cpus, ...search, mine.signal);
    if (mine.signal.aborted) return;
    answer.value = found === undefined ? (backwards ? 'None before' : 'None after') : '';
    if (found !== undefined) reveal(run.trace, state, found);
  };
  return (
    <>
      <select
        aria-label="Which events are shown and found"
        value={String(state.kinds.value)}
        onChange={(event) => (state.kinds.value = Number(event.currentTarget.value))}
      >
        {KIND_GROUPS.map(({ name, kinds }) => (
          <option key={name} value={String(kinds)}>
            {name}
          </option>
        ))}
      </select>
      <input
        type="search"
        placeholder="Find: SMC, EL3, RMI_, 0x8800…"
        aria-label="Find events. Enter: next, Shift and Enter: the one before"
        value={text.value}
        onInput={(event) => (text.value = event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key !== 'Enter' || text.value === '') return;
          void find(event.shiftKey);
        }}
      />
      <span class="quiet" role="status">
        {answer.value}
      </span>
    </>
  );
}
