/** Likely reasons that recorded exceptions speak for. */
import { decodeEsr } from '../esr/esr';
import { likelyReasons } from '../esr/likely';
import type { ExceptionEvent, GpfEvent, GranuleEvent, TraceEvent } from '../events/event';
import {
  AARCH32_VECTOR_BYTES,
  aarch32Vector,
  callOf,
  faultingAddress,
  instructionSet,
} from '../aarch32';
import { hex } from '../field';
import { ownerOfGpi } from '../gpt/entry';
import { placeName } from '../security';
import { describeCall, describeReturn } from '../smc/describe';
import { GPC_CHAPTER, iss, register, SMCCC } from '../source';
import { vectorOfOffset } from '../vbar';
import { eventEvidence } from './evidence';
import type { ExceptionLoop, Finding, ObservedCpu, RecordedEvents } from './observation';

const VECTORS = 'Arm ARM (DDI 0487) D1.3, Exception vectors';
const AARCH32_VECTORS =
  'Arm ARM (DDI 0487) G1.12.3, Exception vectors and the exception base address';
const ANY_CONFIG = { extraGpis: [0b0100, 0b0101, 0b0110, 0b0111, 0b1101] };
/** A granule's history is looked for in so many of the newest events. */
const GRANULE_LOOK = 1 << 16;
/** A fault as near to the stack pointer is one of the stack. Bytes. */
const STACK_REACH = 4096n;

/** Findings about a vector table that cannot be used: the handler's first instruction faults. */
export function vectorFindings(loop: ExceptionLoop): Finding[] {
  const { event, index } = loop.sample;
  const vbar = event.vector - BigInt(event.vectorOffset);
  const evidence = [eventEvidence(index, event)];
  const level = `EL${event.to.el.toString()}`;
  const { aarch32 } = event.to;
  const entry = aarch32 ? AARCH32_VECTOR_BYTES : 0x80n;
  const at = faultingAddress(event);
  const inHandler = at >= event.vector && at < event.vector + entry;
  if (!inHandler || loop.returns) return [];
  const vector = aarch32
    ? aarch32Vector(event.vectorOffset)
    : (vectorOfOffset(event.vectorOffset)?.meaning ?? '');
  if (at !== event.vector) {
    const fault = decodeEsr(event.esr);
    return fault.fault === undefined
      ? []
      : [
          {
            id: 'handler-faults',
            text: `The handler at ${hex(event.vector)} (${vector}) faults itself before it has got anywhere: usually its stack pointer is bad, and saving the registers faults.`,
            evidence,
            source: aarch32 ? AARCH32_VECTORS : VECTORS,
          },
        ];
  }
  const { ec, className } = decodeEsr(event.esr);
  const what = ec === 0 ? 'what lies there is no code' : `it cannot be fetched (${className})`;
  const base = aarch32 ? 'VBAR' : `VBAR_${level}`;
  const never = vbar === 0n ? ` ${base} is 0, so most likely nothing has set it yet.` : '';
  return [
    {
      id: vbar === 0n ? 'vector-never-set' : 'vector-unusable',
      text: `There is no handler: the exception goes to the vector ${hex(event.vector)} (${vector}), and ${what}, so that taking it raises the next.${never}`,
      evidence,
      source: `${aarch32 ? AARCH32_VECTORS : VECTORS}; ${register(base)}`,
    },
  ];
}

/** The newest call to a higher level that was answered "not supported", and that answer. */
export function unhandledCall(tail: readonly { index: number; event: TraceEvent }[]): Finding[] {
  for (let at = tail.length - 1; at >= 0; at--) {
    const step = tail[at];
    if (step === undefined) continue;
    const { event, index } = step;
    if (event.kind === 'psci' && event.result !== undefined) {
      return refused(event.args, event.result, [eventEvidence(index, event)]);
    }
    if (event.kind !== 'exception' || event.args === undefined || event.args.length < 2) continue;
    const ec = decodeEsr(event.esr).ec;
    if (ec !== 0x17 && ec !== 0x13 && ec !== 0x16 && ec !== 0x12) continue;
    const answer = tail
      .slice(at + 1)
      .find((each) => each.event.kind === 'return' && each.event.elr === event.elr);
    if (answer?.event.kind !== 'return') return [];
    const evidence = [eventEvidence(index, event), eventEvidence(answer.index, answer.event)];
    return refused(event.args, answer.event.x0, evidence);
  }
  return [];
}

function refused(args: readonly bigint[], x0: bigint, evidence: Finding['evidence']): Finding[] {
  // SMCCC: -1 in w0 or x0, by the call's width.
  if ((x0 & 0xffff_ffffn) !== 0xffff_ffffn) return [];
  const call = describeCall(args);
  const answer = describeReturn(call.id.id, [x0]);
  return [
    {
      id: 'call-not-handled',
      text: `The newest call was ${call.text}, and nothing handles it: the answer was ${answer.code === '' ? 'NOT_SUPPORTED (-1)' : answer.code}. Software that needs it may wait or give up.`,
      evidence,
      source: `${SMCCC}, Unknown function identifier; ${call.source}`,
    },
  ];
}

