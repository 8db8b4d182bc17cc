import { describeCall, describeReturn } from '../../inspect/smc/describe.js';
import { EXCEPTION_CLASSES } from '../../inspect/esr/classes.js';
import { decodeEsr, isCall } from '../../inspect/esr/esr.js';
import { likelyReasons } from '../../inspect/esr/likely.js';
import { eventLabel, eventSentence } from '../../inspect/events/describe.js';
import type { Answer } from '../../inspect/events/answer.js';
import type { TraceEvent } from '../../inspect/events/event.js';
import { bitsText, hex, type Decoded } from '../../inspect/field.js';
import { ENTRY_SOURCE, recordedEntryText } from '../../inspect/gpt/entry.js';
import { decodeScr } from '../../inspect/scr.js';
import { decodeSctlr } from '../../inspect/sctlr.js';
import { placeName } from '../../inspect/security.js';
import { decodeSpsr } from '../../inspect/spsr.js';
import { decodeTcr } from '../../inspect/tcr.js';

/** Records of QEMU by what they are called elsewhere. */
const NAMES: Readonly<Record<string, string>> = {
  esr: 'ESR',
  far: 'FAR',
  elr: 'ELR',
  spsr: 'SPSR',
  vector: 'Vector',
  scr: 'SCR_EL3',
  oldScr: 'SCR_EL3 before',
  sctlr: 'SCTLR',
  oldSctlr: 'SCTLR before',
  ttbr0: 'TTBR0',
  tcr: 'TCR',
  pc: 'PC',
  pa: 'PA',
  va: 'VA',
  base: 'From PA',
  size: 'Bytes',
  entry: 'GPT entry',
  oldEntry: 'GPT entry before',
  intid: 'INTID',
  count: 'How many',
  since: 'Since',
  lost: 'Lost',
  total: 'Lost in all',
  result: 'Answer',
};

/** Numbers that nobody reads in hexadecimal. */
const DECIMAL = new Set(['intid', 'count', 'lost', 'total']);
/** Shown in words elsewhere. */
const KNOWN = new Set(['time', 'icount', 'key']);

function milliseconds(time: bigint): string {
  return `${(Number(time) / 1e6).toFixed(6)} ms of guest time`;
}

function valueText(name: string, value: bigint): string {
  if (name === 'since') return milliseconds(value);
  return DECIMAL.has(name) ? value.toLocaleString('en') : hex(value);
}

/** Everything about one event, decoded; with the other half of a call and its answer. */
export function EventDetails({
  event,
  answer,
}: {
  event: TraceEvent;
  answer?: Answer | undefined;
}) {
  return (
    <section class="event-details" aria-label="The selected event">
      <h3>{eventLabel(event)}</h3>
      <p>{eventSentence(event)}</p>
      {answer !== undefined && <AnswerView event={event} answer={answer} />}
      <dl>
        <Row name="Time" value={milliseconds(event.time)} />
        {event.icount !== undefined && (
          <Row name="Instructions" value={event.icount.toLocaleString('en')} />
        )}
        <Row name="vCPU" value={String(event.cpu)} />
        {'from' in event && <Row name="From" value={placeName(event.from)} />}
        {'to' in event && <Row name="To" value={placeName(event.to)} />}
        {Object.entries(event)
          .filter(([name, value]) => typeof value === 'bigint' && !KNOWN.has(name))
          .map(([name, value]) => (
            <Row key={name} name={NAMES[name] ?? name} value={valueText(name, value as bigint)} />
          ))}
        {event.kind === 'summary' && event.of === 'exception' && (
          <Row
            name="Class"
            value={`${hex(event.key, 2)}, ${EXCEPTION_CLASSES[Number(event.key)]?.name ?? 'reserved'}`}
          />
        )}
        {(event.kind === 'gpf' || event.kind === 'granule') && event.entry !== undefined && (
          <Row name="It says" value={`${recordedEntryText(event.entry)} – ${ENTRY_SOURCE}`} />
        )}
      </dl>
      {event.kind === 'exception' && <Exception event={event} />}
      {event.kind === 'gpf' && <Register decoded={decodeEsr(event.esr)} />}
      {event.kind === 'mmu' && <Regime event={event} />}
      {event.kind === 'world-switch' && <Register decoded={decodeScr(event.scr)} />}
      {(event.kind === 'return' || event.kind === 'interrupt') && (
        <Register decoded={decodeSpsr(event.spsr)} />
      )}
      {event.kind === 'psci' && <Psci event={event} />}
    </section>
  );
}

/** What a call was answered, or what a return answers. */
function AnswerView({ event, answer }: { event: TraceEvent; answer: Answer }) {
  const { call, returned, words } = answer;
  const took = Number(returned.time - call.time) / 1000;
  return (
    <p class="event-answer">
      {event.kind === 'return' ? `It answers ${eventLabel(call)}: ` : 'Answer: '}
      <strong>{words.text}</strong>, after {took.toLocaleString('en')} µs of guest time.{' '}
      <span class="quiet">{words.source}</span>
    </p>
  );
}

function Psci({ event }: { event: TraceEvent & { kind: 'psci' } }) {
  const id = Number((event.args[0] ?? 0n) & 0xffff_ffffn);
  return (
    <>
      {event.result !== undefined && (
        <p class="event-answer">
          Answer: <strong>{describeReturn(id, [event.result]).text}</strong>
        </p>
      )}
      <Call args={event.args} />
    </>
  );
}

/** The registers of a translation regime whose MMU is switched. */
function Regime({ event }: { event: TraceEvent & { kind: 'mmu' } }) {
  const { el } = event.from;
  if (el === 0) return null;
  return (
    <>
      <Register decoded={decodeSctlr(event.sctlr, el)} />
      {/* At EL2 its layout is HCR_EL2.E2H's, which the record has not got. */}
      {el !== 2 && <Register decoded={decodeTcr(event.tcr, el === 1 ? 'TCR_EL1' : 'TCR_EL3')} />}
    </>
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
