import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PlainText } from './plain-text.js';

function read(...pieces: string[]): { lines: string[]; tail: string } {
  const lines: string[] = [];
  const text = new PlainText((line) => lines.push(line));
  for (const piece of pieces) text.write(new TextEncoder().encode(piece));
  return { lines, tail: text.tail };
}

describe('PlainText', () => {
  it('gives lines, and the prompt that has not ended', () => {
    expect(read('NOTICE:  BL1\r\nU-Boot\r\n=> ')).toEqual({
      lines: ['NOTICE:  BL1', 'U-Boot'],
      tail: '=> ',
    });
  });

  it.each([
    ['colours', '\x1b[1;31mred\x1b[0m', 'red'],
    ['a title', '\x1b]0;evil title\x07after', 'after'],
    ['a clipboard write (OSC 52)', '\x1b]52;c;ZWNobw==\x1b\\after', 'after'],
    ['a device control string', '\x1bP1$r0m\x1b\\after', 'after'],
    ['a character set', '\x1b(Bafter', 'after'],
    ['a private mode', '\x1b[?25lafter\x1b[?25h', 'after'],
    ['a bell', 'ab\x07c', 'abc'],
  ])('leaves out %s', (_, bytes, text) => {
    expect(read(bytes).tail).toBe(text);
  });

  it('overwrites after a carriage return, as progress counters do', () => {
    expect(read('  1 %\r 20 %\r100 %').tail).toBe('100 %');
  });

  it('follows backspace as a shell erases', () => {
    expect(read('lsx\b \b -l').tail).toBe('ls -l');
  });

  it('starts a new line when the cursor is sent elsewhere', () => {
    expect(read('one\x1b[2;1Htwo').lines).toEqual(['one']);
  });

  it('breaks a line that never ends', () => {
    expect(read('x'.repeat(20_000)).lines).toHaveLength(2);
  });

  it('does not care how the output is cut into pieces', () => {
    const part = fc.constantFrom(
      'a',
      'é',
      '\x1b',
      '[',
      '1',
      'm',
      ']',
      '\x07',
      '\r',
      '\n',
      '\\',
      '\b',
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 40 }), (parts) => {
        const whole = new TextEncoder().encode(parts.join(''));
        const lines: string[] = [];
        const bytewise = new PlainText((line) => lines.push(line));
        for (const byte of whole) bytewise.write(Uint8Array.of(byte));
        expect({ lines, tail: bytewise.tail }).toEqual(read(parts.join('')));
      }),
    );
  });
});
