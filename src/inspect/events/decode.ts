/** Trace records from bytes. */
import { fail, ok, type InspectError, type Result } from '../error';
import { hex } from '../field';
import { SECURITY_STATES, type ExceptionLevel, type Place } from '../security';
import type { ExceptionEvent, GpfEvent, GranuleEvent, SummaryEvent, TraceEvent } from './event';
import {
  FLAG_CALL,
  FLAG_ENTRY,
  FLAG_ICOUNT,
  FLAG_OLD,
  FLAG_RESULT,
  FLAG_VA,
  GRANULE_CAUSES,
  INTERRUPTS,
  KIND,
  RECORD_SIZE,
  RESETS,
  UNKNOWN_INTID,
  WAITS,
} from './layout';

export interface DecodedRecords {
  readonly events: readonly TraceEvent[];
  /** Records that could not be read; `offset` is theirs in the input. */
  readonly errors: readonly InspectError[];
  /**
   * Bytes used. What is left is an incomplete record, or a call whose arguments
   * record has not arrived: give it again in front of the next bytes.
   */
  readonly consumed: number;
}

export interface DecodeOptions {
  /** No more bytes will come: a call at the end is given with x0 alone, and a tail is an error. */
  readonly final?: boolean;
}

const SUMMARISED: Readonly<Record<number, SummaryEvent['of']>> = {
  [KIND.exception]: 'exception',
  [KIND.return]: 'return',
  [KIND.interrupt]: 'interrupt',
  [KIND.wait]: 'wait',
};

function placeOf(byte: number): Place | undefined {
  if ((byte & 0x80) === 0 || (byte & 0x60) !== 0) return undefined;
  const state = SECURITY_STATES[(byte >> 2) & 3];
  if (state === undefined) return undefined;
  return Object.freeze({ el: (byte & 3) as ExceptionLevel, state, aarch32: (byte & 0x10) !== 0 });
}

/** One object for each place: a million events share 32 of them. */
const PLACES: readonly (Place | undefined)[] = Array.from({ length: 256 }, (_, byte) =>
  placeOf(byte),
);

/**
 * A place byte (layout.ts); undefined where its valid bit is clear or reserved
 * bits are set. Equal bytes give the same object.
 */
export function decodePlace(byte: number): Place | undefined {
  return PLACES[byte & 0xff];
}

/** One record of a DataView at an offset; reads 64 bytes and not more. */
class Slot {
  constructor(
    private readonly view: DataView,
    readonly offset: number,
  ) {}
  get kind() {
    return this.view.getUint8(this.offset);
  }
  get flags() {
    return this.view.getUint8(this.offset + 1);
  }
  get from() {
    return this.view.getUint8(this.offset + 2);
  }
  get to() {
    return this.view.getUint8(this.offset + 3);
  }
  get cpu() {
    return this.view.getUint16(this.offset + 4, true);
  }
  get detail() {
    return this.view.getUint16(this.offset + 6, true);
  }
  word(index: number) {
    return this.view.getBigUint64(this.offset + 8 + index * 8, true);
  }
  has(flag: number) {
    return (this.flags & flag) !== 0;
  }
}

const A = 2;
const B = 3;
const C = 4;
const D = 5;
const E = 6;

/**
 * Reads every complete record. A bad one becomes an error and the next is read,
 * so that one damaged slot does not hide the rest.
 */
export function decodeRecords(bytes: Uint8Array, options: DecodeOptions = {}): DecodedRecords {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const events: TraceEvent[] = [];
  const errors: InspectError[] = [];
  let offset = 0;
  while (offset + RECORD_SIZE <= bytes.length) {
    const slot = new Slot(view, offset);
    if (slot.kind === KIND.exception && slot.has(FLAG_CALL)) {
      const next = offset + RECORD_SIZE;
      if (next + RECORD_SIZE > bytes.length && options.final !== true) break;
      const args = next + RECORD_SIZE <= bytes.length ? new Slot(view, next) : undefined;
      const matches = args?.kind === KIND.arguments && args.cpu === slot.cpu;
      keep(exception(slot, matches ? args : undefined), slot);
      offset = matches ? next + RECORD_SIZE : next;
      continue;
    }
    keep(decodeSlot(slot), slot);
    offset += RECORD_SIZE;
  }
  if (options.final === true && offset < bytes.length) {
    const left = bytes.length - offset;
    errors.push({
      name: 'truncated-record',
      message: `The trace ends inside a record: ${left.toString()} of ${RECORD_SIZE.toString()} bytes at offset ${offset.toString()}. The last event is missing.`,
      offset: BigInt(offset),
    });
    offset = bytes.length;
  }
  return { events, errors, consumed: offset };

  function keep(result: Result<TraceEvent>, slot: Slot): void {
    if (!result.ok) errors.push(result.error);
    else if (slot.has(FLAG_ICOUNT)) events.push({ ...result.value, icount: slot.word(1) });
    else events.push(result.value);
  }
}

