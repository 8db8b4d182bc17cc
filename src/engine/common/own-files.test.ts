import { describe, expect, it } from 'vitest';
import { sampleGuest, sampleImage } from './sample-guest.test-data.js';
import { ownImageSize } from './own-files.js';

const MIB = 1 << 20;
const image = sampleImage({ name: 'flash0', use: 'disk', size: 256 * MIB });
const guest = sampleGuest({
  args: ['-drive', 'if=pflash,format=raw,file=image:flash0', '-drive', 'file=image:disk'],
});

describe("a visitor's own file", () => {
  it('is filled up to the flash of the board', () => {
    expect(ownImageSize(guest, image, 3 * MIB)).toEqual({ ok: true, value: 256 * MIB });
    expect(ownImageSize(guest, image, 256 * MIB)).toEqual({ ok: true, value: 256 * MIB });
  });

  it('is refused with both sizes when it is larger than the flash', () => {
    const refused = ownImageSize(guest, image, 256 * MIB + 1);
    expect(refused).toMatchObject({ ok: false, failure: { input: 'flash0' } });
    expect(JSON.stringify(refused)).toContain('268435457');
  });

  it('makes a disk of whole sectors', () => {
    expect(ownImageSize(guest, { ...image, name: 'disk' }, 513)).toEqual({ ok: true, value: 1024 });
  });

  it('keeps its size when QEMU reads it as a file', () => {
    expect(ownImageSize(guest, { ...image, use: 'file' }, 513)).toEqual({ ok: true, value: 513 });
  });

  it('is refused when it is empty', () => {
    expect(ownImageSize(guest, image, 0).ok).toBe(false);
  });
});
