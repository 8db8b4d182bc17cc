import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Ring, RING_BYTES, RingError } from './ring.js';

/** A ring whose counters start at `count`, so that wrap-around at 2^32 can be met at once. */
function ringAt(size: number, count = 0): Ring {
  const buffer = new SharedArrayBuffer(64 + size);
  const ring = Ring.create(buffer, 8, size, 64, 4);
  new Uint32Array(buffer, 8, 2).fill(count);
  return ring;
}

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

describe('Ring', () => {
  it('gives back what was written, in order', () => {
    const ring = ringAt(8);
    expect(ring.write(bytesOf('boot'))).toBe(4);
    expect(ring.readable).toBe(4);
    expect([...ring.read()]).toEqual([...bytesOf('boot')]);
    expect(ring.readable).toBe(0);
  });

  it('takes only what fits, and can be filled to its last byte', () => {
    const ring = ringAt(8);
    expect(ring.write(bytesOf('0123456789'))).toBe(8);
    expect(ring.writable).toBe(0);
    expect(ring.write(bytesOf('x'))).toBe(0);
    expect(new TextDecoder().decode(ring.read())).toBe('01234567');
  });

  it('counts what a lossy producer drops', () => {
    const ring = ringAt(4);
    expect(ring.writeLossy(bytesOf('abcdef'))).toBe(4);
    expect(ring.dropped).toBe(2);
  });

  it('passes the wrap of its counters at 2^32', () => {
    const ring = ringAt(8, 0xffff_fffd);
    expect(ring.write(bytesOf('abcdef'))).toBe(6);
    expect(ring.head).toBe(3);
    expect(ring.readable).toBe(6);
    expect(new TextDecoder().decode(ring.read())).toBe('abcdef');
    expect(ring.readable).toBe(0);
  });

  it('keeps the order of any writes and reads, from any counter', () => {
    const step = fc.oneof(
      fc.record({ write: fc.uint8Array({ maxLength: 40 }) }),
      fc.record({ read: fc.integer({ min: 0, max: 40 }) }),
    );
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 5 }),
        fc.integer({ min: 0, max: 0xffff_ffff }),
        fc.array(step, { maxLength: 60 }),
        (log2, count, steps) => {
          const ring = ringAt(1 << log2, count);
          const expected: number[] = [];
          for (const todo of steps) {
            if ('write' in todo) {
              const taken = ring.write(todo.write);
              expect(taken).toBe(Math.min(todo.write.length, ring.size - expected.length));
              expected.push(...todo.write.subarray(0, taken));
            } else {
              expect([...ring.read(todo.read)]).toEqual(expected.splice(0, todo.read));
            }
            expect(ring.readable).toBe(expected.length);
          }
        },
      ),
    );
  });

  it('refuses what cannot be a ring, by name', () => {
    const buffer = new SharedArrayBuffer(128);
    expect(() => new Ring(buffer, 128 - RING_BYTES + 4)).toThrow(RingError);
    expect(() => new Ring(buffer, 2)).toThrow(RingError);
    expect(() => Ring.create(buffer, 0, 12, 64)).toThrow(/no power of two/);
    expect(() => Ring.create(buffer, 0, 128, 64)).toThrow(/outside of memory/);
  });

  it('reports counters that contradict each other instead of reading past the ring', () => {
    const ring = ringAt(8);
    new Uint32Array(ring.buffer, 8, 1)[0] = 9;
    expect(() => ring.read()).toThrow(RingError);
  });
});
