import { expect, it } from 'vitest';
import { fullBuildSeconds } from './build-log';

const log = (state: string) =>
  JSON.stringify({ seconds: 800, steps: [{ name: 'engine', state, seconds: 723.8 }] });
const lines = (...parts: string[]) => parts.map((part) => `engine, ${part}\n`).join('noise\n');
const compiled = lines('system libraries: 1.5 s', 'glib, zlib, libfdt: 2.5 s', 'QEMU: 331.0 s');

it('takes the time of an engine that was compiled as a whole', () => {
  expect(fullBuildSeconds(log('done'), compiled)).toBe(723.8);
});

it('takes no time of an engine that was cached, failed, or partly in the cache', () => {
  expect(fullBuildSeconds(log('cached'), compiled)).toBeUndefined();
  expect(fullBuildSeconds(log('failed'), compiled)).toBeUndefined();
  expect(fullBuildSeconds(JSON.stringify({ seconds: 1, steps: [] }), compiled)).toBeUndefined();
  const partly = lines('system libraries: in the cache', 'glib, zlib, libfdt: 2 s', 'QEMU: 9.0 s');
  expect(fullBuildSeconds(log('done'), partly)).toBeUndefined();
  expect(fullBuildSeconds(log('done'), '')).toBeUndefined();
});
