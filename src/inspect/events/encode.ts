/**
 * Trace records to bytes: the inverse of decode.ts, for tests, for generated
 * timelines and for re-reading an exported trace. The engine's writer is in C.
 */
import { SECURITY_STATES, type Place } from '../security';
import type { TraceEvent } from './event';
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

export function encodePlace(place: Place | undefined): number {
  if (place === undefined) return 0;
  const state = SECURITY_STATES.indexOf(place.state);
  return 0x80 | (place.aarch32 ? 0x10 : 0) | (state << 2) | place.el;
}

interface Row {
  readonly kind: number;
  readonly flags?: number;
  readonly from?: Place;
  readonly to?: Place;
  readonly detail?: number;
  /** a to e. */
  readonly words: readonly bigint[];
}

function rowOf(event: TraceEvent): Row {
  switch (event.kind) {
    case 'exception': {
      const call = event.args !== undefined;
      return {
        kind: KIND.exception,
        flags: call ? FLAG_CALL : 0,
        from: event.from,
        to: event.to,
        detail: event.vectorOffset,
        words: [event.esr, event.args?.[0] ?? event.far ?? 0n, event.elr, event.vector, event.spsr],
      };
    }
    case 'return':
      return {
        kind: KIND.return,
        from: event.from,
        to: event.to,
        words: [event.elr, event.spsr, event.x0, event.x1, event.pc],
      };
    case 'world-switch':
      return {
        kind: KIND.worldSwitch,
        from: event.from,
        to: event.to,
        words: [event.scr, event.oldScr, event.pc],
      };
    case 'gpf':
      return {
        kind: KIND.gpf,
        flags:
          (event.va === undefined ? 0 : FLAG_VA) | (event.entry === undefined ? 0 : FLAG_ENTRY),
        from: event.from,
        detail:
          event.gpcsc |
          (SECURITY_STATES.indexOf(event.space) << 8) |
          (event.write ? 0x400 : 0) |
          (event.fetch ? 0x800 : 0) |
          (event.onWalk ? 0x1000 : 0),
        words: [event.pa, event.va ?? 0n, event.pc, event.esr, event.entry ?? 0n],
      };
    case 'granule':
      return {
        kind: KIND.granule,
        flags: event.oldEntry === undefined ? 0 : FLAG_OLD,
        from: event.from,
        detail: event.gpi | ((event.oldGpi ?? 0) << 4) | (GRANULE_CAUSES.indexOf(event.cause) << 8),
        words: [event.base, event.size, event.entry, event.oldEntry ?? 0n, event.pc],
      };
    case 'mmu':
      return {
        kind: KIND.mmu,
        from: event.from,
        detail: event.enabled ? 1 : 0,
        words: [event.sctlr, event.oldSctlr, event.ttbr0, event.tcr, event.pc],
      };
    case 'image':
      return {
        kind: KIND.image,
        from: event.from,
        to: event.to,
        detail: event.image,
        words: [event.pc, event.base, event.size, event.x0, event.x1],
      };
    case 'interrupt':
      return {
        kind: KIND.interrupt,
        from: event.from,
        to: event.to,
        detail: INTERRUPTS.indexOf(event.interrupt),
        words: [event.intid ?? UNKNOWN_INTID, event.elr, event.spsr, event.vector],
      };
    case 'wait':
      return {
        kind: KIND.wait,
        from: event.from,
        detail: WAITS.indexOf(event.wait),
        words: [event.pc],
      };
    case 'psci':
      return {
        kind: KIND.psci,
        flags: event.result === undefined ? 0 : FLAG_RESULT,
        from: event.from,
        words: [...event.args.slice(0, 4), event.result ?? 0n],
      };
    case 'reset':
      return {
        kind: KIND.reset,
        to: event.to,
        detail: RESETS.indexOf(event.reset),
        words: [event.pc],
      };
    case 'summary':
      return {
        kind: KIND.summary,
        from: event.from,
        to: event.to,
        detail: {
          exception: KIND.exception,
          return: KIND.return,
          interrupt: KIND.interrupt,
          wait: KIND.wait,
        }[event.of],
        words: [event.count, event.since, event.key, event.pc],
      };
    case 'dropped':
      return { kind: KIND.dropped, words: [event.lost, event.total] };
  }
}

/** One event: 64 bytes, or 128 for a call whose x1 to x7 are known. */
export function encodeEvent(event: TraceEvent): Uint8Array {
  const row = rowOf(event);
  const args = event.kind === 'exception' ? (event.args ?? []).slice(1, 8) : [];
  const bytes = new Uint8Array(args.length > 0 ? RECORD_SIZE * 2 : RECORD_SIZE);
  const view = new DataView(bytes.buffer);
  const header = (at: number, kind: number, flags: number) => {
    view.setUint8(at, kind);
    view.setUint8(at + 1, flags);
    view.setUint8(at + 2, encodePlace(row.from));
    view.setUint8(at + 3, encodePlace(row.to));
    view.setUint16(at + 4, event.cpu, true);
    view.setUint16(at + 6, row.detail ?? 0, true);
  };
  const flags = (row.flags ?? 0) | (event.icount === undefined ? 0 : FLAG_ICOUNT);
  header(0, row.kind, flags);
  [event.time, event.icount ?? 0n, ...row.words].forEach((word, i) => {
    view.setBigUint64(8 + i * 8, word, true);
  });
  if (args.length > 0) {
    header(RECORD_SIZE, KIND.arguments, flags);
    args.forEach((word, i) => {
      view.setBigUint64(RECORD_SIZE + 8 + i * 8, word, true);
    });
  }
  return bytes;
}

/** Many events, one after the other. */
export function encodeEvents(events: readonly TraceEvent[]): Uint8Array {
  const parts = events.map(encodeEvent);
  const bytes = new Uint8Array(parts.reduce((n, p) => n + p.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
