import { expect } from 'vitest';
import type { Bytes } from '../bytes';
import { ParseError } from '../errors';

/**
 * Runs `parse` on `bytes` cut at every offset. Each run throws a ParseError whose offset lies
 * inside the cut input, or gives what the whole input gives (when only unread bytes were cut);
 * gives how many were refused.
 */
export function parsesEveryTruncation<T>(bytes: Bytes, parse: (cut: Bytes) => T): number {
  const whole = parse(bytes);
  let refused = 0;
  for (let length = 0; length < bytes.length; length++) {
    // A copy with its own buffer: reading past the end of a view would go unnoticed.
    const cut = bytes.slice(0, length);
    try {
      expect(parse(cut)).toEqual(whole);
    } catch (error) {
      if (!(error instanceof ParseError)) throw error;
      expect(error.offset).toBeLessThanOrEqual(length);
      expect(error.problem).not.toBe('');
      refused++;
    }
  }
  return refused;
}
