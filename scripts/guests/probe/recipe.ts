import { bareMetal } from '../bare-metal/piece';
import type { Recipe } from '../piece';

const image = bareMetal('probe');

/** Where the probe reads how often each operation runs: the end of its RAM. */
const roundsAddress = 0x47fffff8;

/** QEMU's arguments for this many CPUs, each operation running this often. */
export function probeArgs(cpus: number, rounds: number): string[] {
  return [
    ...['-M', 'virt,mte=on', '-cpu', 'max,pauth-impdef=on', '-m', '128M', '-smp', String(cpus)],
    ...['-net', 'none', '-vga', 'none', '-semihosting'],
    ...['-device', 'loader,file=image:probe.elf,cpu-num=0'],
    ...['-device', `loader,addr=0x${roundsAddress.toString(16)},data=${rounds},data-len=8`],
    ...['-serial', 'chardev:uart0'],
  ];
}

/**
 * Not for the gallery: what it prints natively is what the engine must print, interpreted,
 * translated by blocks and by regions, with one CPU and with four.
 */
export const probe: Recipe = {
  id: 'probe',
  title: 'Instruction probe',
  summary: 'A digest of what every family of instructions does.',
  description: `Bare metal at EL1. It runs each of some 1,500 operations on edge values and
pseudo-random ones, under every rounding mode, on aligned, unaligned, page-crossing and faulting
addresses, and prints one digest for each family. The lines must equal native QEMU's.`,
  tryThis: [],
  args: probeArgs(1, 300),
  consoles: [{ id: 'uart0', role: 'guest', title: 'Serial port' }],
  pieces: [image],
  images: [{ name: 'probe.elf', piece: image, file: 'probe.elf', use: 'file' }],
  addressSpaceMiB: 128 + 4 + 16 + 128,
  boot: [{ console: 'uart0', expect: 'probe: the end' }],
  check: [],
  exits: 0,
  instrument: true,
};
