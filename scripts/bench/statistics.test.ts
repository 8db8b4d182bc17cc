import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { median, percentile, ratio } from './statistics';

const values = fc.array(fc.double({ noNaN: true, min: -1e6, max: 1e6 }), { minLength: 1 });

describe('median', () => {
  it('is the middle value, or between the two middle ones', () => {
    expect(median([3, 1, 2])).toBe(2);
    expect(median([10, 1, 4, 2])).toBe(3);
    expect(median([])).toBeUndefined();
  });

  it('has as many values below as above, and leaves the values as they were', () => {
    fc.assert(
      fc.property(values, (all) => {
        const before = [...all];
        const middle = median(all) ?? NaN;
        expect(all).toEqual(before);
        expect(all.filter((value) => value < middle).length * 2).toBeLessThanOrEqual(all.length);
        expect(all.filter((value) => value > middle).length * 2).toBeLessThanOrEqual(all.length);
      }),
    );
  });
});

describe('percentile', () => {
  it('is a value that was measured, by nearest rank', () => {
    const hundred = Array.from({ length: 100 }, (_, index) => 100 - index);
    expect(percentile(hundred, 50)).toBe(50);
    expect(percentile(hundred, 95)).toBe(95);
    expect(percentile([5], 95)).toBe(5);
    expect(percentile([1, 2], 95)).toBe(2);
    expect(percentile([], 50)).toBeUndefined();
  });

  it('is not exceeded by at least that many of the values', () => {
    fc.assert(
      fc.property(values, fc.integer({ min: 1, max: 100 }), (all, percent) => {
        const limit = percentile(all, percent) ?? NaN;
        expect(all).toContain(limit);
        const within = all.filter((value) => value <= limit).length;
        expect(within * 100).toBeGreaterThanOrEqual(percent * all.length);
      }),
    );
  });
});

it('takes the ratio of medians, when there are both', () => {
  expect(ratio([1, 2, 30], [4, 100, 3])).toBe(2);
  expect(ratio([], [1])).toBeUndefined();
  expect(ratio([1], [])).toBeUndefined();
  expect(ratio([0], [1])).toBeUndefined();
});
