import { describe, expect, it } from 'vitest';
import { programsOf, type ProgramImage } from './programs.js';

function image(name: string, bytes: Uint8Array, more: Partial<ProgramImage> = {}): ProgramImage {
  return { name, size: bytes.length, bytes, ...more };
}

/** Zeros with 32-bit little-endian words at some offsets. */
function words(length: number, at: Record<number, number>): Uint8Array {
  const bytes = new Uint8Array(length);
  const view = new DataView(bytes.buffer);
  for (const [offset, word] of Object.entries(at)) view.setUint32(Number(offset), word, true);
  return bytes;
}

const FIP = 0xaa64_0001;
const names = (args: string[], images: ProgramImage[]) =>
  programsOf(args, images).map(({ name }) => name);

/** A 64-bit ELF file of two segments: data at 0x1000, code at 0x4020_0000. */
function elf(): Uint8Array {
  const bytes = new Uint8Array(64 + 2 * 56);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, 0x7f45_4c46);
  bytes.set([2, 1], 4);
  view.setBigUint64(32, 64n, true);
  view.setUint16(54, 56, true);
  view.setUint16(56, 2, true);
  [
    { flags: 6, address: 0x1000n },
    { flags: 5, address: 0x4020_0000n },
  ].forEach(({ flags, address }, n) => {
    const at = 64 + n * 56;
    view.setUint32(at, 1, true);
    view.setUint32(at + 4, flags, true);
    view.setBigUint64(at + 24, address, true);
    view.setBigUint64(at + 40, 0x300n, true);
  });
  return bytes;
}

/** A Linux image's header: text offset 0, image size. */
const kernel = words(64, { 16: 0x80_0000, 56: 0x644d_5241 });

describe('programs of a machine', () => {
  const sbsa = ['-M', 'sbsa-ref', '-bios', 'image:flash.bin'];
  const tfa = image('flash.bin', words(0x1_3000, { 0x1_2000: FIP }));

  it('are TF-A’s stages where the flash holds a firmware image package', () => {
    expect(names(sbsa, [tfa])).toEqual(['BL1', 'BL2', 'BL31', 'BL33']);
    expect(names(sbsa, [image('flash.bin', new Uint8Array(0x1_3000))])).toEqual(['flash.bin']);
  });

  it('are found in a flash image of which only parts travel', () => {
    const drive = ['-M', 'sbsa-ref', '-drive', 'if=pflash,unit=0,format=raw,file=image:a.fd'];
    const bytes = words(0x20, { 0x10: FIP });
    const extents = [
      [0, 0x10],
      [0x1_2000, 0x10],
    ] as const;
    expect(names(drive, [image('a.fd', bytes, { size: 1 << 28, extents })])).toContain('BL31');
  });

  it('have the monitor of Realms with RME, and no stages without EL3', () => {
    const flash = image('f.bin', words(0x4_0010, { 0x4_0000: FIP }));
    const virt = (machine: string, cpu: string) =>
      names(['-M', machine, '-cpu', cpu, '-bios', 'image:f.bin'], [flash]);
    expect(virt('virt,secure=on,virtualization=on', 'max,x-rme=on')).toContain('RMM');
    expect(virt('virt,secure=on', 'max')).not.toContain('RMM');
    expect(virt('virt', 'max')).toEqual(['f.bin']);
  });

  it('are the code of an ELF file, wherever its data lie', () => {
    const args = ['-M', 'virt', '-device', 'loader,file=image:walk.elf,cpu-num=0'];
    expect(programsOf(args, [image('walk.elf', elf())])).toEqual([
      { name: 'walk.elf', base: 0x4020_0000n, size: 0x300n },
    ]);
  });

  it('are where the loader device says, under the stage’s name where it is one', () => {
    const raw = ['-device', 'loader,file=image:u.bin,addr=0x10000000,force-raw=on'];
    const uBoot = image('u.bin', new Uint8Array(16));
    expect(names([...sbsa, ...raw], [tfa, uBoot]).filter((name) => name === 'u.bin')).toEqual([]);
    expect(programsOf(['-M', 'virt', ...raw], [uBoot])).toEqual([
      { name: 'u.bin', base: 0x1000_0000n, size: 16n },
    ]);
  });

  it('are a kernel that QEMU starts itself, not one that firmware is given', () => {
    const args = ['-M', 'virt,gic-version=3', '-kernel', 'image:Image'];
    expect(programsOf(args, [image('Image', kernel)])).toEqual([
      { name: 'Image', base: 0x4020_0000n, size: 0x80_0000n },
    ]);
    const behind = [...args, '-bios', 'image:f.bin'];
    expect(names(behind, [image('Image', kernel), image('f.bin', new Uint8Array(64))])).toEqual([
      'f.bin',
    ]);
  });

  it('are none of damaged files', () => {
    const whole = elf();
    const args = ['-M', 'virt', '-device', 'loader,file=image:walk.elf'];
    for (let length = 0; length < whole.length; length++) {
      expect(programsOf(args, [image('walk.elf', whole.slice(0, length))])).toEqual([]);
    }
  });
});
