import { expect, it } from 'vitest';
import { pssMiB } from './tab-memory';

it('reads the proportional set size, not those of its parts', () => {
  const rollup = 'Rss:  8192 kB\nPss:                2048 kB\nPss_Dirty:  1024 kB\nSwapPss: 1 kB\n';
  expect(pssMiB(rollup)).toBe(2);
  expect(() => pssMiB('Rss: 1 kB\n')).toThrow('Pss');
});
