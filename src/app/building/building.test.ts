import { describe, expect, it } from 'vitest';
import { encodeEvents } from '../../inspect/events/encode.js';
import type { TraceEvent } from '../../inspect/events/event.js';
import { EventStore, EventStores } from '../../inspect/events/store.js';
import type { Place } from '../../inspect/security.js';
import { programStarts, roomOf, ROOMS, softwareOf } from './rooms.js';
import { nextCrossing, Tally } from './tally.js';

const ns2: Place = { el: 2, state: 'Non-secure', aarch32: false };
const el3: Place = { el: 3, state: 'Root', aarch32: false };

function crossing(cpu: number, time: bigint, from: Place, to: Place): TraceEvent {
  const base = { cpu, time, from, to, elr: 0n, spsr: 0n };
  return from.el < to.el
    ? { ...base, kind: 'exception', esr: 0x96000045n, far: 0n, vector: 0n, vectorOffset: 0 }
    : { ...base, kind: 'return', x0: 0n, x1: 0n, pc: 0n };
}

const summary: TraceEvent = {
  kind: 'summary',
  cpu: 0,
  time: 9n,
  from: ns2,
  to: el3,
  of: 'exception',
  count: 40n,
  since: 1n,
  key: 0x17n,
  pc: 0n,
};

function storeOf(cpu: number, events: TraceEvent[]): EventStore {
  const store = new EventStore(cpu);
  store.append(encodeEvents(events));
  return store;
}

describe('Tally', () => {
  it('counts each event once, those that were only counted too', () => {
    const store = storeOf(0, [crossing(0, 1n, ns2, el3), crossing(0, 2n, el3, ns2), summary]);
    const tally = new Tally();
    tally.update([store], 100);
    tally.update([store], 200);
    expect(tally.entered[11]).toBe(41);
    expect(tally.entered[6]).toBe(1);
    const way = tally.ways.get(6 * 16 + 11);
    expect(way).toMatchObject({ from: 6, to: 11, count: 41, at: 100 });
    expect(way?.label).toContain('Data Abort');
  });
});

describe('nextCrossing', () => {
  const stores = [
    storeOf(0, [crossing(0, 1n, ns2, el3), summary, crossing(0, 20n, el3, ns2)]),
    storeOf(1, [crossing(1, 5n, ns2, el3)]),
  ];

  it('goes through all vCPUs in time order, over what is no crossing, and back', () => {
    const path = [];
    let at = nextCrossing(stores, undefined, 1);
    for (; at !== undefined; at = nextCrossing(stores, at, 1)) path.push(`${at.cpu}:${at.index}`);
    expect(path).toEqual(['0:0', '1:0', '0:2']);
    const last = nextCrossing(stores, undefined, -1);
    expect(last).toEqual({ cpu: 0, index: 2 });
    expect(nextCrossing(stores, last, -1)).toEqual({ cpu: 1, index: 0 });
  });
});

describe('rooms', () => {
  it('are one for each place that the architecture has', () => {
    for (const place of [0, 1, 2, 4, 5, 6, 12, 13, 14, 3, 11]) expect(roomOf(place)).toBeDefined();
    expect(ROOMS.length).toBe(10);
  });

  it('hold the software whose console said that it starts', () => {
    const phase = (component: 'BL31' | 'U-Boot' | 'RMM') => ({
      console: 'uart0',
      time: 0,
      phase: {
        kind: 'phase',
        component,
        mark: 'start',
        label: '',
        source: '',
        offset: 0,
        line: '',
      } as const,
    });
    const homes = softwareOf([phase('BL31'), phase('RMM'), phase('U-Boot')], 1 << 6);
    expect([...homes].map(([room, name]) => `${room.name} ${name}`)).toEqual([
      'EL3 BL31',
      'R-EL2 RMM',
      'NS-EL2 U-Boot',
    ]);
  });
});

describe('programs by their first instruction', () => {
  const start: TraceEvent = {
    kind: 'image',
    ...{ cpu: 0, time: 3n, from: el3, to: ns2, image: 1 },
    ...{ pc: 0x60000000n, base: 0x60000000n, size: 0x1000n, x0: 0n, x1: 0n },
  };

  it('are in the room that they started in', () => {
    const stores = new EventStores();
    stores.imageNames = ['BL31', 'BL33'];
    stores.append(0, encodeEvents([crossing(0, 1n, ns2, el3), start]));
    const starts = programStarts(stores.cpus);
    expect(starts.map(({ name }) => name)).toEqual(['BL33']);
    const homes = softwareOf([], 1 << 6, starts);
    expect([...homes].map(([room, name]) => `${room.name} ${name}`)).toEqual(['NS-EL2 BL33']);
  });
});
