import { bareMetal } from '../bare-metal/piece';
import type { Recipe } from '../piece';

const image = bareMetal('mips');

/** The bench's speedometer: bare metal at EL1, one line `mips CLASS RATE` for each kind of code. */
export const mips: Recipe = {
  id: 'mips',
  title: 'Speed of the CPU',
  summary: 'Million instructions a second, by kind of code.',
  description: `Bare metal at EL1 with the MMU on. Every loop runs for at least 0.3 seconds of the
guest's timer and prints how many million instructions a second it ran.`,
  tryThis: [],
  args: [
    ...['-M', 'virt,secure=on,virtualization=on', '-cpu', 'max', '-m', '64M', '-smp', '1'],
    ...['-net', 'none', '-vga', 'none', '-semihosting'],
    ...['-device', 'loader,file=image:mips.elf,cpu-num=0', '-serial', 'chardev:uart0'],
  ],
  consoles: [{ id: 'uart0', role: 'guest', title: 'Serial port' }],
  pieces: [image],
  images: [{ name: 'mips.elf', piece: image, file: 'mips.elf', use: 'file' }],
  addressSpaceMiB: 64 + 16 + 128,
  boot: [{ console: 'uart0', expect: 'mips: the end' }],
  check: [],
  exits: 0,
  instrument: true,
};
