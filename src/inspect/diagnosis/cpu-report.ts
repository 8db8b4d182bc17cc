/** Where a vCPU is, in a sentence, and its newest exceptions. */
import { decodePlace } from '../events/decode';
import { KIND } from '../events/layout';
import { exceptionClass, isCall } from '../esr/esr';
import { instructionSet, levelOfPstate, type InstructionSet } from '../aarch32';
import { hex } from '../field';
import { placeName, type Place } from '../security';
import { eventEvidence, stretch } from './evidence';
import { tailOf } from './loops';
import type {
  CpuReport,
  Evidence,
  ExceptionLoop,
  ObservedCpu,
  RecordedEvents,
} from './observation';

/** Exceptions that the report lists. */
const LISTED = 5;
/** Samples of the PC that are no more than so many addresses are of a tight loop. */
const TIGHT = 2;

/** The place of the vCPU after its newest event. */
export function placeOf(events: RecordedEvents | undefined): Place | undefined {
  if (events === undefined) return undefined;
  for (let index = events.end - 1; index >= Math.max(events.first, events.end - 4096); index--) {
    const kind = events.kind(index);
    const moves =
      kind === KIND.exception ||
      kind === KIND.return ||
      kind === KIND.interrupt ||
      kind === KIND.reset ||
      kind === KIND.image;
    if (moves) return decodePlace(events.to(index));
    if (kind === KIND.summary) {
      const event = events.event(index);
      if (event?.kind === 'summary') return event.of === 'wait' ? event.from : event.to;
    }
    if (kind === KIND.wait || kind === KIND.gpf) return decodePlace(events.from(index));
  }
  return undefined;
}

function where(cpu: ObservedCpu): string {
  const place = placeOf(cpu.events);
  const pstate = cpu.registers?.pstate;
  const level = pstate === undefined ? undefined : levelOfPstate(pstate);
  const mode = level?.mode === undefined ? '' : `, ${level.mode} mode`;
  // A place of the recording that is not the level that PSTATE tells of is out of date.
  if (place !== undefined && (level === undefined || level.el === place.el)) {
    return `at ${placeName(place)}${mode}`;
  }
  if (level === undefined) return 'at a level that is not known';
  return `at EL${level.el.toString()}${level.mode === undefined ? '' : ` (AArch32${mode})`}`;
}

/** The instruction set that the vCPU ran when it was last looked at, or by its newest event. */
export function instructionsOf(cpu: ObservedCpu): InstructionSet {
  const pstate = cpu.registers?.pstate;
  if (pstate !== undefined) return instructionSet(pstate);
  return placeOf(cpu.events)?.aarch32 === true ? 'A32' : 'A64';
}

/** True when the vCPU's newest event is that it waits, and nothing has woken it since. */
export function isWaiting(cpu: ObservedCpu): boolean {
  const { events } = cpu;
  if (events === undefined || events.end === events.first) return false;
  return events.kind(events.end - 1) === KIND.wait;
}

/** The one or two addresses that all samples of the PC were at. */
export function tightLoop(cpu: ObservedCpu, least: number): readonly bigint[] | undefined {
  const { samples } = cpu;
  if (samples === undefined || samples.length < least) return undefined;
  const places = [...new Set(samples)];
  return places.length <= TIGHT ? places : undefined;
}

/** The newest exceptions that are no calls, the last one first, those of a loop once. */
function newest(events: RecordedEvents, loop: ExceptionLoop | undefined): Evidence[] {
  const listed: Evidence[] = [];
  if (loop !== undefined) {
    listed.push(eventEvidence(loop.sample.index, loop.sample.event));
    if (loop.cause !== undefined) listed.push(eventEvidence(loop.cause.index, loop.cause.event));
    return listed;
  }
  const tail = tailOf(events, 1024);
  for (let at = tail.length - 1; at >= 0 && listed.length < LISTED; at--) {
    const step = tail[at];
    if (step?.event.kind !== 'exception' && step?.event.kind !== 'gpf') continue;
    if (step.event.kind === 'exception' && isCall(exceptionClass(step.event.esr))) continue;
    listed.push(eventEvidence(step.index, step.event));
  }
  return listed;
}

export function cpuReport(cpu: ObservedCpu, loop: ExceptionLoop | undefined): CpuReport {
  const parts = [`vCPU ${cpu.cpu.toString()} is ${where(cpu)}`];
  const pc = cpu.registers?.pc;
  const tight = tightLoop(cpu, 3);
  if (loop !== undefined) {
    const again = loop.returns ? 'goes back to the same instruction' : 'never gets out of it';
    parts.push(
      `takes the same exception again and again (${loop.count.toLocaleString('en')} in the last events looked at) and ${again}`,
    );
  } else if (isWaiting(cpu)) {
    const last = cpu.events?.event(cpu.events.end - 1);
    const at = last?.kind === 'wait' ? ` at ${hex(last.pc)}` : '';
    const kind = last?.kind === 'wait' ? last.wait : 'WFI';
    parts.push(
      `waits in ${kind}${at}${cpu.quietFor === undefined ? '' : `, for ${stretch(cpu.quietFor)} now`}`,
    );
  } else if (tight !== undefined) {
    parts.push(
      `was at ${tight.map((each) => hex(each)).join(' and ')} whenever it was looked at (${(cpu.samples?.length ?? 0).toString()} times)`,
    );
  } else if (pc !== undefined) {
    parts.push(`its PC was ${hex(pc)} when last looked at`);
  }
  return {
    cpu: cpu.cpu,
    text: `${parts.join(', ')}.`,
    exceptions: cpu.events === undefined ? [] : newest(cpu.events, loop),
  };
}
