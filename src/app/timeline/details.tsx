import { describeCall } from '../../inspect/smc/describe.js';
import { decodeEsr, isCall } from '../../inspect/esr/esr.js';
import { likelyReasons } from '../../inspect/esr/likely.js';
import { eventLabel, eventSentence } from '../../inspect/events/describe.js';
import type { TraceEvent } from '../../inspect/events/event.js';
import { bitsText, hex, type Decoded } from '../../inspect/field.js';
import { decodeScr } from '../../inspect/scr.js';
import { placeName } from '../../inspect/security.js';
import { decodeSpsr } from '../../inspect/spsr.js';

/** Everything about one event, decoded. */
export function EventDetails({ event }: { event: TraceEvent }) {
  return (
    <section class="event-details" aria-label="The selected event">
      <h3>{eventLabel(event)}</h3>
      <p>{eventSentence(event)}</p>
      <dl>
        <Row name="Time" value={`${(Number(event.time) / 1e6).toFixed(6)} ms of guest time`} />
        {event.icount !== undefined && (
          <Row name="Instructions" value={event.icount.toLocaleString('en')} />
        )}
        <Row name="vCPU" value={String(event.cpu)} />
        {'from' in event && <Row name="From" value={placeName(event.from)} />}
        {'to' in event && <Row name="To" value={placeName(event.to)} />}
        {Object.entries(event)
          .filter(([name, value]) => typeof value === 'bigint' && !KNOWN.has(name))
          .map(([name, value]) => (
            <Row key={name} name={name} value={hex(value as bigint)} />
          ))}
      </dl>
      {event.kind === 'exception' && <Exception event={event} />}
      {event.kind === 'world-switch' && <Register decoded={decodeScr(event.scr)} />}
      {(event.kind === 'return' || event.kind === 'interrupt') && (
        <Register decoded={decodeSpsr(event.spsr)} />
      )}
      {event.kind === 'psci' && <Call args={event.args} />}
    </section>
  );
}

/** Shown in words elsewhere. */
const KNOWN = new Set(['time', 'icount']);

function Row({ name, value }: { name: string; value: string }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </>
  );
}

function Exception({ event }: { event: TraceEvent & { kind: 'exception' } }) {
  const syndrome = decodeEsr(event.esr);
  const call = isCall(syndrome.ec) && event.args !== undefined;
  const reasons = call ? [] : likelyReasons(syndrome, event.far);
  return (
    <>
      {call && <Call args={event.args ?? []} />}
      <Register decoded={syndrome} />
      {reasons.length > 0 && (
        <>
          <h4>Likely</h4>
          <ul>
            {reasons.map((reason) => (
              <li key={reason}>{reason}</li>
            ))}
          </ul>
        </>
      )}
      <Register decoded={decodeSpsr(event.spsr)} />
    </>
  );
}

function Call({ args }: { args: readonly bigint[] }) {
  const call = describeCall(args);
  return (
    <>
      <h4>{call.name}</h4>
      <p>
        {call.does} <span class="quiet">{call.source}</span>
      </p>
      <dl>
        {call.args.map((each) => (
          <Row
            key={each.register}
            name={`${each.name} (${each.register})`}
            value={`${each.text} – ${each.what}`}
          />
        ))}
        {!call.known && args.map((value, n) => <Row key={n} name={`x${n}`} value={hex(value)} />)}
      </dl>
    </>
  );
}

function Register({ decoded }: { decoded: Decoded }) {
  return (
    <table>
      <caption>
        {decoded.register} = {hex(decoded.value)} <span class="quiet">{decoded.source}</span>
      </caption>
      <tbody>
        {decoded.fields
          .filter((field) => field.value !== 0n || field.name === 'EC')
          .map((field) => (
            <tr key={field.name}>
              <td>{bitsText(field.bits)}</td>
              <th scope="row">{field.name}</th>
              <td>{hex(field.value)}</td>
              <td>{field.meaning}</td>
            </tr>
          ))}
      </tbody>
    </table>
  );
}
