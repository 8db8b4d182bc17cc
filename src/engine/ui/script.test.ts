import { describe, expect, it } from 'vitest';
import { Ring } from '../common/ring.js';
import { Console } from './console.js';
import { playSteps } from './script.js';

function guest(): { console: Console; print(text: string): void; typed(): string } {
  const memory = new SharedArrayBuffer(4096);
  const out = Ring.create(memory, 80, 1024, 1024);
  const input = Ring.create(memory, 104, 1024, 2048);
  const console = new Console('host');
  console.attach(memory, 64, 0);
  return {
    console,
    print: (text) => {
      out.write(new TextEncoder().encode(text));
      const { words, index } = out.headWord;
      Atomics.notify(words, index);
    },
    typed: () => new TextDecoder().decode(input.read()),
  };
}

describe('playSteps', () => {
  it('types only after what it expects, and looks behind the last match', async () => {
    const { console, print, typed } = guest();
    const done = playSteps(
      [
        { console: 'host', expect: '=> ', send: 'version\n' },
        { console: 'host', expect: '=> ', send: 'reset\n' },
      ],
      new Map([['host', console]]),
      new AbortController().signal,
    );
    let all = '';
    print('U-Boot\r\n=> ');
    await expect.poll(() => (all += typed())).toBe('version\r');
    print('version\r\nU-Boot 2025.01\r\n=> ');
    await done;
    expect(typed()).toBe('reset\r');
    console.detach();
  });

  it('can be given up', async () => {
    const { console } = guest();
    const abort = new AbortController();
    const done = playSteps(
      [{ console: 'host', expect: 'never' }],
      new Map([['host', console]]),
      abort.signal,
    );
    abort.abort(new Error('over'));
    await expect(done).rejects.toThrow('over');
    console.detach();
  });

  it('says which console a step names that is not there', async () => {
    const steps = [{ console: 'realm', expect: 'x' }];
    await expect(playSteps(steps, new Map(), new AbortController().signal)).rejects.toThrow(
      'realm',
    );
  });
});
