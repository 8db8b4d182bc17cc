import { describe, expect, it } from 'vitest';
import { requireSeries, upstreamVersion } from './sources';

describe('the QEMU that Debian has', () => {
  it('is known by its upstream version', () => {
    expect(upstreamVersion('1:10.0.13+ds-0+deb13u1')).toBe('10.0.13');
    expect(upstreamVersion('10.2.0-1')).toBe('10.2.0');
  });

  it('may be a newer one of the same series', () => {
    expect(() => requireSeries('1:10.0.99+ds-1')).not.toThrow();
  });

  it('is refused by name when it is of another series', () => {
    expect(() => requireSeries('1:11.0.1+ds-1')).toThrow('11.0.1+ds-1');
    expect(() => requireSeries('1:10.1.0-1')).toThrow('10.0.x');
  });
});
