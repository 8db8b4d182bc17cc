import { describe, expect, it } from 'vitest';
import { parseAddress } from './address.js';

describe('an address', () => {
  it('is hex, with or without 0x', () => {
    expect(parseAddress('0x4000_0000')).toBe(0x4000_0000n);
    expect(parseAddress(' ffff800080000000 ')).toBe(0xffff_8000_8000_0000n);
  });

  it('is refused when it is something else', () => {
    for (const text of ['', '0x', 'main', '12345678123456789', '_']) {
      expect(parseAddress(text)).toBeUndefined();
    }
  });
});