function bad(slot: Slot, field: string, value: number): Result<never> {
  return fail(
    'bad-field',
    `The trace record at offset ${slot.offset.toString()} (kind ${slot.kind.toString()}) has ${field} ${hex(value)}, which the layout does not define. Engine and page may be of different versions.`,
    BigInt(slot.offset),
  );
}

function badFrom(slot: Slot): Result<never> {
  return bad(slot, 'a from place', slot.from);
}

function badTo(slot: Slot): Result<never> {
  return bad(slot, 'a to place', slot.to);
}

function exception(slot: Slot, args: Slot | undefined): Result<TraceEvent> {
  const from = decodePlace(slot.from);
  const to = decodePlace(slot.to);
  if (from === undefined) return bad(slot, 'a from place', slot.from);
  if (to === undefined) return bad(slot, 'a to place', slot.to);
  const event: ExceptionEvent = {
    cpu: slot.cpu,
    time: slot.word(0),
    kind: 'exception',
    from,
    to,
    esr: slot.word(A),
    elr: slot.word(C),
    vector: slot.word(D),
    spsr: slot.word(E),
    vectorOffset: slot.detail,
  };
  if (!slot.has(FLAG_CALL)) return ok({ ...event, far: slot.word(B) });
  const rest = args === undefined ? [] : [0, 1, 2, 3, 4, 5, 6].map((i) => args.word(i));
  return ok({ ...event, args: [slot.word(B), ...rest] });
}

