import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SECURITY_STATES, type Place } from '../security';
import { anyU64 } from '../testing';
import { decodePlace, decodeRecords } from './decode';
import { eventLabel, eventSentence } from './describe';
import { encodeEvent, encodeEvents, encodePlace } from './encode';
import type { TraceEvent } from './event';
import {
  GRANULE_CAUSES,
  INTERRUPTS,
  KIND,
  RECORD_SIZE,
  RESETS,
  UNKNOWN_INTID,
  WAITS,
} from './layout';

const place: fc.Arbitrary<Place> = fc.record({
  el: fc.constantFrom(0 as const, 1 as const, 2 as const, 3 as const),
  state: fc.constantFrom(...SECURITY_STATES),
  aarch32: fc.boolean(),
});

const u64 = anyU64;
const u16 = fc.nat(0xffff);
const nibble = fc.nat(15);

const common = fc.record({ cpu: u16, time: u64, icount: u64 }, { requiredKeys: ['cpu', 'time'] });

/** An event of one kind: the common part and its own. */
function kind<T extends object>(own: fc.Arbitrary<T>): fc.Arbitrary<TraceEvent> {
  return fc.tuple(common, own).map(([c, o]) => ({ ...c, ...o }) as unknown as TraceEvent);
}

const k = <K extends string>(name: K) => fc.constant(name);

const exceptionBase = {
  kind: k('exception'),
  from: place,
  to: place,
  esr: u64,
  elr: u64,
  spsr: u64,
  vector: u64,
  vectorOffset: u16,
};

const anyEvent: fc.Arbitrary<TraceEvent> = fc.oneof(
  kind(fc.record({ ...exceptionBase, far: u64 })),
  kind(fc.record({ ...exceptionBase, args: fc.array(u64, { minLength: 8, maxLength: 8 }) })),
  kind(
    fc.record({
      kind: k('return'),
      from: place,
      to: place,
      elr: u64,
      spsr: u64,
      x0: u64,
      x1: u64,
      pc: u64,
    }),
  ),
  kind(
    fc.record({ kind: k('world-switch'), from: place, to: place, scr: u64, oldScr: u64, pc: u64 }),
  ),
  kind(
    fc.record(
      {
        kind: k('gpf'),
        from: place,
        pa: u64,
        space: fc.constantFrom(...SECURITY_STATES),
        va: u64,
        pc: u64,
        esr: u64,
        entry: u64,
        gpcsc: fc.nat(63),
        write: fc.boolean(),
        fetch: fc.boolean(),
        onWalk: fc.boolean(),
      },
      {
        requiredKeys: [
          'kind',
          'from',
          'pa',
          'space',
          'pc',
          'esr',
          'gpcsc',
          'write',
          'fetch',
          'onWalk',
        ],
      },
    ),
  ),
  kind(
    fc.record({
      kind: k('granule'),
      from: place,
      base: u64,
      size: u64,
      entry: u64,
      gpi: nibble,
      cause: fc.constantFrom(...GRANULE_CAUSES),
      pc: u64,
    }),
  ),
  kind(
    fc.record({
      kind: k('granule'),
      from: place,
      base: u64,
      size: u64,
      entry: u64,
      oldEntry: u64,
      gpi: nibble,
      oldGpi: nibble,
      cause: fc.constantFrom(...GRANULE_CAUSES),
      pc: u64,
    }),
  ),
  kind(
    fc.record({
      kind: k('mmu'),
      from: place,
      enabled: fc.boolean(),
      sctlr: u64,
      oldSctlr: u64,
      ttbr0: u64,
      tcr: u64,
      pc: u64,
    }),
  ),
  kind(
    fc.record({
      kind: k('image'),
      from: place,
      to: place,
      image: u16,
      pc: u64,
      base: u64,
      size: u64,
      x0: u64,
      x1: u64,
    }),
  ),
  kind(
    fc.record(
      {
        kind: k('interrupt'),
        from: place,
        to: place,
        interrupt: fc.constantFrom(...INTERRUPTS),
        intid: u64.filter((v) => v !== UNKNOWN_INTID),
        elr: u64,
        spsr: u64,
        vector: u64,
      },
      { requiredKeys: ['kind', 'from', 'to', 'interrupt', 'elr', 'spsr', 'vector'] },
    ),
  ),
  kind(fc.record({ kind: k('wait'), from: place, wait: fc.constantFrom(...WAITS), pc: u64 })),
  kind(
    fc.record(
      {
        kind: k('psci'),
        from: place,
        args: fc.array(u64, { minLength: 4, maxLength: 4 }),
        result: u64,
      },
      { requiredKeys: ['kind', 'from', 'args'] },
    ),
  ),
  kind(fc.record({ kind: k('reset'), to: place, reset: fc.constantFrom(...RESETS), pc: u64 })),
  kind(
    fc.record({
      kind: k('summary'),
      from: place,
      to: place,
      of: fc.constantFrom('exception', 'return', 'interrupt', 'wait'),
      count: u64,
      since: u64,
      key: u64,
      pc: u64,
    }),
  ),
  kind(fc.record({ kind: k('dropped'), lost: u64, total: u64 })),
);

