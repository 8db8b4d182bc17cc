import { bareMetal } from '../bare-metal/piece';
import type { Recipe } from '../piece';

const image = bareMetal('el-walk');

export const elWalk: Recipe = {
  id: 'el-walk',
  title: 'Exception levels, a walk',
  summary: 'From EL3 down to EL0 and back up through SVC, HVC and SMC, in bare metal.',
  description: `A few hundred instructions of C and assembly without any firmware or kernel. It
starts at EL3, goes down one exception level at a time by **ERET**, makes a call at each level
that the one above answers, and then climbs from EL0 to EL3: **SVC** to EL1, **HVC** to EL2,
**SMC** to EL3. At every step it prints the registers that say what happened: \`ESR\`, \`ELR\`
and \`SPSR\` of the level that took the exception.

It ends by itself, through semihosting.`,
  tryThis: [
    {
      text: 'Read the climb: the exception class in ESR bits 31 to 26 is 0x15 for SVC, 0x16 for HVC and 0x17 for SMC.',
    },
    {
      text: 'Compare SPSR bits 3 to 2 on each line: they are the level that the exception came from.',
    },
  ],
  args: [
    ...['-M', 'virt,secure=on,virtualization=on', '-cpu', 'max', '-m', '64M', '-smp', '1'],
    ...['-net', 'none', '-vga', 'none', '-semihosting'],
    ...['-device', 'loader,file=image:el-walk.elf,cpu-num=0', '-serial', 'chardev:uart0'],
  ],
  consoles: [{ id: 'uart0', role: 'guest', title: 'Serial port' }],
  pieces: [image],
  images: [{ name: 'el-walk.elf', piece: image, file: 'el-walk.elf', use: 'file' }],
  addressSpaceMiB: 64 + 16 + 128,
  boot: [
    { console: 'uart0', expect: 'EL3: CurrentEL=0xc after reset' },
    { console: 'uart0', expect: 'EL1 took SVC #0x2 from EL0' },
    { console: 'uart0', expect: 'EL2 took HVC #0x2 from EL1' },
    { console: 'uart0', expect: 'EL3 took SMC #0x2 from EL2' },
    { console: 'uart0', expect: 'EL3: back at the top. The end.' },
  ],
  check: [],
  exits: 0,
};