/** A record on its own. */
function decodeSlot(slot: Slot): Result<TraceEvent> {
  const from = decodePlace(slot.from);
  const to = decodePlace(slot.to);
  const { cpu } = slot;
  const time = slot.word(0);
  switch (slot.kind) {
    case KIND.exception:
      return exception(slot, undefined);
    case KIND.return:
      if (from === undefined) return badFrom(slot);
      if (to === undefined) return badTo(slot);
      return ok({
        cpu,
        time,
        kind: 'return',
        from,
        to,
        elr: slot.word(A),
        spsr: slot.word(B),
        x0: slot.word(C),
        x1: slot.word(D),
        pc: slot.word(E),
      });
    case KIND.worldSwitch:
      if (from === undefined) return badFrom(slot);
      if (to === undefined) return badTo(slot);
      return ok({
        cpu,
        time,
        kind: 'world-switch',
        from,
        to,
        scr: slot.word(A),
        oldScr: slot.word(B),
        pc: slot.word(C),
      });
    case KIND.gpf:
      return from === undefined ? badFrom(slot) : gpf(slot, from);
    case KIND.granule:
      return from === undefined ? badFrom(slot) : granule(slot, from);
    case KIND.mmu:
      if (from === undefined) return badFrom(slot);
      if (slot.detail > 1) return bad(slot, 'an on or off of', slot.detail);
      return ok({
        cpu,
        time,
        kind: 'mmu',
        from,
        enabled: slot.detail === 1,
        sctlr: slot.word(A),
        oldSctlr: slot.word(B),
        ttbr0: slot.word(C),
        tcr: slot.word(D),
        pc: slot.word(E),
      });
    case KIND.image:
      if (from === undefined) return badFrom(slot);
      if (to === undefined) return badTo(slot);
      return ok({
        cpu,
        time,
        kind: 'image',
        from,
        to,
        image: slot.detail,
        pc: slot.word(A),
        base: slot.word(B),
        size: slot.word(C),
        x0: slot.word(D),
        x1: slot.word(E),
      });
    case KIND.interrupt: {
      if (from === undefined) return badFrom(slot);
      if (to === undefined) return badTo(slot);
      const interrupt = INTERRUPTS[slot.detail];
      if (interrupt === undefined) return bad(slot, 'an interrupt type', slot.detail);
      const found = {
        cpu,
        time,
        kind: 'interrupt',
        from,
        to,
        interrupt,
        elr: slot.word(B),
        spsr: slot.word(C),
        vector: slot.word(D),
      } as const;
      return ok(slot.word(A) === UNKNOWN_INTID ? found : { ...found, intid: slot.word(A) });
    }
    case KIND.wait: {
      if (from === undefined) return badFrom(slot);
      const wait = WAITS[slot.detail];
      if (wait === undefined) return bad(slot, 'a wait type', slot.detail);
      return ok({ cpu, time, kind: 'wait', from, wait, pc: slot.word(A) });
    }
    case KIND.psci: {
      if (from === undefined) return badFrom(slot);
      const found = {
        cpu,
        time,
        kind: 'psci',
        from,
        args: [A, B, C, D].map((i) => slot.word(i)),
      } as const;
      return ok(slot.has(FLAG_RESULT) ? { ...found, result: slot.word(E) } : found);
    }
    case KIND.reset: {
      if (to === undefined) return badTo(slot);
      const reset = RESETS[slot.detail];
      if (reset === undefined) return bad(slot, 'a reset type', slot.detail);
      return ok({ cpu, time, kind: 'reset', to, reset, pc: slot.word(A) });
    }
    case KIND.summary: {
      if (from === undefined) return badFrom(slot);
      if (to === undefined) return badTo(slot);
      const of = SUMMARISED[slot.detail];
      if (of === undefined) return bad(slot, 'a counted kind', slot.detail);
      return ok({
        cpu,
        time,
        kind: 'summary',
        from,
        to,
        of,
        count: slot.word(A),
        since: slot.word(B),
        key: slot.word(C),
        pc: slot.word(D),
      });
    }
    case KIND.dropped:
      return ok({ cpu, time, kind: 'dropped', lost: slot.word(A), total: slot.word(B) });
    case KIND.arguments:
      return fail(
        'bad-field',
        `The trace record at offset ${slot.offset.toString()} holds call arguments, but no call of the same vCPU is in front of it.`,
        BigInt(slot.offset),
      );
    default:
      return fail(
        'unknown-kind',
        `The trace record at offset ${slot.offset.toString()} has kind ${slot.kind.toString()}, which this page does not know. Engine and page may be of different versions.`,
        BigInt(slot.offset),
      );
  }
}

function gpf(slot: Slot, from: Place): Result<TraceEvent> {
  const { detail } = slot;
  const space = SECURITY_STATES[(detail >> 8) & 3];
  if (space === undefined || (detail & 0xe0c0) !== 0) return bad(slot, 'a detail', detail);
  const event: GpfEvent = {
    cpu: slot.cpu,
    time: slot.word(0),
    kind: 'gpf',
    from,
    pa: slot.word(A),
    space,
    pc: slot.word(C),
    esr: slot.word(D),
    gpcsc: detail & 0x3f,
    write: (detail & 0x400) !== 0,
    fetch: (detail & 0x800) !== 0,
    onWalk: (detail & 0x1000) !== 0,
  };
  return ok({
    ...event,
    ...(slot.has(FLAG_VA) ? { va: slot.word(B) } : {}),
    ...(slot.has(FLAG_ENTRY) ? { entry: slot.word(E) } : {}),
  });
}

function granule(slot: Slot, from: Place): Result<TraceEvent> {
  const { detail } = slot;
  const cause = GRANULE_CAUSES[(detail >> 8) & 3];
  if (cause === undefined || detail >> 10 !== 0) return bad(slot, 'a detail', detail);
  const event: GranuleEvent = {
    cpu: slot.cpu,
    time: slot.word(0),
    kind: 'granule',
    from,
    base: slot.word(A),
    size: slot.word(B),
    entry: slot.word(C),
    gpi: detail & 0xf,
    cause,
    pc: slot.word(E),
  };
  if (!slot.has(FLAG_OLD)) return ok(event);
  return ok({ ...event, oldEntry: slot.word(D), oldGpi: (detail >> 4) & 0xf });
}
