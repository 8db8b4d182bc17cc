/** Exception loops: found in the order of a vCPU's events alone. */
import type { ExceptionEvent, TraceEvent } from '../events/event';
import { exceptionClass, isCall } from '../esr/esr';
import { KIND } from '../events/layout';
import type { ExceptionLoop, RecordedEvents } from './observation';

/** Events looked at for the loop itself. */
const TAIL = 256;
/** Exceptions, those that were only counted included, before it is called a loop. */
const ENOUGH = 64;
/** A handler that returns may have its reasons (a page fault, an emulated device): many more. */
const ENOUGH_RETURNING = 2000;
/** Records that are walked back to find where a loop began, by their columns. */
const WALK_LIMIT = 1 << 20;
/** A guest loops through as many instructions at most and is still in one loop. */
const PLACES = 2;

interface Step {
  readonly index: number;
  readonly event: TraceEvent;
}

/** The vCPU's newest events, the last one last. */
export function tailOf(events: RecordedEvents, count = TAIL): Step[] {
  const steps: Step[] = [];
  for (let index = Math.max(events.first, events.end - count); index < events.end; index++) {
    const event = events.event(index);
    if (event !== undefined) steps.push({ index, event });
  }
  return steps;
}

function isFault(event: TraceEvent): event is ExceptionEvent {
  return event.kind === 'exception' && !isCall(exceptionClass(event.esr));
}

/** What tells exceptions of a loop from others: class, where it was taken from and to. */
function sameKind(event: TraceEvent, sample: ExceptionEvent): boolean {
  const ec = exceptionClass(sample.esr);
  const places =
    'from' in event &&
    'to' in event &&
    event.from.el === sample.from.el &&
    event.from.state === sample.from.state &&
    event.to.el === sample.to.el;
  if (!places) return false;
  if (event.kind === 'exception') return exceptionClass(event.esr) === ec;
  return event.kind === 'summary' && event.of === 'exception' && Number(event.key) === ec;
}

/**
 * The loop that a vCPU is in, judged by its newest events: only exceptions of one class, from no
 * more than two instructions, and either no return at all (the handler itself faults) or only
 * returns to where the exception came from. Calls are no faults: who polls by SMC does not loop.
 */
export function exceptionLoop(
  events: RecordedEvents,
  known?: ExceptionLoop,
): ExceptionLoop | undefined {
  const tail = tailOf(events);
  const last = tail.findLast(({ event }) => isFault(event));
  if (last === undefined || !isFault(last.event)) return undefined;
  const sample = { index: last.index, event: last.event };
  const from = new Set<bigint>();
  let count = 0n;
  let returns = false;
  for (let at = tail.length - 1; at >= 0; at--) {
    const event = tail[at]?.event;
    if (event === undefined || event.kind === 'dropped' || event.kind === 'gpf') continue;
    if (sameKind(event, sample.event)) {
      count += event.kind === 'summary' ? event.count : 1n;
      from.add(event.kind === 'exception' ? event.elr : event.kind === 'summary' ? event.pc : 0n);
      continue;
    }
    const goesBack =
      (event.kind === 'return' && event.elr === sample.event.elr) ||
      (event.kind === 'summary' && event.of === 'return' && event.from.el === sample.event.to.el);
    if (!goesBack) break;
    returns = true;
  }
  const places = [...from].filter((pc) => pc !== 0n || sample.event.elr === 0n);
  if (count < BigInt(returns ? ENOUGH_RETURNING : ENOUGH) || places.length > PLACES) {
    return undefined;
  }
  const loop = { cpu: events.cpu, sample, count: Number(count), returns };
  if (known !== undefined && isSame(known, sample.event)) {
    const { start, startKnown, cause } = known;
    return { ...loop, start, startKnown, ...(cause === undefined ? {} : { cause }) };
  }
  return { ...loop, ...beginning(events, sample.event, returns) };
}

function isSame(known: ExceptionLoop, sample: ExceptionEvent): boolean {
  return known.sample.event.elr === sample.elr && known.sample.event.esr === sample.esr;
}

/** Where the loop began, walked back by the columns: decoding each record would take too long. */
function beginning(
  events: RecordedEvents,
  sample: ExceptionEvent,
  returns: boolean,
): Pick<ExceptionLoop, 'start' | 'startKnown' | 'cause'> {
  const to = events.to(events.end - 1) & 3;
  const limit = Math.max(events.first, events.end - WALK_LIMIT);
  let start = events.end - 1;
  for (; start > limit; start--) {
    const kind = events.kind(start - 1);
    const stays =
      kind === KIND.exception ||
      kind === KIND.summary ||
      kind === KIND.dropped ||
      kind === KIND.gpf;
    if (!stays && !(returns && kind === KIND.return)) break;
    if (kind === KIND.exception && !returns && (events.to(start - 1) & 3) !== to) break;
  }
  const startKnown = start > events.first && start > limit;
  // The first exceptions of the stretch may be of another kind: the last of those is the cause.
  let cause: ExceptionLoop['cause'];
  for (let index = start; index < Math.min(start + TAIL, events.end); index++) {
    const event = events.event(index);
    if (event === undefined || event.kind !== 'exception') continue;
    const isOfLoop =
      exceptionClass(event.esr) === exceptionClass(sample.esr) && event.elr === sample.elr;
    if (isOfLoop) break;
    cause = { index, event };
  }
  return cause === undefined ? { start, startKnown } : { start, startKnown, cause };
}
