import { describe, expect, it } from 'vitest';
import { resumeText } from './resume.js';
import { withConfiguration } from './state.js';

const saved = Uint8Array.of(0x51, 0x45, 0x56, 0x4d, 0, 0, 0, 3, 4, 0);

describe('withConfiguration', () => {
  it('names board and page size behind the head', () => {
    const result = withConfiguration(saved, 'virt-10.0-machine');
    const text = new TextDecoder('latin1').decode(result);
    expect(text).toBe(
      'QEVM\0\0\0\x03\x07\0\0\0\x09virt-10.0\x05\x1econfiguration/target-page-bits' +
        '\0\0\0\x01\0\0\0\x0c\x04\0\x06\0\0\0\0',
    );
  });

  it('leaves a stream alone that has one', () => {
    const once = withConfiguration(saved, 'virt-10.0-machine');
    expect(withConfiguration(once, 'virt-10.0-machine')).toBe(once);
  });

  it('refuses other bytes', () => {
    expect(() => withConfiguration(Uint8Array.of(1, 2), 'virt-10.0-machine')).toThrow(
      'device state',
    );
  });
});

describe('resumeText', () => {
  it('fills in random numbers and the time', () => {
    expect(resumeText('{random} {time}\r', Uint8Array.of(0, 0xab), 1_700_000_000_999)).toBe(
      '00ab 1700000000\r',
    );
  });
});
