import type { Failure } from './failure.js';

/** How a run came to its end without failing. */
export type Ending =
  /** QEMU ended by itself: the guest powered off, `quit` was typed, or QEMU refused its arguments. */
  | 'exited'
  /** The visitor gave up before QEMU started. */
  | 'cancelled'
  /** QEMU did not answer and its worker was ended. */
  | 'forced';

/** The state of one run of QEMU. Everything that the page shows about a run follows from it. */
export type RunState =
  | { name: 'idle' }
  | { name: 'fetching' }
  | { name: 'starting' }
  | { name: 'running' }
  | { name: 'paused' }
  | { name: 'stopping' }
  | { name: 'exited'; code: number | null; ending: Ending }
  | { name: 'failed'; failure: Failure };

export type RunEvent =
  | { type: 'start' }
  /** Every image, the engine and the snapshot have arrived. */
  | { type: 'fetched' }
  /** QEMU answers on QMP. */
  | { type: 'started' }
  | { type: 'paused' }
  | { type: 'resumed' }
  /** The visitor asked for the end. */
  | { type: 'stop' }
  | { type: 'exited'; code: number }
  /** What the run held was ended without QEMU's own exit. */
  | { type: 'ended'; ending: 'cancelled' | 'forced' }
  | { type: 'failed'; failure: Failure };

export type RunStateName = RunState['name'];

/** True when the run holds nothing any more. */
export function isOver(state: RunState): boolean {
  return state.name === 'exited' || state.name === 'failed';
}

/** True when there is a QEMU that can be talked to. */
export function isLive(state: RunState): boolean {
  return state.name === 'running' || state.name === 'paused';
}

/**
 * The state after an event, or undefined when the event means nothing in that state (a late
 * message of a worker that is being ended, a button pressed twice): the state then stays.
 */
export function nextState(state: RunState, event: RunEvent): RunState | undefined {
  if (isOver(state)) return undefined;
  switch (event.type) {
    case 'start':
      return state.name === 'idle' ? { name: 'fetching' } : undefined;
    case 'fetched':
      return state.name === 'fetching' ? { name: 'starting' } : undefined;
    case 'started':
      return state.name === 'starting' ? { name: 'running' } : undefined;
    case 'paused':
      return state.name === 'running' ? { name: 'paused' } : undefined;
    case 'resumed':
      return state.name === 'paused' ? { name: 'running' } : undefined;
    case 'stop':
      return state.name === 'idle' || state.name === 'stopping' ? undefined : { name: 'stopping' };
    case 'exited':
      // Also while the rest of a snapshot is fetched: QEMU runs by then.
      return state.name === 'idle'
        ? undefined
        : { name: 'exited', code: event.code, ending: 'exited' };
    case 'ended':
      return state.name === 'stopping'
        ? { name: 'exited', code: null, ending: event.ending }
        : undefined;
    case 'failed':
      return state.name === 'idle' ? undefined : { name: 'failed', failure: event.failure };
  }
}
