import { expect, it } from 'vitest';
import { buildSeconds } from './build-log';

const log = (state: string) =>
  JSON.stringify({ seconds: 800, steps: [{ name: 'engine', state, seconds: 723.8 }] });
const lines = (...parts: string[]) => parts.map((part) => `engine, ${part}\n`).join('noise\n');
const compiled = lines('system libraries: 1.5 s', 'glib, zlib, libfdt: 2.5 s', 'QEMU: 331.0 s');

it('takes the time of an engine that was compiled as a whole', () => {
  expect(buildSeconds(log('done'), compiled, 'all')).toBe(723.8);
});

it('takes no time of an engine that was cached, failed, or partly in the cache', () => {
  expect(buildSeconds(log('cached'), compiled, 'all')).toBeUndefined();
  expect(buildSeconds(log('failed'), compiled, 'all')).toBeUndefined();
  expect(buildSeconds(JSON.stringify({ seconds: 1, steps: [] }), compiled, 'all')).toBeUndefined();
  const partly = lines('system libraries: in the cache', 'glib, zlib, libfdt: 2 s', 'QEMU: 9.0 s');
  expect(buildSeconds(log('done'), partly, 'all')).toBeUndefined();
  expect(buildSeconds(log('done'), '', 'all')).toBeUndefined();
});

it('tells a build of QEMU alone', () => {
  const alone = lines('system libraries: in the cache', 'QEMU: 62.5 s');
  expect(buildSeconds(log('done'), alone, 'QEMU alone')).toBe(723.8);
  expect(buildSeconds(log('done'), compiled, 'QEMU alone')).toBeUndefined();
  expect(buildSeconds(log('done'), alone, 'all')).toBeUndefined();
});
