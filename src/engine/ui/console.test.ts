import { describe, expect, it } from 'vitest';
import { CHANNEL_BYTES, CHANNEL_LOSSY } from '../common/console.js';
import { Ring } from '../common/ring.js';
import { Console } from './console.js';

/** A channel as QEMU's side would lay it out, and that side's ends of it. */
function channel(
  flags = CHANNEL_LOSSY,
  inSize = 64,
): {
  memory: SharedArrayBuffer;
  address: number;
  wake: number;
  out: Ring;
  in: Ring;
  word(at: number): number;
} {
  const memory = new SharedArrayBuffer(4096);
  const address = 64;
  new Uint32Array(memory, address, 2).set([1, flags]);
  const out = Ring.create(memory, address + 16, 1024, 1024, 12);
  const input = Ring.create(memory, address + 40, inSize, 2048, 16);
  expect(address + CHANNEL_BYTES).toBeLessThanOrEqual(1024);
  return {
    memory,
    address,
    wake: 8,
    out,
    in: input,
    word: (at) => Atomics.load(new Int32Array(memory, at, 1), 0),
  };
}

/** What QEMU's side does after it has written. */
function print(ring: Ring, text: string): void {
  ring.write(new TextEncoder().encode(text));
  const { words, index } = ring.headWord;
  Atomics.notify(words, index);
}

function output(console: Console, until: string): Promise<void> {
  return new Promise((resolve) => {
    const check = (): void => {
      if (!console.log.text().includes(until)) return;
      stop();
      resolve();
    };
    const stop = console.onOutput(check);
    check();
  });
}

describe('Console', () => {
  it('reads what the guest prints, before and after it was opened', async () => {
    const side = channel();
    print(side.out, 'before ');
    const console = new Console('host');
    console.attach(side.memory, side.address, side.wake);
    await output(console, 'before');
    print(side.out, 'after');
    await output(console, 'before after');
    console.detach();
  });

  it('sends what was typed before the machine ran, Enter as carriage return, and wakes QEMU', () => {
    const side = channel();
    const console = new Console('host');
    console.type('help\n');
    console.attach(side.memory, side.address, side.wake);
    expect(new TextDecoder().decode(side.in.read())).toBe('help\r');
    expect(side.word(16)).toBe(1);
    expect(side.word(side.wake)).toBeGreaterThan(0);
    console.detach();
  });

  it('keeps what does not fit until the guest reads', async () => {
    const side = channel(CHANNEL_LOSSY, 4);
    const console = new Console('host');
    console.attach(side.memory, side.address, side.wake);
    console.type('0123456789');
    let seen = '';
    await expect.poll(() => (seen += new TextDecoder().decode(side.in.read()))).toBe('0123456789');
    console.detach();
  });

  it('replays a flood in pieces, so that others get their turn', async () => {
    const side = channel();
    const console = new Console('host');
    const lengths: number[] = [];
    console.onOutput(() => lengths.push(console.log.length));
    const flood = new TextEncoder().encode('0123456789abcde\n'.repeat(1000));
    await console.replay(flood);
    expect(console.log.length).toBe(flood.length);
    expect(Math.max(...lengths.map((each, at) => each - (lengths[at - 1] ?? 0)))).toBe(4096);
    print(side.out, 'afterwards');
    console.attach(side.memory, side.address, side.wake);
    await output(console, 'afterwards');
    expect(console.log.text()).toBe(`${'0123456789abcde\n'.repeat(1000)}afterwards`);
    console.detach();
  });

  it('tells a channel that waits for room that it has read', async () => {
    const side = channel(0);
    const console = new Console('monitor');
    print(side.out, '(qemu) ');
    console.attach(side.memory, side.address, side.wake);
    await output(console, '(qemu)');
    expect(side.word(12)).toBe(1);
    console.detach();
  });

  it('takes the last words when the machine ends, and no more after that', () => {
    const side = channel();
    const console = new Console('host');
    console.attach(side.memory, side.address, side.wake);
    side.out.write(new TextEncoder().encode('Power down'));
    console.detach();
    expect(console.log.text()).toBe('Power down');
    side.out.write(new TextEncoder().encode('ghost'));
    expect(console.log.text()).toBe('Power down');
    expect(console.attached).toBe(false);
  });
});
