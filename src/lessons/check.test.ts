import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { TraceEvent } from '../inspect/events/event';
import type { Place, SecurityState } from '../inspect/security';
import { eventMatches, isMet, type Check, type EventMatch, type Observed } from './check';

const place = (state: SecurityState, el: Place['el']): Place => ({ state, el, aarch32: false });
const host = place('Non-secure', 2);
const monitor = place('Root', 3);

/** An SMC of a function, as the engine records it. */
const smc: TraceEvent = {
  kind: 'exception',
  cpu: 0,
  time: 1n,
  from: host,
  to: monitor,
  esr: 0x5e00_0003n,
  elr: 0n,
  spsr: 0n,
  vector: 0n,
  vectorOffset: 0x400,
  args: [0xffff_ffff_c400_0151n],
};

/** Exceptions that were only counted. */
const counted: TraceEvent = {
  kind: 'summary',
  cpu: 0,
  time: 2n,
  from: place('Non-secure', 0),
  to: place('Non-secure', 1),
  of: 'exception',
  count: 20n,
  since: 1n,
  key: 0x15n,
  pc: 0n,
};

const seen = (events: TraceEvent[], text = ''): Observed => ({
  guest: 'rme',
  console: (id) => (id === 'uart0' ? text : undefined),
  registers: () => [
    (name) => ({ SCR_EL3: 0x4000_0000_0000_0001n, pc: 0x40n, PSTATE: 0x3c9n })[name],
    (name) => ({ pc: 0x80n })[name],
  ],
  owner: (address) => (address === 0x5f000000n ? 'Realm' : undefined),
  events: () => events,
});

describe('an event of a check', () => {
  it.each<[EventMatch, boolean]>([
    [{ what: 'exception' }, true],
    [{ what: 'exception', from: 'NS-EL2', to: 'EL3' }, true],
    [{ what: 'exception', from: 'EL3' }, false],
    [{ what: 'exception', class: 0x17, immediate: 3 }, true],
    [{ what: 'exception', class: 0x16 }, false],
    [{ what: 'exception', immediate: 4 }, false],
    [{ what: 'exception', function: 0xc4000151n }, true],
    [{ what: 'exception', function: 0xc4000152n }, false],
    [{ what: 'return' }, false],
  ])('is matched or not: case %#', (match, expected) =>
    expect(eventMatches(match, smc)).toBe(expected),
  );

  it('may be one that was only counted, as far as a count says', () => {
    expect(eventMatches({ what: 'exception', class: 0x15, from: 'NS-EL0' }, counted)).toBe(true);
    expect(eventMatches({ what: 'exception', class: 0x15, immediate: 0 }, counted)).toBe(false);
    expect(eventMatches({ what: 'exception', class: 0x17 }, counted)).toBe(false);
  });
});

describe('a check', () => {
  const name = (check: Check): string =>
    JSON.stringify(check, (_, value: unknown) =>
      typeof value === 'bigint' ? Number(value) : value,
    );
  const cases: [Check, boolean][] = [
    [{ kind: 'reached', place: 'EL3' }, true],
    [{ kind: 'reached', place: 'R-EL2' }, false],
    [{ kind: 'guest', guest: 'rme' }, true],
    [{ kind: 'guest', guest: 'el-walk' }, false],
    [{ kind: 'console', console: 'uart0', expression: 'Res: +0x0\\b' }, true],
    [{ kind: 'console', console: 'uart0', expression: 'Res: +0x01' }, false],
    [{ kind: 'register', register: 'pc', value: 0x80n }, true],
    [{ kind: 'register', register: 'pc', value: 0x81n }, false],
    [{ kind: 'register', register: 'SCR_EL3', field: 'NSE', value: 1n }, true],
    [{ kind: 'register', register: 'SCR_EL3', field: 'NSE', value: 0n }, false],
    [{ kind: 'register', register: 'SCR_EL3', field: 'NONE', value: 0n }, false],
    [{ kind: 'register', register: 'ELR_EL3', value: 0n }, false],
    [{ kind: 'console', console: 'uart9', expression: '.' }, false],
  ];
  it.each(cases.map(([check, met]) => [name(check), met, check] as const))(
    '%s is met: %s',
    (_, expected, check) => expect(isMet(check, seen([smc], 'Res:  0x0'))).toBe(expected),
  );

  it.each<[bigint, 'Realm' | 'Non-secure', boolean]>([
    [0x5f000000n, 'Realm', true],
    [0x5f000000n, 'Non-secure', false],
    // Nothing is known of it: that is no owner.
    [0x5f001000n, 'Non-secure', false],
  ])('of the owner of %s as %s is met: %s', (address, owner, expected) =>
    expect(isMet({ kind: 'owner', address, owner }, seen([]))).toBe(expected),
  );

  it('is not met by nothing', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 63 }), (ec) => {
        const match: EventMatch = { what: 'exception', class: ec };
        return !isMet({ kind: 'event', match }, seen([]));
      }),
    );
  });
});
