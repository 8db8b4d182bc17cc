import { describe, expect, it } from 'vitest';
import { knownCodes, qKeyCode, usKey } from './key-codes.js';

/** QEMU's QKeyCode (qapi/ui.json), from the introspection of 10.0. */
const qemu = new Set(
  `unmapped shift shift_r alt alt_r ctrl ctrl_r menu esc 1 2 3 4 5 6 7 8 9 0 minus equal backspace
  tab q w e r t y u i o p bracket_left bracket_right ret a s d f g h j k l semicolon apostrophe
  grave_accent backslash z x c v b n m comma dot slash asterisk spc caps_lock f1 f2 f3 f4 f5 f6 f7
  f8 f9 f10 num_lock scroll_lock kp_divide kp_multiply kp_subtract kp_add kp_enter kp_decimal sysrq
  kp_0 kp_1 kp_2 kp_3 kp_4 kp_5 kp_6 kp_7 kp_8 kp_9 less f11 f12 print home pgup pgdn end left up
  down right insert delete stop again props undo front copy open paste find cut lf help meta_l
  meta_r compose pause ro hiragana henkan yen muhenkan katakanahiragana kp_comma kp_equals power
  sleep wake audionext audioprev audiostop audioplay audiomute volumeup volumedown mediaselect mail
  calculator computer ac_home ac_back ac_forward ac_refresh ac_bookmarks lang1 lang2 f13 f14 f15
  f16 f17 f18 f19 f20 f21 f22 f23 f24`.split(/\s+/),
);

/**
 * Keys of QEMU that no code of a browser stands for: spoken of otherwise, or of keyboards that
 * browsers do not know.
 */
const without = ['unmapped', 'menu', 'asterisk', 'sysrq', 'stop', 'lf'];

describe('keys', () => {
  it('are keys that QEMU has', () => {
    for (const code of knownCodes()) expect(qemu, code).toContain(qKeyCode(code));
  });

  it('are all that QEMU has, but for those that no browser tells', () => {
    const reached = new Set(knownCodes().map(qKeyCode));
    expect([...qemu].filter((key) => !reached.has(key))).toEqual(without);
  });

  it('are the writing-system keys of a 105-key keyboard, each another one', () => {
    const keys = [
      ...[...'ABCDEFGHIJKLMNOPQRSTUVWXYZ'].map((letter) => `Key${letter}`),
      ...[...'1234567890'].map((digit) => `Digit${digit}`),
      ...['Backquote', 'Minus', 'Equal', 'BracketLeft', 'BracketRight', 'Backslash', 'Semicolon'],
      ...['Quote', 'Comma', 'Period', 'Slash', 'IntlBackslash', 'Space', 'Enter', 'Tab'],
    ].map(qKeyCode);
    expect(keys).not.toContain(undefined);
    expect(new Set(keys).size).toBe(keys.length);
  });

  it('leave alone what no guest’s keyboard has', () => {
    expect(qKeyCode('Fn')).toBeUndefined();
    expect(qKeyCode('')).toBeUndefined();
    expect(qKeyCode('constructor')).toBeUndefined();
  });
});

describe('characters', () => {
  it('of ASCII have a key on a US keyboard, no two the same one', () => {
    const keys = Array.from({ length: 0x7f - 0x20 }, (_, i) => String.fromCharCode(0x20 + i)).map(
      (character) => {
        const key = usKey(character);
        expect(key, character).toBeDefined();
        return `${key?.shift === true ? 'shift ' : ''}${key?.key ?? ''}`;
      },
    );
    expect(new Set(keys).size).toBe(keys.length);
    expect(usKey('A')).toEqual({ key: 'a', shift: true });
    expect(usKey('\n')).toEqual({ key: 'ret', shift: false });
    expect(usKey(' ')).toEqual({ key: 'spc', shift: false });
  });

  it('of others have none', () => {
    expect(usKey('ä')).toBeUndefined();
  });
});
