import { bareMetal } from '../bare-metal/piece';
import type { Recipe } from '../piece';

const image = bareMetal('probe');

/**
 * Not for the gallery: what it prints natively is what the engine must print, interpreted,
 * translated by blocks and by regions, with one CPU and with four (`-smp 4` in `args`).
 */
export const probe: Recipe = {
  id: 'probe',
  title: 'Instruction probe',
  summary: 'A digest of what every family of instructions does.',
  description: `Bare metal at EL1. It runs each of some 700 operations on edge values and
pseudo-random ones, under every rounding mode, on aligned, unaligned, page-crossing and faulting
addresses, and prints one digest for each family. The lines must equal native QEMU's.`,
  tryThis: [],
  args: [
    ...['-M', 'virt', '-cpu', 'max,pauth-impdef=on', '-m', '128M', '-smp', '1'],
    ...['-net', 'none', '-vga', 'none', '-semihosting'],
    ...['-device', 'loader,file=image:probe.elf,cpu-num=0', '-serial', 'chardev:uart0'],
  ],
  consoles: [{ id: 'uart0', role: 'guest', title: 'Serial port' }],
  pieces: [image],
  images: [{ name: 'probe.elf', piece: image, file: 'probe.elf', use: 'file' }],
  addressSpaceMiB: 128 + 16 + 128,
  boot: [{ console: 'uart0', expect: 'probe: the end' }],
  check: [],
  exits: 0,
};
