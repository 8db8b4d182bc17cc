import { describe, expect, it } from 'vitest';
import { romsFor } from './roms.js';

const of = (line: string) => romsFor(line.split(' '));

describe('the option ROMs of a machine', () => {
  it('are those of the devices it names', () => {
    expect(of('-M virt -nodefaults -device ramfb -device e1000,bus=b')).toEqual([
      'vgabios-ramfb.bin',
      'efi-e1000.rom',
    ]);
  });

  it('are those of the devices that a board brings along', () => {
    expect(of('-M sbsa-ref')).toEqual(['vgabios-bochs-display.bin', 'efi-e1000e.rom']);
    expect(of('-M virt -cpu max')).toEqual(['efi-virtio.rom']);
  });

  it('are none for a machine without such devices', () => {
    expect(of('-M virt -net none')).toEqual([]);
    expect(of('-M virt -nodefaults -device virtio-blk-pci,drive=d')).toEqual([]);
  });
});
