import { describe, expect, it } from 'vitest';
import {
  isLive,
  isOver,
  nextState,
  type RunEvent,
  type RunState,
  type RunStateName,
} from './run-state.js';

const failure = { what: 'It broke.', remedy: 'Mend it.' };

const states: Record<RunStateName, RunState> = {
  idle: { name: 'idle' },
  fetching: { name: 'fetching' },
  starting: { name: 'starting' },
  running: { name: 'running' },
  paused: { name: 'paused' },
  stopping: { name: 'stopping' },
  exited: { name: 'exited', code: 0, ending: 'exited' },
  failed: { name: 'failed', failure },
};

const events: Record<RunEvent['type'], RunEvent> = {
  start: { type: 'start' },
  fetched: { type: 'fetched' },
  started: { type: 'started' },
  paused: { type: 'paused' },
  resumed: { type: 'resumed' },
  stop: { type: 'stop' },
  exited: { type: 'exited', code: 3 },
  ended: { type: 'ended', ending: 'cancelled' },
  failed: { type: 'failed', failure },
};

/** Every transition there is; a pair that is not listed leaves the state as it was. */
const transitions: Partial<Record<RunStateName, Partial<Record<RunEvent['type'], RunStateName>>>> =
  {
    idle: { start: 'fetching' },
    fetching: { fetched: 'starting', stop: 'stopping', exited: 'exited', failed: 'failed' },
    starting: { started: 'running', stop: 'stopping', exited: 'exited', failed: 'failed' },
    running: { paused: 'paused', stop: 'stopping', exited: 'exited', failed: 'failed' },
    paused: { resumed: 'running', stop: 'stopping', exited: 'exited', failed: 'failed' },
    stopping: { exited: 'exited', ended: 'exited', failed: 'failed' },
  };

describe('the states of a run', () => {
  for (const state of Object.values(states)) {
    for (const event of Object.values(events)) {
      const to = transitions[state.name]?.[event.type];
      it(`${state.name} + ${event.type} → ${to ?? 'nothing'}`, () => {
        expect(nextState(state, event)?.name).toBe(to);
      });
    }
  }

  it('keeps the exit code, and that a run was cancelled', () => {
    expect(nextState(states.running, events.exited)).toEqual({
      name: 'exited',
      code: 3,
      ending: 'exited',
    });
    expect(nextState(states.stopping, events.ended)).toEqual({
      name: 'exited',
      code: null,
      ending: 'cancelled',
    });
  });

  it.each(['fetching', 'starting', 'running', 'paused'] as const)(
    'can be cancelled from %s, and ends',
    (name) => {
      const stopping = nextState(states[name], { type: 'stop' });
      expect(stopping?.name).toBe('stopping');
      const over = stopping && nextState(stopping, { type: 'ended', ending: 'forced' });
      expect(over && isOver(over)).toBe(true);
    },
  );

  it('is live only while QEMU can be talked to', () => {
    expect(Object.values(states).filter(isLive)).toEqual([states.running, states.paused]);
  });
});
