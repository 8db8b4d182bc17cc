import { describe, expect, it } from 'vitest';
import { seekIsolation, type IsolationSurroundings } from './isolation.js';

function surroundings(changes: {
  isolated?: boolean;
  refuses?: boolean;
  without?: boolean;
  silent?: boolean;
  fails?: boolean;
}): IsolationSurroundings & { reloads: number } {
  const marks = new Map<string, string>();
  const worker = Object.assign(new EventTarget(), {
    state: changes.fails ? 'redundant' : 'activated',
  });
  const container = {
    register: () => {
      if (changes.refuses) return Promise.reject(new Error('refused'));
      return Promise.resolve(changes.silent ? undefined : { installing: worker });
    },
  } as unknown as ServiceWorkerContainer;
  const result = {
    reloads: 0,
    isolated: changes.isolated ?? false,
    serviceWorker: changes.without ? undefined : container,
    session: {
      getItem: (key: string) => marks.get(key) ?? null,
      setItem: (key: string, value: string) => void marks.set(key, value),
      removeItem: (key: string) => void marks.delete(key),
    },
    reload: () => {
      result.reloads++;
    },
  };
  return result;
}

describe('seekIsolation', () => {
  it('leaves a page alone that is isolated by its host’s headers', async () => {
    const around = surroundings({ isolated: true });
    expect(await seekIsolation('sw.js', around)).toBe('isolated');
    expect(around.reloads).toBe(0);
  });

  it('reloads once, and never again when that did not help', async () => {
    const around = surroundings({});
    expect(await seekIsolation('sw.js', around)).toBe('reloading');
    expect(await seekIsolation('sw.js', around)).toBe('impossible');
    expect(around.reloads).toBe(1);
  });

  it('may reload again in a tab where it has helped before', async () => {
    const around = surroundings({});
    await seekIsolation('sw.js', around);
    await seekIsolation('sw.js', { ...around, isolated: true });
    expect(await seekIsolation('sw.js', around)).toBe('reloading');
  });

  it.each([{ refuses: true }, { without: true }, { silent: true }, { fails: true }])(
    'gives up without a reload: %o',
    async (how) => {
      const around = surroundings(how);
      expect(await seekIsolation('sw.js', around)).toBe('impossible');
      expect(around.reloads).toBe(0);
    },
  );
});
