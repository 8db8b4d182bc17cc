import { describe, expect, it } from 'vitest';
import { missingAbility, type Abilities } from './support.js';

const all: Abilities = {
  secureContext: true,
  crossOriginIsolated: true,
  sharedArrayBuffer: true,
  webAssembly: true,
  moduleWorkers: true,
  serviceWorker: true,
};

describe('missingAbility', () => {
  it('finds nothing missing in a current browser', () => {
    expect(missingAbility(all)).toBeUndefined();
  });

  it.each([
    ['sharedArrayBuffer', 'SharedArrayBuffer'],
    ['webAssembly', 'WebAssembly'],
    ['moduleWorkers', 'module workers'],
    ['secureContext', 'secure connection'],
    ['crossOriginIsolated', 'cross-origin isolated'],
  ] as const)('says which, why and what to do without %s', (ability, word) => {
    const failure = missingAbility({ ...all, [ability]: false });
    expect(failure?.what).toContain(word);
    expect(failure?.input).toBeTruthy();
    expect(failure?.remedy).toBeTruthy();
  });
});
