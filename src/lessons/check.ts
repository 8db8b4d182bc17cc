/** Predicates of steps: what they say, and whether what was observed meets them. */
import type { TraceEvent } from '../inspect/events/event';
import { exceptionClass } from '../inspect/esr/esr';
import { bit } from '../inspect/field';
import type { RegisterReader } from '../inspect/register-groups';
import { decodeRegister } from '../inspect/registers';
import { placeName } from '../inspect/security';

export type Check =
  /** The console has printed what the expression matches. */
  | { readonly kind: 'console'; readonly console: string; readonly expression: string }
  /** A vCPU was in this place, as placeName writes it: EL3, NS-EL1. */
  | { readonly kind: 'reached'; readonly place: string }
  | { readonly kind: 'event'; readonly match: EventMatch }
  /** A vCPU of the paused machine held this in a register, or in a field of it. */
  | {
      readonly kind: 'register';
      readonly register: string;
      readonly field?: string;
      readonly value: bigint;
    }
  /** The granule protection tables give the granule at this physical address to that owner. */
  | { readonly kind: 'owner'; readonly address: bigint; readonly owner: CheckedOwner }
  /** The machine is this guest. */
  | { readonly kind: 'guest'; readonly guest: string };

/** Owners that a check can name, as gpt/entry.ts does. */
export const CHECKED_OWNERS = ['Root', 'Secure', 'Non-secure', 'Realm', 'any', 'none'] as const;
export type CheckedOwner = (typeof CHECKED_OWNERS)[number];

/** Everything named must hold. */
export interface EventMatch {
  readonly what: 'exception' | 'return' | 'gpf' | 'granule' | 'interrupt' | 'mmu' | 'world-switch';
  readonly from?: string;
  readonly to?: string;
  /** ESR_ELx.EC. */
  readonly class?: number;
  /** ISS bits [15:0] of a call: its immediate. */
  readonly immediate?: number;
  /** DFSC or IFSC: ISS bits [5:0]. */
  readonly fault?: number;
  /** w0 of an SMC or HVC: the function id. */
  readonly function?: bigint;
}

/** What a step's checks look at: one run of a machine. */
export interface Observed {
  readonly guest: string;
  /** Text of a console since the step's beginning; undefined where there is no such console. */
  console(id: string): string | undefined;
  /** Registers of each vCPU, as they were when the machine was paused last. */
  registers(): readonly RegisterReader[];
  /** Who owns the granule at a physical address now; undefined where that is not known (yet). */
  owner(address: bigint): string | undefined;
  /** Events since then; each call begins anew. */
  events(): Iterable<TraceEvent>;
}

function placesOf(event: TraceEvent): string[] {
  const places: string[] = [];
  if ('from' in event && event.kind !== 'world-switch') places.push(placeName(event.from));
  if ('to' in event && event.kind !== 'world-switch') places.push(placeName(event.to));
  return places;
}

/** The kind of event, where summaries of what was frequent stand for what they count. */
function kindOf(event: TraceEvent): string {
  return event.kind === 'summary' ? event.of : event.kind;
}

/** The exception class; of a summary of exceptions its key is that. */
function classOf(event: TraceEvent): number | undefined {
  if (event.kind === 'exception') return exceptionClass(event.esr);
  return event.kind === 'summary' && event.of === 'exception' ? Number(event.key) : undefined;
}

export function eventMatches(match: EventMatch, event: TraceEvent): boolean {
  if (kindOf(event) !== match.what) return false;
  if (match.from !== undefined && !('from' in event && placeName(event.from) === match.from)) {
    return false;
  }
  if (match.to !== undefined && !('to' in event && placeName(event.to) === match.to)) return false;
  if (match.class !== undefined && classOf(event) !== match.class) return false;
  const esr = 'esr' in event ? event.esr : undefined;
  if (match.immediate !== undefined && Number((esr ?? -1n) & 0xffffn) !== match.immediate) {
    return false;
  }
  if (match.fault !== undefined && (esr === undefined || Number(esr & 0x3fn) !== match.fault)) {
    return false;
  }
  if (match.function !== undefined) {
    const id = event.kind === 'exception' ? event.args?.[0] : undefined;
    if (id === undefined || (id & 0xffff_ffffn) !== match.function) return false;
  }
  return true;
}

/** What a vCPU holds in the register or field of a check; undefined where it has none of them. */
function valueIn(
  { register, field }: Extract<Check, { kind: 'register' }>,
  read: RegisterReader,
): bigint | undefined {
  const value = read(register);
  if (value === undefined || field === undefined) return value;
  const e2h = bit(read('HCR_EL2') ?? 0n, 34);
  // The gdbstub's name of PSTATE is what the decoder knows.
  const decoded = decodeRegister(register === 'PSTATE' ? 'CPSR' : register, value, { e2h });
  return decoded?.fields.find(({ name }) => name === field)?.value;
}

/** Whether what was observed meets one check. */
export function isMet(check: Check, observed: Observed): boolean {
  switch (check.kind) {
    case 'guest':
      return observed.guest === check.guest;
    case 'owner':
      return observed.owner(check.address) === check.owner;
    case 'console': {
      const text = observed.console(check.console);
      return text !== undefined && new RegExp(check.expression).test(text);
    }
    case 'register':
      return observed.registers().some((read) => valueIn(check, read) === check.value);
    case 'reached':
      for (const event of observed.events()) {
        if (placesOf(event).includes(check.place)) return true;
      }
      return false;
    case 'event':
      for (const event of observed.events()) if (eventMatches(check.match, event)) return true;
      return false;
  }
}

/** The check in words, for the learner. */
export function checkWords(check: Check): string {
  switch (check.kind) {
    case 'guest':
      return `The machine is ${check.guest}.`;
    case 'owner':
      return `The granule at 0x${check.address.toString(16)} is ${check.owner}.`;
    case 'console':
      return `Console ${check.console} shows what this step is about.`;
    case 'register': {
      const { register, field, value } = check;
      const name = field === undefined ? register : `${register}.${field}`;
      return `The paused machine’s ${name} is 0x${value.toString(16)}.`;
    }
    case 'reached':
      return `A vCPU was in ${check.place}.`;
    case 'event': {
      const { what, from, to } = check.match;
      const way = `${from === undefined ? '' : ` from ${from}`}${to === undefined ? '' : ` to ${to}`}`;
      const facts = [
        check.match.class === undefined ? '' : `class 0x${check.match.class.toString(16)}`,
        check.match.immediate === undefined ? '' : `immediate ${check.match.immediate.toString()}`,
        check.match.fault === undefined ? '' : `fault status 0x${check.match.fault.toString(16)}`,
        check.match.function === undefined ? '' : `function 0x${check.match.function.toString(16)}`,
      ].filter((each) => each !== '');
      const names = { gpf: 'granule protection fault', granule: 'change of a granule' };
      const name = what === 'gpf' || what === 'granule' ? names[what] : what;
      return `Recorded: ${name}${way}${facts.length === 0 ? '' : `, ${facts.join(', ')}`}.`;
    }
  }
}