describe('the trace record', () => {
  it('is the bytes that layout.ts describes', () => {
    const bytes = encodeEvent({
      kind: 'exception',
      cpu: 0x0102,
      time: 0x1122334455667788n,
      icount: 9n,
      from: { el: 2, state: 'Non-secure', aarch32: false },
      to: { el: 3, state: 'Root', aarch32: false },
      esr: 0x5e000000n,
      elr: 0x60000010n,
      vector: 0xe0a0400n,
      vectorOffset: 0x400,
      spsr: 0x3c9n,
      args: [0xc4000151n, 0x80000000n, 2n, 3n, 4n, 5n, 6n, 7n],
    });
    expect(bytes).toHaveLength(128);
    expect([...bytes.subarray(0, 16)]).toEqual([
      1, 3, 0x86, 0x8b, 2, 1, 0, 4, 0x88, 0x77, 0x66, 0x55, 0x44, 0x33, 0x22, 0x11,
    ]);
    const view = new DataView(bytes.buffer);
    expect(view.getBigUint64(24, true)).toBe(0x5e000000n);
    expect(view.getBigUint64(32, true)).toBe(0xc4000151n);
    expect(view.getUint8(64)).toBe(KIND.arguments);
    expect(view.getBigUint64(72, true)).toBe(0x80000000n);
    expect(view.getBigUint64(120, true)).toBe(7n);
  });

  it('goes there and back, any events in any order', () => {
    fc.assert(
      fc.property(fc.array(anyEvent, { maxLength: 12 }), (events) => {
        const bytes = encodeEvents(events);
        const decoded = decodeRecords(bytes, { final: true });
        expect(decoded.errors).toEqual([]);
        expect(decoded.events).toEqual(events);
        expect(decoded.consumed).toBe(bytes.length);
      }),
      { numRuns: 400 },
    );
  });

  it('is read the same in pieces, the rest carried over', () => {
    fc.assert(
      fc.property(
        fc.array(anyEvent, { maxLength: 8 }),
        fc.array(fc.nat(300), { maxLength: 10 }),
        (events, cuts) => {
          const bytes = encodeEvents(events);
          const got: TraceEvent[] = [];
          let start = 0;
          let end = 0;
          for (const cut of [...cuts, bytes.length]) {
            end = Math.min(bytes.length, end + cut);
            const { events: some, consumed } = decodeRecords(bytes.subarray(start, end));
            got.push(...some);
            start += consumed;
          }
          expect(got).toEqual(events);
        },
      ),
      { numRuns: 200 },
    );
  });

  it('cut at every offset gives whole events and one named error', () => {
    fc.assert(
      fc.property(anyEvent, anyEvent, (one, two) => {
        const bytes = encodeEvents([one, two]);
        for (let n = 0; n < bytes.length; n++) {
          const { events, errors } = decodeRecords(bytes.subarray(0, n), { final: true });
          expect(events.length).toBeLessThanOrEqual(2);
          expect(errors.map((e) => e.name)).toEqual(
            n % RECORD_SIZE === 0 ? [] : ['truncated-record'],
          );
        }
      }),
      { numRuns: 20 },
    );
  });

  it('damaged anywhere gives events or named errors, never an exception', () => {
    const noise = fc.uint8Array({ minLength: 0, maxLength: 400 });
    fc.assert(
      fc.property(noise, fc.boolean(), (bytes, final) => {
        const { events, errors, consumed } = decodeRecords(bytes, { final });
        expect(consumed).toBeLessThanOrEqual(bytes.length);
        for (const e of errors) expect(e.offset).toBeDefined();
        for (const e of events) expect(eventSentence(e)).not.toBe('');
      }),
      { numRuns: 1000 },
    );
  });

  it('of a kind that is not known is named with its offset, and the next is read', () => {
    const good = encodeEvent({ kind: 'dropped', cpu: 0, time: 1n, lost: 2n, total: 3n });
    const bytes = new Uint8Array(192);
    bytes[0] = 99;
    bytes[64] = KIND.arguments;
    bytes.set(good, 128);
    const { events, errors } = decodeRecords(bytes);
    expect(errors.map((e) => [e.name, e.offset])).toEqual([
      ['unknown-kind', 0n],
      ['bad-field', 64n],
    ]);
    expect(events).toHaveLength(1);
  });

  it('of a call without its arguments keeps x0', () => {
    const call = encodeEvents([
      {
        kind: 'exception',
        cpu: 0,
        time: 0n,
        from: { el: 1, state: 'Non-secure', aarch32: false },
        to: { el: 3, state: 'Root', aarch32: false },
        esr: 0x5e000000n,
        elr: 0n,
        vector: 0n,
        vectorOffset: 0x400,
        spsr: 0n,
        args: [0x84000000n, 1n, 2n, 3n, 4n, 5n, 6n, 7n],
      },
    ]);
    expect(decodeRecords(call.subarray(0, 64)).consumed).toBe(0);
    expect(decodeRecords(call.subarray(0, 64), { final: true }).events[0]).toMatchObject({
      args: [0x84000000n],
    });
  });
});

