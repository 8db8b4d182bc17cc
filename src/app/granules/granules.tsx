import { useComputed, useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { isLive, isOver } from '../../engine/common/run-state.js';
import type { Run } from '../../engine/ui/run.js';
import { hex } from '../../inspect/field.js';
import { ownerMeaning } from '../../inspect/gpt/entry.js';
import { sizeText } from '../../inspect/gpt/gpccr.js';
import {
  bytesByOwner,
  firstError,
  regionAt,
  type GranuleMap,
  type MapOwner,
} from '../../inspect/gpt/granule-map.js';
import { FailureView } from '../failure-view.js';
import { runVersion } from '../session.js';
import { GranuleDetails } from './details.js';
import { MapView, zoomBy, type Zoom } from './map-view.js';
import { granulesOf, LOOK_MS, type GranulesModel } from './model.js';
import './granules.css';

/** Regions in the table of words; a map of more is better searched by address. */
const TABLE_ROWS = 400;
/** The order of the legend: worlds as the documents draw them, then the rest. */
const ORDER: readonly MapOwner[] = [
  'Root',
  'Secure',
  'Non-secure',
  'Realm',
  'any',
  'none',
  'invalid',
];

const classOf: Partial<Record<MapOwner, string>> = {
  Root: 'role-firmware',
  Secure: 'role-secure',
  'Non-secure': 'role-host',
  Realm: 'role-realm',
  none: 'granule-none',
  invalid: 'granule-invalid',
};

/** Physical memory by who owns it. */
export function Granules({ run }: { run: Run }) {
  void runVersion.value;
  const model = granulesOf(run);
  const host = useRef<HTMLDivElement>(null);
  useWhileInSight(host, () => void model.look(performance.now()), [run]);
  const zoom: Zoom = { wanted: useSignal<number | undefined>(undefined), shown: useSignal(1) };
  void model.version.value;
  const map = model.map.value;
  const failure = model.failure.value;
  const selected = model.selected.value;
  return (
    <div class="granules" ref={host}>
      {map === undefined ? (
        <div class="pane-empty">
          {failure !== undefined ? (
            <FailureView failure={failure} />
          ) : (
            <p>
              {isLive(run.state)
                ? 'Reading the granule protection tables.'
                : 'The machine has not started yet.'}
            </p>
          )}
          {failure !== undefined && isLive(run.state) && (
            <p class="actions">
              <button type="button" onClick={() => void model.open()}>
                Read again
              </button>
            </p>
          )}
        </div>
      ) : (
        <>
          <Tools model={model} map={map} zoom={zoom} />
          <Legend map={map} />
          <Status model={model} map={map} />
          <div class="granule-body">
            <MapView model={model} zoom={zoom} />
            {selected !== undefined && <GranuleDetails model={model} pa={selected} />}
          </div>
          <InWords model={model} map={map} />
        </>
      )}
    </div>
  );
}

function Tools({ model, map, zoom }: { model: GranulesModel; map: GranuleMap; zoom: Zoom }) {
  void runVersion.value;
  const text = useSignal('');
  const wrong = useSignal('');
  return (
    <div class="pane-tools">
      <button type="button" onClick={() => zoomBy(zoom, 0.5)} title="Zoom in (+)">
        Closer
      </button>
      <button type="button" onClick={() => zoomBy(zoom, 2)} title="Zoom out (-)">
        Further
      </button>
      <button
        type="button"
        onClick={() => (zoom.wanted.value = undefined)}
        title="Show all memory (0)"
      >
        All
      </button>
      <form
        class="actions"
        onSubmit={(event) => {
          event.preventDefault();
          const pa = addressOf(text.value);
          const found = pa !== undefined && regionAt(map, pa) !== undefined;
          wrong.value = found ? '' : 'There is no memory at that address.';
          if (pa !== undefined && found) model.selected.value = pa;
        }}
      >
        <input
          type="search"
          placeholder="Address: 0x5f000000"
          aria-label="Physical address to select"
          value={text.value}
          onInput={(event) => (text.value = event.currentTarget.value)}
        />
        <button type="submit">Go</button>
        <span class="quiet" role="status">
          {wrong.value}
        </span>
      </form>
      {isLive(model.run.state) && (
        <button
          type="button"
          title="Reads GPCCR_EL3 and GPTBR_EL3 and all tables anew; a running machine is stopped for a moment"
          onClick={() => void model.open()}
        >
          Read again
        </button>
      )}
    </div>
  );
}

/** A physical address as it is typed: hexadecimal, with 0x or without. */
export function addressOf(text: string): bigint | undefined {
  const digits = /^\s*(?:0x)?([0-9a-f_]{1,16})\s*$/i.exec(text)?.[1]?.replaceAll('_', '');
  return digits === undefined || digits === '' ? undefined : BigInt(`0x${digits}`);
}

function Legend({ map }: { map: GranuleMap }) {
  const bytes = [...bytesByOwner(map)].sort(([a], [b]) => rank(a) - rank(b));
  return (
    <ul class="granule-legend" aria-label="Owners and how much memory each has">
      {bytes.map(([owner, size]) => (
        <li
          key={owner}
          class={classOf[owner] ?? 'role-monitor'}
          title={owner === 'invalid' ? 'the tables cannot be read there' : ownerMeaning(owner)}
        >
          <span class="granule-chip" /> {owner === 'invalid' ? 'not valid' : owner}{' '}
          <span class="quiet">{kilobytes(size)}</span>
        </li>
      ))}
    </ul>
  );
}

/** Exact, so that a single granule that changes hands shows. */
function kilobytes(size: bigint): string {
  return `${(size / 1024n).toLocaleString('en')} KB`;
}

function rank(owner: MapOwner): number {
  const at = ORDER.indexOf(owner);
  return at < 0 ? ORDER.length : at;
}

function Status({ model, map }: { model: GranulesModel; map: GranuleMap }) {
  void runVersion.value;
  const { run } = model;
  const configured = model.configured.value;
  const wrong = firstError(map);
  const parts = [
    `GPCCR_EL3: ${configured?.summary ?? ''}`,
    `${model.history.changeCount.toLocaleString('en')} changes recorded`,
  ];
  if (!run.trace.recording) {
    parts.push('events are not recorded: the map follows, without history');
  }
  if (configured !== undefined && configured.stoodFor > 0) {
    parts.push(
      `the machine was stopped for ${Math.round(configured.stoodFor).toString()} ms to read registers`,
    );
  }
  if (isOver(run.state)) parts.push('the machine has ended: this is what was read last');
  return (
    <p class="granule-status quiet">
      {parts.join(' · ')}
      {wrong !== undefined && <strong class="granule-wrong"> {wrong.error.message}</strong>}
    </p>
  );
}

/** The same as the picture, for who cannot see it. */
function InWords({ model, map }: { model: GranulesModel; map: GranuleMap }) {
  const rows = useComputed(() =>
    (model.map.value?.stretches ?? []).flatMap(({ name, regions }) =>
      regions.map((region) => ({ name, region })),
    ),
  );
  const shown = rows.value.slice(0, TABLE_ROWS);
  return (
    <details class="granule-words">
      <summary>The map in words: {rows.value.length.toLocaleString('en')} regions</summary>
      <table>
        <thead>
          <tr>
            <th scope="col">From</th>
            <th scope="col">To</th>
            <th scope="col">Size</th>
            <th scope="col">Owner</th>
            <th scope="col">Memory</th>
          </tr>
        </thead>
        <tbody>
          {shown.map(({ name, region: { base, size, owner } }) => (
            <tr key={hex(base)}>
              <td>
                <button
                  type="button"
                  class="tool"
                  aria-label={`Select ${hex(base, 8)}`}
                  onClick={() => (model.selected.value = base)}
                >
                  {hex(base, 8)}
                </button>
              </td>
              <td>{hex(base + size - 1n, 8)}</td>
              <td>{sizeText(size)}</td>
              <td>{owner === 'invalid' ? 'not valid' : owner}</td>
              <td>{name}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {rows.value.length > shown.length && (
        <p class="quiet">
          {(rows.value.length - shown.length).toLocaleString('en')} more regions from{' '}
          {hex(shown.at(-1)?.region.base ?? map.config.base)} on are left out.
        </p>
      )}
    </details>
  );
}

/** Calls again and again while the element is in sight. */
function useWhileInSight(
  host: { current: HTMLElement | null },
  look: () => void,
  depends: readonly unknown[],
): void {
  useEffect(() => {
    if (host.current === null) return;
    let timer: ReturnType<typeof setInterval> | undefined;
    const observer = new IntersectionObserver((entries) => {
      clearInterval(timer);
      if (entries.at(-1)?.isIntersecting !== true) return;
      look();
      timer = setInterval(look, LOOK_MS);
    });
    observer.observe(host.current);
    return () => {
      observer.disconnect();
      clearInterval(timer);
    };
  }, depends);
}
