import { describe, expect, it } from 'vitest';
import { checkSteps, runSteps, type Step } from './steps';

const never = new AbortController().signal;

function step(
  name: string,
  needs: string[] = [],
  run: Step['run'] = () => Promise.resolve(),
): Step {
  return { name, needs, run };
}

/** A promise that the test settles itself. */
function gate() {
  let open = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open };
}

it('refuses unknown needs, circles and doubled names by name', () => {
  expect(() => checkSteps([step('a', ['b'])])).toThrow('Step a needs b');
  expect(() => checkSteps([step('a', ['b']), step('b', ['a']), step('c')])).toThrow(
    'need each other: a, b',
  );
  expect(() => checkSteps([step('a'), step('a')])).toThrow('same name');
});

describe('running steps', () => {
  it('runs each after what it needs', async () => {
    const order: string[] = [];
    const record = (name: string) => () => {
      order.push(name);
      return Promise.resolve();
    };
    const steps = [
      step('last', ['left', 'right'], record('last')),
      step('left', ['first'], record('left')),
      step('right', ['first'], record('right')),
      step('first', [], record('first')),
    ];
    const results = await runSteps(steps, { heavyAtOnce: 1, signal: never });
    expect(order).toEqual(['first', 'left', 'right', 'last']);
    expect(results.map(({ name }) => name)).toEqual(['last', 'left', 'right', 'first']);
  });

  it('runs only so many heavy steps at once, and light ones beside them', async () => {
    const gates = new Map(['a', 'b', 'c', 'light'].map((name) => [name, gate()]));
    const started: string[] = [];
    const steps = [...gates].map(([name, { opened }]) => ({
      ...step(name, [], () => opened),
      heavy: name !== 'light',
    }));
    const ended = gate();
    const done = runSteps(steps, {
      heavyAtOnce: 2,
      signal: never,
      started: ({ name }) => started.push(name),
      ended: () => ended.open(),
    });
    expect(started).toEqual(['a', 'b', 'light']);
    gates.get('a')?.open();
    await ended.opened;
    for (const { open } of gates.values()) open();
    await done;
    expect(started).toEqual(['a', 'b', 'light', 'c']);
  });

  it('skips what needs a failed step, by name, and does the rest', async () => {
    const steps = [
      step('bad', [], () => Promise.reject(new Error('disk full'))),
      step('needs bad', ['bad']),
      step('needs that', ['needs bad']),
      step('good'),
    ];
    const results = await runSteps(steps, { heavyAtOnce: 1, signal: never });
    expect(results.map(({ state }) => state)).toEqual(['failed', 'skipped', 'skipped', 'done']);
    expect(results[2]?.error?.message).toContain('disk full');
  });

  it('says which steps were in the cache', async () => {
    const cached = step('a', [], ({ wasCached }) => {
      wasCached();
      return Promise.resolve();
    });
    const [result] = await runSteps([cached], { heavyAtOnce: 1, signal: never });
    expect(result?.state).toBe('cached');
  });

  it('starts nothing more after an abort', async () => {
    const stop = new AbortController();
    let later = false;
    const steps = [
      step('first', [], () => {
        stop.abort(new Error('stopped'));
        return Promise.resolve();
      }),
      step('second', ['first'], () => {
        later = true;
        return Promise.resolve();
      }),
    ];
    const running = runSteps(steps, { heavyAtOnce: 1, signal: stop.signal });
    await expect(running).rejects.toThrow('stopped');
    expect(later).toBe(false);
  });
});
