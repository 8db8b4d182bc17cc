import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { endOfMatch } from './steps.js';

describe('endOfMatch', () => {
  it('takes every literal as itself', () => {
    fc.assert(
      fc.property(fc.string(), fc.string({ minLength: 1 }), (before, literal) => {
        fc.pre(!/^\/.+\/$/s.test(literal));
        fc.pre(!(before + literal).slice(0, -1).includes(literal));
        expect(endOfMatch(literal, `${before}${literal} rest`)).toBe(
          before.length + literal.length,
        );
      }),
    );
  });

  it('takes what stands between slashes as an expression ', () => {
    expect(endOfMatch('/\n=> $/', 'U-Boot\n=> ')).toBe(10);
    expect(endOfMatch('/Res: +0x[01]/', 'Res:  0x1')).toBe(9);
  });

  it('takes a lone slash as itself, and an expression at its word boundaries', () => {
    expect(endOfMatch('/', 'a/b')).toBe(2);
    expect(endOfMatch('/Res: +0x0\\b/', 'Res: 0x01 Res:  0x0\n')).toBe(19);
  });

  it('finds nothing where there is nothing', () => {
    expect(endOfMatch('=> ', 'Hit any key')).toBeUndefined();
  });
});
