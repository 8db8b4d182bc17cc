import { describe, expect, it } from 'vitest';
import { KIND } from '../../inspect/events/layout.js';
import { choiceInWords, ENDS, EVERYTHING, filterOf, RECORDED_KINDS } from './recording-choice.js';

describe('what is recorded', () => {
  it('is everything to begin with, and nothing is said of that', () => {
    const filter = filterOf(EVERYTHING);
    expect(filter.kinds).toBeUndefined();
    expect(filter.pairs).toBeUndefined();
    expect(choiceInWords(EVERYTHING)).toBe('');
  });

  it('leaves out kinds by name, and no kind is forgotten', () => {
    const { kinds } = filterOf({ ...EVERYTHING, without: ['Interrupts'] });
    expect(kinds).not.toContain(KIND.interrupt);
    expect(kinds).toContain(KIND.exception);
    // Summaries and dropped records say what was left out: QEMU always writes them.
    const all = RECORDED_KINDS.flatMap((each) => each.kinds);
    const wanted = Object.values(KIND).filter(
      (kind) => kind !== KIND.summary && kind !== KIND.dropped,
    );
    expect(all.toSorted((a, b) => a - b)).toEqual(wanted.toSorted((a, b) => a - b));
  });

  it('is one way between two levels, or both', () => {
    const choice = { ...EVERYTHING, from: 'NS-EL1', to: 'NS-EL2', back: false };
    expect(filterOf(choice).pairs).toEqual([[5, 6]]);
    expect(filterOf({ ...choice, back: true }).pairs).toEqual([
      [5, 6],
      [6, 5],
    ]);
    expect(choiceInWords(choice)).toBe('from NS-EL1 to NS-EL2 only');
  });

  it('is of a level in every world', () => {
    const { pairs } = filterOf({ ...EVERYTHING, from: 'EL2', to: 'EL3', back: false });
    expect(pairs).toHaveLength(6);
    // Realm EL2 to EL3 with RME, and Secure EL2 to EL3 without.
    expect(pairs).toContainEqual([14, 11]);
    expect(pairs).toContainEqual([2, 3]);
    for (const { places } of ENDS)
      for (const place of places) expect([8, 9, 10]).not.toContain(place);
  });

  it('is at a rate', () => {
    const choice = { ...EVERYTHING, burst: 2, windowMs: 10 };
    expect(filterOf(choice)).toMatchObject({ burst: 2, windowMicroseconds: 10_000 });
    expect(choiceInWords(choice)).toBe('2 alike in 10 ms');
  });
});
