import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { takeTurn } from './turns.js';

let frames: (() => void)[] = [];

/** Draws a frame: what waited for it goes on. */
async function draw(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve));
  const due = frames;
  frames = [];
  for (const each of due) each();
  await new Promise((resolve) => setTimeout(resolve));
  await new Promise((resolve) => setTimeout(resolve));
}

beforeEach(() => {
  vi.stubGlobal('document', { visibilityState: 'visible' });
  vi.stubGlobal('requestAnimationFrame', (run: () => void) => frames.push(run));
  vi.stubGlobal('cancelAnimationFrame', () => undefined);
});
afterEach(async () => {
  while (frames.length > 0) await draw();
  vi.unstubAllGlobals();
});

describe('turns', () => {
  it('do what comes alone at once, and one piece a frame when several come', async () => {
    const done: string[] = [];
    takeTurn(() => void done.push('first'));
    takeTurn(() => void done.push('second'));
    takeTurn(() => void done.push('third'));
    expect(done).toEqual(['first']);
    await draw();
    expect(done).toEqual(['first', 'second']);
    await draw();
    expect(done).toEqual(['first', 'second', 'third']);
    await draw();
    takeTurn(() => void done.push('later'));
    expect(done.at(-1)).toBe('later');
  });

  it('go on after work that never tells its end', async () => {
    const done: string[] = [];
    takeTurn(() => new Promise<void>(() => undefined));
    takeTurn(() => void done.push('next'));
    await draw();
    expect(done).toEqual([]);
    await vi.waitFor(() => expect(frames).toHaveLength(1));
    await draw();
    expect(done).toEqual(['next']);
  });

  it('wait for work of several tasks, and go on after work that fails', async () => {
    const reported = vi.fn();
    vi.stubGlobal('reportError', reported);
    const done: string[] = [];
    let finish = (): void => undefined;
    takeTurn(() => new Promise<void>((resolve) => (finish = resolve)));
    takeTurn(() => {
      throw new Error('broken');
    });
    takeTurn(() => void done.push('last'));
    await draw();
    expect(frames).toEqual([]);
    finish();
    await new Promise((resolve) => setTimeout(resolve));
    await draw();
    await draw();
    expect(reported).toHaveBeenCalledOnce();
    expect(done).toEqual(['last']);
  });
});