describe('places', () => {
  it('go there and back, and reserved bytes are refused', () => {
    fc.assert(
      fc.property(place, (p) => {
        expect(decodePlace(encodePlace(p))).toEqual(p);
      }),
    );
    expect(decodePlace(0x0f)).toBeUndefined();
    expect(decodePlace(0xe0)).toBeUndefined();
  });
});

describe('labels and sentences', () => {
  it('are there for every event', () => {
    fc.assert(
      fc.property(anyEvent, (event) => {
        expect(eventLabel(event)).not.toMatch(/undefined|NaN|^$/);
        expect(eventSentence(event)).not.toMatch(/undefined|NaN|^$/);
      }),
      { numRuns: 500 },
    );
  });

  it('name the call on the edge', () => {
    const smc: TraceEvent = {
      kind: 'exception',
      cpu: 0,
      time: 0n,
      from: { el: 2, state: 'Non-secure', aarch32: false },
      to: { el: 3, state: 'Root', aarch32: false },
      esr: 0x5e000000n,
      elr: 0x60000010n,
      vector: 0x400n,
      vectorOffset: 0x400,
      spsr: 0n,
      args: [0xc4000151n, 0x80000000n],
    };
    expect(eventLabel(smc)).toBe('SMC RMI_GRANULE_DELEGATE');
    expect(eventSentence(smc)).toBe(
      'NS-EL2 to EL3, SMC: 0x0: RMI_GRANULE_DELEGATE(addr=0x80000000); returns to 0x60000010 through vector 0x400 (lower level using AArch64)',
    );
  });
});
