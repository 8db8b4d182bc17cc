import { describe, expect, it } from 'vitest';
import type { Place } from '../security';
import { encodeEvents } from './encode';
import type { TraceEvent } from './event';
import { KIND } from './layout';
import { BLOCK_RECORDS, EventStore, EventStores } from './store';

const EL1: Place = { el: 1, state: 'Non-secure', aarch32: false };
const EL3: Place = { el: 3, state: 'Root', aarch32: false };
/** 4 × state + EL. */
const NS1 = 5;
const ROOT3 = 11;

function smc(time: bigint): TraceEvent {
  return {
    kind: 'exception',
    cpu: 0,
    time,
    from: EL1,
    to: EL3,
    esr: 0x5e000000n,
    elr: 0x1000n,
    spsr: 0n,
    vector: 0x400n,
    vectorOffset: 0x400,
    args: [0xc4000151n, 0x88000000n, 0n, 0n, 0n, 0n, 0n, 7n],
  };
}

function eret(time: bigint): TraceEvent {
  return {
    kind: 'return',
    cpu: 0,
    time,
    from: EL3,
    to: EL1,
    elr: 0x1000n,
    spsr: 0n,
    x0: 0n,
    x1: 0n,
    pc: 0x2000n,
  };
}

describe('EventStore', () => {
  it('gives events back as they came, a call with its arguments', () => {
    const store = new EventStore(0);
    store.append(encodeEvents([smc(10n), eret(30n)]));
    expect(store.end).toBe(3);
    expect(store.event(0)).toEqual(smc(10n));
    expect(store.event(1)).toBeUndefined();
    expect(store.event(2)).toEqual(eret(30n));
    expect([0, 1, 2].map((index) => store.time(index))).toEqual([10, 10, 30]);
    expect(store.placesSeen).toBe((1 << NS1) | (1 << ROOT3));
  });

  it('finds the first record at or after a time', () => {
    const store = new EventStore(0);
    store.append(encodeEvents([eret(10n), eret(20n), eret(20n), eret(40n)]));
    expect([0, 10, 11, 20, 21, 40, 41].map((time) => store.atTime(time))).toEqual([
      0, 0, 1, 1, 3, 3, 4,
    ]);
  });

  it('knows where the vCPU is, and was', () => {
    const store = new EventStore(0);
    expect(store.placeNow).toBe(0);
    store.append(encodeEvents([smc(10n), eret(30n)]));
    expect(store.placeNow & 15).toBe(NS1);
    expect(store.placeBefore(0) & 15).toBe(NS1);
    expect(store.placeBefore(2) & 15).toBe(ROOT3);
    expect(store.placeBefore(3) & 15).toBe(NS1);
  });

  it('keeps a call and its arguments together across blocks', () => {
    const store = new EventStore(0);
    store.append(encodeEvents(Array.from({ length: BLOCK_RECORDS - 1 }, () => eret(5n))));
    store.append(encodeEvents([smc(9n)]));
    expect(store.event(BLOCK_RECORDS - 1)).toEqual(smc(9n));
    expect(store.time(BLOCK_RECORDS)).toBe(9);
    expect(store.spanKinds(BLOCK_RECORDS - 1)).toBe((1 << KIND.return) | (1 << KIND.exception));
  });

  it('gives up the oldest block, and says how much', () => {
    const store = new EventStore(0, BLOCK_RECORDS);
    const bytes = encodeEvents(Array.from({ length: 1024 }, (_, i) => eret(BigInt(i))));
    for (let i = 0; i < (3 * BLOCK_RECORDS) / 1024; i++) store.append(bytes);
    expect(store.end).toBe(3 * BLOCK_RECORDS);
    expect(store.first).toBe(BLOCK_RECORDS);
    expect(store.forgotten).toBe(BLOCK_RECORDS);
    expect(store.event(0)).toBeUndefined();
    expect(store.event(BLOCK_RECORDS)).toBeDefined();
  });

  it('refuses a part of a record', () => {
    expect(() => new EventStore(0).append(new Uint8Array(65))).toThrow('no whole number');
  });
});

describe('EventStores', () => {
  it('sums up all vCPUs', () => {
    const stores = new EventStores();
    expect(stores.range).toBeUndefined();
    stores.append(1, encodeEvents([eret(50n)]));
    stores.append(0, encodeEvents([eret(10n), eret(60n)]));
    expect(stores.cpus.map((store) => store.cpu)).toEqual([0, 1]);
    expect(stores.range).toEqual({ start: 10, end: 60 });
    expect(stores.count).toBe(3);
  });
});
