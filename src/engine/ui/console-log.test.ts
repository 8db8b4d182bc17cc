import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ConsoleLog } from './console-log.js';

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
const textOf = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

describe('ConsoleLog', () => {
  it('gives raw output from any place, in pieces', () => {
    const log = new ConsoleLog();
    log.append(bytesOf('hello '));
    log.append(bytesOf('\x1b[1mworld'));
    const first = log.raw(0, 8);
    expect(textOf(first.bytes)).toBe('hello \x1b[');
    expect(textOf(log.raw(first.next, 100).bytes)).toBe('1mworld');
    expect(log.raw(log.length, 100).bytes).toHaveLength(0);
  });

  it('keeps what came in pieces of any size as one', () => {
    const pieces = fc.array(fc.oneof(fc.nat(5), fc.nat(40_000)), { maxLength: 30 });
    fc.assert(
      fc.property(pieces, fc.nat(200_000), fc.nat(50_000), (sizes, from, limit) => {
        const log = new ConsoleLog();
        const all = new Uint8Array(sizes.reduce((sum, size) => sum + size, 0));
        all.forEach((_, at) => (all[at] = at * 31));
        let at = 0;
        for (const size of sizes) log.append(all.subarray(at, (at += size)));
        const start = Math.min(from, all.length);
        const { bytes, next } = log.raw(start, limit);
        expect(bytes).toEqual(all.slice(start, start + limit));
        expect(next).toBe(start + bytes.length);
      }),
      { numRuns: 50 },
    );
  });

  it('passes over raw output that is no longer kept', () => {
    const log = new ConsoleLog();
    const mebibyte = new Uint8Array(1 << 20).fill(0x61);
    for (let i = 0; i < 6; i++) log.append(mebibyte);
    const { bytes, next } = log.raw(0, 10);
    expect(bytes).toHaveLength(10);
    expect(next).toBe((2 << 20) + 10);
  });

  it('gives plain text from where a reader stopped', () => {
    const log = new ConsoleLog();
    log.append(bytesOf('one\r\ntwo\r\n=> '));
    expect(log.text()).toBe('one\ntwo\n=> ');
    const at = log.textLength;
    log.append(bytesOf('help\r\nok\r\n=> '));
    expect(log.text(at)).toBe('help\nok\n=> ');
    expect(log.lastLines(2)).toEqual(['ok', '=> ']);
  });

  it('gives the lines that have ended since a reader looked', () => {
    const log = new ConsoleLog();
    log.append(bytesOf('one\r\n\r\nthr'));
    expect(log.lineCount).toBe(2);
    expect(log.linesFrom(0)).toEqual(['one', '']);
    expect(log.openLine).toBe('thr');
    log.append(bytesOf('ee\r\n=> '));
    expect(log.linesFrom(2)).toEqual(['three']);
    expect(log.linesFrom(3)).toEqual([]);
  });

  it('counts lines that are no longer kept', () => {
    const log = new ConsoleLog();
    const line = bytesOf(`${'x'.repeat(8000)}\n`);
    for (let at = 0; at < 2200; at++) log.append(line);
    expect(log.lineCount).toBe(2200);
    expect(log.linesFrom(2199)).toHaveLength(1);
    expect(log.linesFrom(0).length).toBeLessThan(2200);
  });

  it('dates each line by its first character', () => {
    let time = Date.UTC(2026, 0, 1);
    const log = new ConsoleLog(() => time);
    log.append(bytesOf('one\r\ntw'));
    time += 1500;
    log.append(bytesOf('o\r\n\r\n=> '));
    time += 1500;
    log.append(bytesOf('help'));
    expect(log.timedText()).toBe(
      [
        '2026-01-01T00:00:00.000Z  one',
        '2026-01-01T00:00:00.000Z  two',
        '2026-01-01T00:00:01.500Z  ',
        '2026-01-01T00:00:01.500Z  => help',
        '',
      ].join('\n'),
    );
  });
});
