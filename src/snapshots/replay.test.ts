import fc from 'fast-check';
import { expect, it } from 'vitest';
import { withoutQueries } from './replay.js';

const shown = (text: string): string =>
  new TextDecoder().decode(withoutQueries(new TextEncoder().encode(text)));

it('takes out what a terminal would answer, and nothing else', () => {
  expect(shown('guest:/# \x1b[6n')).toBe('guest:/# ');
  expect(shown('\x1b[c\x1b[>0c\x1b[5n\x1b[?6n\x1b[?25$p\x1bZ\x1b]11;?\x07é')).toBe('é');
  const colours = '\x1b[1;31mred\x1b[0m\x1b[2J\x1b[H\x1b[?25l';
  expect(shown(colours)).toBe(colours);
});

it('leaves bytes that are no text as they are', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 20_000 }), (bytes) => {
      const plain = bytes.filter((byte) => byte !== 0x1b);
      expect(withoutQueries(plain)).toEqual(plain);
    }),
  );
});
