import { describe, expect, it } from 'vitest';
import { formatBytes, formatDuration } from './format.js';

describe('formatBytes', () => {
  it.each([
    [0, '0 B'],
    [1023, '1023 B'],
    [1024, '1.0 KiB'],
    [8_950_000, '8.5 MiB'],
    [1023 * 1024 * 1024, '1.0 GiB'],
  ])('%d → %s', (bytes, text) => expect(formatBytes(bytes)).toBe(text));
});

describe('formatDuration', () => {
  it.each([
    [-1, '0.0 s'],
    [4240, '4.2 s'],
    [67_900, '1 min 07 s'],
  ])('%d → %s', (ms, text) => expect(formatDuration(ms)).toBe(text));
});