/** What one exception says: calls that nothing takes, branches into nothing, faults by class. */
export function exceptionFindings(
  index: number,
  event: ExceptionEvent,
  cpu: ObservedCpu,
  after: 'reset' | 'code',
): Finding[] {
  const syndrome = decodeEsr(event.esr);
  const evidence = [eventEvidence(index, event)];
  const at = faultingAddress(event);
  const call = callOf(cpu.code?.get(at) ?? 0, instructionSet(event.spsr));
  if (syndrome.ec === 0 && call !== undefined) {
    const level = call === 'SMC' ? 'EL3' : 'EL2';
    return [
      {
        id: 'call-undefined',
        text: `The instruction at ${hex(at)} is ${call}, and it is UNDEFINED here: the machine has no ${level}, or ${level} does not let ${call} through (${call === 'SMC' ? 'SCR_EL3.SMD' : 'HCR_EL2.HCD, SCR_EL3.HCE'}).`,
        evidence,
        source: `Arm ARM (DDI 0487) ${event.from.aarch32 ? 'F5.1' : 'C6.2'}, ${call}`,
      },
    ];
  }
  if (after === 'reset') {
    return [
      {
        id: 'image-missing',
        text: `The first instruction after reset, at ${hex(at)}, raised it (${syndrome.summary}): there is no code. The firmware image is missing, empty, or loaded somewhere else.`,
        evidence,
        source: 'Arm ARM (DDI 0487) D1.4, Reset; RVBAR_ELx',
      },
    ];
  }
  const isFetch = syndrome.ec === 0x20 || syndrome.ec === 0x21;
  const findings: Finding[] = [];
  if (isFetch && event.far === at && syndrome.fault?.kind !== 'granule protection fault') {
    findings.push({
      id: 'branch-to-nowhere',
      text: `A branch went to ${hex(at)}, where there is nothing to run (${syndrome.fault?.text ?? syndrome.summary}): a wild function pointer, a corrupt return address, or an image that is not loaded.`,
      evidence,
      source: iss('an exception from an Instruction Abort'),
    });
    return findings;
  }
  for (const reason of likelyReasons(syndrome, event.far)) {
    findings.push({
      id: `ec-${hex(syndrome.ec, 2)}`,
      text: sentence(reason),
      evidence,
      source: syndrome.source,
    });
  }
  return findings;
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}

/** Who owns the granule of a fault, by the newest change of it that was recorded. */
function ownerOf(
  events: RecordedEvents,
  before: number,
  pa: bigint,
): { index: number; event: GranuleEvent } | undefined {
  for (let index = before; index >= Math.max(events.first, before - GRANULE_LOOK); index--) {
    // 6: a granule record (layout.ts); the others are not decoded.
    if (events.kind(index) !== 6) continue;
    const event = events.event(index);
    if (event?.kind !== 'granule') continue;
    if (pa >= event.base && pa < event.base + event.size) return { index, event };
  }
  return undefined;
}

/** A granule protection fault: whose memory it is, and whether it is the stack. */
export function granuleFindings(
  index: number,
  event: GpfEvent,
  all: readonly RecordedEvents[],
  registers: Readonly<Record<string, bigint>> | undefined,
): Finding[] {
  const evidence = [eventEvidence(index, event)];
  const doing = event.fetch ? 'fetched an instruction from' : event.write ? 'wrote to' : 'read';
  const who = placeName(event.from);
  let owner = '';
  for (const events of all) {
    const found = ownerOf(events, events.cpu === event.cpu ? index : events.end - 1, event.pa);
    if (found === undefined) continue;
    evidence.push(eventEvidence(found.index, found.event));
    owner = ` That granule was given to ${ownerOfGpi(found.event.gpi, ANY_CONFIG) ?? 'nobody'} before.`;
    break;
  }
  const findings: Finding[] = [
    {
      id: 'granule-protection-fault',
      text: `${who} ${doing} physical address ${hex(event.pa)} in the ${event.space} space, and that granule belongs to another world.${owner}`,
      evidence,
      source: GPC_CHAPTER,
    },
  ];
  const sp = registers?.sp;
  const distance = sp === undefined || event.va === undefined ? undefined : event.va - sp;
  if (distance !== undefined && distance < STACK_REACH && distance > -STACK_REACH) {
    findings.unshift({
      id: 'stack-in-other-world',
      text: `The address ${hex(event.va ?? 0n)} is the stack (SP is ${hex(sp ?? 0n)}): the stack lies in memory that was given to another world.`,
      evidence,
      source: GPC_CHAPTER,
    });
  }
  return findings;
}
