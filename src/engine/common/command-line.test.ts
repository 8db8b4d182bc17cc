import { describe, expect, it } from 'vitest';
import { commandLine } from './command-line.js';
import { sampleGuest, sampleImage } from './sample-guest.test-data.js';

describe('commandLine', () => {
  const guest = sampleGuest({
    args: ['-kernel', 'image:Image', '-drive', 'file=image:disk.raw,format=raw'],
    images: [sampleImage(), sampleImage({ name: 'disk.raw', use: 'disk' })],
  });

  it('says where each image is', () => {
    const args = commandLine(guest).join(' ');
    expect(args).toContain('-kernel /images/Image');
    expect(args).toContain('-drive file=bootlink:disk.raw,format=raw');
  });

  it('gives each console, the monitor and QMP a chardev', () => {
    const args = commandLine(guest).join(' ');
    for (const id of ['host', 'monitor', 'qmp'])
      expect(args).toContain(`-chardev bootlink,id=${id}`);
    expect(args).toContain('-mon chardev=monitor,mode=readline');
    expect(args).toContain('-mon chardev=qmp,mode=control');
  });

  it('bounds the translation buffer, unless the guest chose its accelerator', () => {
    expect(commandLine(guest).join(' ')).toContain('-accel tcg,tb-size=64');
    expect(commandLine(guest, { mode: 'regions' })).toContain('tcg,tb-size=64,translator=regions');
    const own = sampleGuest({ args: ['-accel', 'tcg,thread=single'] });
    expect(commandLine(own).filter((argument) => argument === '-accel')).toHaveLength(1);
  });
});
