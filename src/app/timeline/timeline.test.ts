import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeEvents } from '../../inspect/events/encode.js';
import type { TraceEvent } from '../../inspect/events/event.js';
import { KIND } from '../../inspect/events/layout.js';
import { EventStore, EventStores } from '../../inspect/events/store.js';
import type { Place } from '../../inspect/security.js';
import { programBands } from './bands.js';
import { columns, runsOf } from './columns.js';
import { draw, rowsOf } from './draw.js';
import { lanesOf } from './lanes.js';
import { svgSurface } from './surface.js';
import { endAt, pan, SHORTEST_NS, ticks, timeText, zoom } from './view.js';

const whole = { start: 0, end: 1e9 };
const el1: Place = { el: 1, state: 'Non-secure', aarch32: false };
const el0: Place = { el: 0, state: 'Non-secure', aarch32: false };
const el3: Place = { el: 3, state: 'Root', aarch32: false };

function move(time: number, from: Place, to: Place): TraceEvent {
  const base = { cpu: 0, time: BigInt(time), from, to, elr: 0n, spsr: 0n };
  return from.el < to.el
    ? { ...base, kind: 'exception', esr: 0n, far: 0n, vector: 0n, vectorOffset: 0 }
    : { ...base, kind: 'return', x0: 0n, x1: 0n, pc: 0n };
}

describe('view', () => {
  it('zooms about the point under the pointer', () => {
    const next = zoom({ start: 0, end: 1000 }, 0.5, 0.25, whole);
    expect(next).toEqual({ start: 125, end: 625 });
  });

  it('stops at single instructions and at the whole recording', () => {
    const close = zoom({ start: 0, end: 150 }, 0.01, 0.5, whole);
    expect(close.end - close.start).toBeCloseTo(SHORTEST_NS);
    const far = zoom(whole, 1000, 0.5, whole);
    expect(far.end - far.start).toBeCloseTo(1.05e9);
  });

  it('cannot be moved away from the recording', () => {
    const far = pan({ start: 0, end: 100 }, 1e9, whole);
    expect(far.start).toBeLessThan(whole.end);
    expect(endAt({ start: 5, end: 15 }, 100)).toEqual({ start: 90, end: 100 });
  });

  it('labels round times', () => {
    expect(ticks({ start: 0, end: 1e9 }, 5)).toEqual([0, 2e8, 4e8, 6e8, 8e8, 1e9]);
    expect(timeText(2e8, 2e8)).toBe('200 ms');
    expect(timeText(1500, 500)).toBe('1.5 µs');
  });
});

describe('columns', () => {
  /** Drawn event by event, with nothing taken whole. */
  function slowly(events: TraceEvent[], start: number, end: number, width: number): number[] {
    const bit = (place: Place) => 1 << (place.state === 'Root' ? 11 : 4 + place.el);
    const masks = new Array<number>(width).fill(0);
    let at: Place | undefined;
    const moves = events as (TraceEvent & { from: Place; to: Place })[];
    const per = (end - start) / width;
    let i = 0;
    while (i < moves.length && Number(moves[i]?.time) < start) at = moves[i++]?.to;
    for (let x = 0; x < width; x++) {
      let mask = at === undefined ? 0 : bit(at);
      for (let next = moves[i]; next !== undefined; next = moves[++i]) {
        if (Number(next.time) >= start + per * (x + 1)) break;
        mask |= bit(next.from) | bit(next.to);
        at = next.to;
      }
      masks[x] = mask;
    }
    return masks;
  }

  it('shows the same whether spans are taken whole or not', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1, maxLength: 1500 }),
        fc.integer({ min: 1, max: 40 }),
        fc.double({ min: 0, max: 0.9, noNaN: true }),
        (gaps, width, share) => {
          let time = 0;
          const path = [el0, el1, el3, el1];
          const events = gaps.map((gap, i) =>
            move((time += gap), path[i % 4] ?? el0, path[(i + 1) % 4] ?? el0),
          );
          const store = new EventStore(0);
          store.append(encodeEvents(events));
          const view = { start: Math.floor(time * share), end: time + 1 };
          const drawn = columns(store, view, width, time + 1);
          expect([...drawn.places]).toEqual(slowly(events, view.start, view.end, width));
        },
      ),
      { numRuns: 60 },
    );
  });

  it('shows nothing of a future that has not been', () => {
    const store = new EventStore(0);
    store.append(encodeEvents([move(10, el0, el1)]));
    const drawn = columns(store, { start: 0, end: 40 }, 4, 20);
    expect([...drawn.places]).toEqual([0, (1 << 4) | (1 << 5), 1 << 5, 0]);
    expect(drawn.kinds[1]).toBe(1 << KIND.exception);
  });

  it('gives runs of pixels', () => {
    expect([...runsOf(Uint16Array.of(1, 1, 0, 3, 2), 0)]).toEqual([
      [0, 2],
      [3, 4],
    ]);
  });
});

it('has a lane for each level and world in use, EL3 first', () => {
  const store = new EventStore(0);
  store.append(encodeEvents([move(1, el0, el1), move(2, el1, el3)]));
  expect(lanesOf([store]).map((lane) => lane.label)).toEqual(['EL3', 'NS-EL1', 'NS-EL0']);
});

it('has a band for each program from its first instruction to the next one’s', () => {
  const image = (time: bigint, number: number): TraceEvent => ({
    kind: 'image',
    ...{ cpu: 0, time, from: el3, to: el3, image: number },
    ...{ pc: 0n, base: 0n, size: 1n, x0: 0n, x1: 0n },
  });
  const stores = new EventStores();
  stores.imageNames = ['BL1', 'BL2'];
  stores.append(0, encodeEvents([image(5n, 0), move(7, el1, el3), image(20n, 1)]));
  expect(programBands(stores.cpus, 90)).toEqual([
    { label: 'BL1', start: 5, end: 20 },
    { label: 'BL2', start: 20, end: 90 },
  ]);
});

it('draws lanes of their own for each vCPU, and says whose they are', () => {
  const stores = new EventStores();
  stores.append(0, encodeEvents([move(10, el0, el1), move(20, el1, el3), move(30, el3, el1)]));
  stores.append(1, encodeEvents([{ ...move(15, el0, el1), cpu: 1 }]));
  const rows = rowsOf(stores.cpus, []);
  expect(rows.cpus.map(({ lanes }) => lanes.map(({ label }) => label))).toEqual([
    ['EL3', 'NS-EL1', 'NS-EL0'],
    ['NS-EL1', 'NS-EL0'],
  ]);
  const [first, second] = rows.cpus;
  expect(second?.top).toBeGreaterThan(first?.marks ?? Number.POSITIVE_INFINITY);
  const worlds = { Secure: '#1', 'Non-secure': '#2', Root: '#3', Realm: '#4' };
  const surface = svgSurface();
  const drawn = draw(surface, {
    ...{ stores: stores.cpus, phases: [], view: { start: 0, end: 40 }, now: 40, width: 500 },
    ...{ selection: undefined, kinds: 0xffff },
    colours: {
      ...{ text: '#5', quiet: '#6', border: '#7', sunken: '#8', danger: '#9', focus: '#a', worlds },
    },
  });
  expect(drawn).toBe(4);
  const svg = surface.finish(500, rows.height);
  for (const text of ['vCPU 0', 'vCPU 1', 'EL3']) expect(svg).toContain(`>${text}</text>`);
});
