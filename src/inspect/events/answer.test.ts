import { describe, expect, it } from 'vitest';
import type { Place } from '../security';
import { answerAt } from './answer';
import { encodeEvents } from './encode';
import type { TraceEvent } from './event';
import { EventStore } from './store';

const HOST: Place = { el: 2, state: 'Non-secure', aarch32: false };
const MONITOR: Place = { el: 3, state: 'Root', aarch32: false };
const RMM: Place = { el: 2, state: 'Realm', aarch32: false };

let now = 0n;

function smc(from: Place, elr: bigint, ...args: bigint[]): TraceEvent {
  const all = Array.from({ length: 8 }, (_, n) => args[n] ?? 0n);
  return {
    kind: 'exception',
    ...{ cpu: 0, time: ++now, from, to: MONITOR, esr: 0x5e000000n, elr, spsr: 0n, args: all },
    ...{ vector: 0x400n, vectorOffset: 0x400 },
  };
}

function eret(to: Place, elr: bigint, x0: bigint, x1 = 0n): TraceEvent {
  return { kind: 'return', cpu: 0, time: ++now, from: MONITOR, to, elr, spsr: 0n, x0, x1, pc: 0n };
}

function stored(...events: TraceEvent[]): EventStore {
  const store = new EventStore(0);
  store.append(encodeEvents(events));
  return store;
}

describe('the answer to a call', () => {
  // RMI_GRANULE_DELEGATE through EL3: to the RMM, its own call to EL3, and back.
  const delegate = stored(
    smc(HOST, 0x100n, 0xc4000151n, 0x5f000000n), // 0, 1
    eret(RMM, 0x200n, 0xc4000151n, 0x5f000000n), // 2
    smc(RMM, 0x300n, 0xc40001b0n, 0x5f000000n), // 3, 4
    eret(RMM, 0x300n, 0n), // 5
    smc(RMM, 0x200n, 0xc400018fn, 0n), // 6, 7
    eret(HOST, 0x100n, 1n), // 8
  );

  it('is the return to where it was made, whatever lies between', () => {
    const answer = answerAt(delegate, 0);
    expect(answer?.returnIndex).toBe(8);
    expect(answer?.words.code).toBe('RMI_ERROR_INPUT');
    expect(answerAt(delegate, 3)?.words.code).toBe('E_RMM_OK');
  });

  it('is found from the return too', () => {
    expect(answerAt(delegate, 8)?.callIndex).toBe(0);
    expect(answerAt(delegate, 5)?.callIndex).toBe(3);
    // EL3 enters the RMM with a request: nothing is answered by that.
    expect(answerAt(delegate, 2)).toBeUndefined();
  });

  it('does not exist for a call that hands over, though its caller runs again', () => {
    const next = stored(smc(RMM, 0x200n, 0xc400018fn, 0n), eret(RMM, 0x200n, 0xc4000150n));
    expect(answerAt(next, 0)).toBeUndefined();
    expect(answerAt(next, 2)).toBeUndefined();
  });

  it('is the first of two, when a place is called from again', () => {
    const twice = stored(
      smc(HOST, 0x100n, 0x84000000n), // 0, 1
      eret(HOST, 0x100n, 0x10001n), // 2
      smc(HOST, 0x100n, 0x84000000n), // 3, 4
      eret(HOST, 0x100n, 0x10000n), // 5
    );
    expect(answerAt(twice, 0)?.words.text).toBe('version 1.1');
    expect(answerAt(twice, 5)?.callIndex).toBe(3);
  });

  it('is not made up where the other half is missing', () => {
    expect(answerAt(stored(smc(HOST, 0x100n, 0x84000000n)), 0)).toBeUndefined();
    expect(answerAt(stored(eret(HOST, 0x100n, 0n)), 0)).toBeUndefined();
    expect(answerAt(stored(eret(HOST, 0x100n, 0n), eret(HOST, 0x100n, 0n)), 1)).toBeUndefined();
  });
});
