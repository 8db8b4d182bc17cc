import { eventSentence } from '../../inspect/events/describe.js';
import type { TraceEvent } from '../../inspect/events/event.js';
import { guestTime } from '../../inspect/diagnosis/evidence.js';
import { hex } from '../../inspect/field.js';
import { ENTRY_SOURCE, entryText, ownerMeaning } from '../../inspect/gpt/entry.js';
import { sizeText } from '../../inspect/gpt/gpccr.js';
import { regionAt } from '../../inspect/gpt/granule-map.js';
import { GPC_CHAPTER } from '../../inspect/source.js';
import { showPane } from '../dock/workspace-state.js';
import { runVersion } from '../session.js';
import { wantedEvent } from '../timeline/wanted.js';
import type { Seen } from './history.js';
import type { GranulesModel } from './model.js';

/** Changes of one granule that are listed. */
const LISTED = 20;

/** One granule: what the tables say of it, what happened to it. */
export function GranuleDetails({ model, pa }: { model: GranulesModel; pa: bigint }) {
  void model.version.value;
  void runVersion.value;
  const map = model.map.value;
  if (map === undefined) return null;
  const granule = 1n << BigInt(map.config.granuleBits);
  const base = (pa / granule) * granule;
  const region = regionAt(map, base);
  const found = model.lookUp(base);
  const changes = model.history.changesOf(base, granule);
  const fault = model.history.lastFault(base, granule);
  const { recording } = model.run.trace;
  return (
    <section class="granule-details" aria-label="The selected granule">
      <h3>
        {hex(base, 8)}, {sizeText(granule)}
      </h3>
      {region === undefined ? (
        <p>There is no memory.</p>
      ) : (
        <p aria-live="polite">
          {region.owner === 'invalid'
            ? (region.error?.message ?? 'The tables cannot be read.')
            : `${region.owner}: ${ownerMeaning(region.owner)}.`}{' '}
          <span class="quiet">{GPC_CHAPTER}</span>
        </p>
      )}
      {found?.ok === true && (
        <dl>
          <Row
            name="Entry"
            value={`${hex(found.value.entry, 16)}, level ${found.value.level.toString()}, at ${hex(found.value.entryAddress)} in the Root space`}
          />
          <Row name="It says" value={entryText(found.value.decoded)} />
          <Row
            name="It covers"
            value={`${sizeText(found.value.size)} from ${hex(found.value.base, 8)} on with this owner`}
          />
          <Row name="Rule" value={ENTRY_SOURCE} />
        </dl>
      )}
      {found?.ok === false && <p>{found.error.message}</p>}
      <h4>Its history, the newest first</h4>
      {changes.length === 0 ? (
        <p class="quiet">
          {recording
            ? 'No change of it was recorded.'
            : 'Events are not recorded: tick Record on the Timeline.'}
        </p>
      ) : (
        <ol>
          {changes.slice(0, LISTED).map((seen) => (
            <Happened key={`${String(seen.event.cpu)} ${String(seen.index)}`} seen={seen} />
          ))}
        </ol>
      )}
      {changes.length > LISTED && (
        <p class="quiet">
          {(changes.length - LISTED).toLocaleString('en')} older ones are on the Timeline.
        </p>
      )}
      <h4>The last fault on it</h4>
      {fault === undefined ? (
        <p class="quiet">{recording ? 'None was recorded.' : 'Not known.'}</p>
      ) : (
        <ol>
          <Happened seen={fault} />
        </ol>
      )}
    </section>
  );
}

function Row({ name, value }: { name: string; value: string }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </>
  );
}

function Happened({ seen: { index, event } }: { seen: Seen<TraceEvent> }) {
  return (
    <li>
      {guestTime(event.time)}: {eventSentence(event)}{' '}
      <button
        type="button"
        class="tool"
        aria-label={`Show event ${String(index)} of vCPU ${String(event.cpu)} in the Timeline`}
        onClick={() => {
          wantedEvent.value = { cpu: event.cpu, index };
          showPane('timeline');
        }}
      >
        Timeline
      </button>
    </li>
  );
}
