/** Which return answers a call, and which call a return answers: by level, state and address. */
import { decodeEsr, isCall } from '../esr/esr';
import { describeCall, describeReturn, type ReturnDescription } from '../smc/describe';
import type { Place } from '../security';
import type { ExceptionEvent, ReturnEvent, TraceEvent } from './event';
import { KIND } from './layout';
import type { EventStore } from './store';

/** Records that are looked through for the other half: a call may be interrupted, not for ever. */
const LOOK = 1 << 14;

/**
 * Calls that end the caller's turn: what comes back to it later is the next request and not an
 * answer (TF-A docs/components/rmm-el3-comms-spec; include/bl32/payloads/tsp.h, optee_smc.h).
 */
const HANDS_OVER =
  /^(?:RMM_RMI_REQ_COMPLETE|RMM_BOOT_COMPLETE|TEESMC_OPTEED_RETURN_\w+|FFA_MSG_WAIT)$/;

/** A call of the Calling Convention, the return behind it, and what it says. */
export interface Answer {
  readonly call: ExceptionEvent;
  readonly callIndex: number;
  readonly returned: ReturnEvent;
  readonly returnIndex: number;
  readonly words: ReturnDescription;
}

function samePlace(a: Place, b: Place): boolean {
  return a.el === b.el && a.state === b.state;
}

/** True for an SMC or HVC by the Calling Convention that is answered at all. */
function isAnswered(event: TraceEvent | undefined): event is ExceptionEvent {
  if (event?.kind !== 'exception' || event.args === undefined) return false;
  const { ec, className } = decodeEsr(event.esr);
  if (!isCall(ec) || className.startsWith('SVC')) return false;
  return !HANDS_OVER.test(describeCall(event.args).name);
}

function answers(call: ExceptionEvent, event: TraceEvent | undefined): event is ReturnEvent {
  return event?.kind === 'return' && event.elr === call.elr && samePlace(event.to, call.from);
}

function pair(store: EventStore, callIndex: number, returnIndex: number): Answer | undefined {
  const call = store.event(callIndex);
  const returned = store.event(returnIndex);
  if (!isAnswered(call) || !answers(call, returned)) return undefined;
  const id = Number((call.args?.[0] ?? 0n) & 0xffff_ffffn);
  const words = describeReturn(id, [returned.x0, returned.x1]);
  return { call, callIndex, returned, returnIndex, words };
}

/**
 * The answer to the call at an index of a store, or the call that the return at that index
 * answers; undefined for other events and where the other half is not in the recording.
 */
export function answerAt(store: EventStore, index: number): Answer | undefined {
  const event = store.event(index);
  if (isAnswered(event)) {
    const last = Math.min(store.end, index + LOOK);
    for (let at = index + 1; at < last; at++) {
      if (store.kind(at) === KIND.return && answers(event, store.event(at))) {
        return pair(store, index, at);
      }
    }
    return undefined;
  }
  if (event?.kind !== 'return') return undefined;
  for (let at = index - 1; at >= Math.max(store.first, index - LOOK); at--) {
    const kind = store.kind(at);
    if (kind !== KIND.exception && kind !== KIND.return) continue;
    const before = store.event(at);
    // The same place was returned to before: what was called from there has been answered.
    if (before?.kind === 'return' && before.elr === event.elr) {
      if (samePlace(before.to, event.to)) return undefined;
    }
    if (before?.kind === 'exception' && before.elr === event.elr) {
      if (samePlace(before.from, event.to)) return pair(store, at, index);
    }
  }
  return undefined;
}
