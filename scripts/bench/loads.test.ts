import { expect, it } from 'vitest';
import { endOfMatch } from '../../src/machine/steps';
import { loadSeconds, loadSteps, shellLoads } from './loads';

it.each(shellLoads)('the marks of $name are not in the line that is typed', (load) => {
  const [typed, ...marks] = loadSteps(load, 'uart0');
  for (const { expect: mark } of marks.slice(0, 2)) {
    expect(mark).toBeDefined();
    expect(endOfMatch(mark ?? '', typed?.send ?? '')).toBeUndefined();
  }
});

it('times a load from its first mark to its result', () => {
  expect(loadSeconds([1, 2, 5.5, 6])).toBe(3.5);
});
