import { bareMetal } from '../bare-metal/piece';
import type { Recipe } from '../piece';

const image = bareMetal('four-worlds');

export const fourWorlds: Recipe = {
  id: 'four-worlds',
  title: 'Four worlds',
  summary: 'Root, Realm, Secure and Non-secure state try to read each other’s memory.',
  description: `Bare metal under the **Realm Management Extension**. From Root state at EL3 it
builds a granule protection table that gives one 4 KiB granule to each physical address space,
and then visits all four security states. Each tries to read every granule through the page
table bits it may set (NS, and in Root state NSE): a matrix shows what it read and where a
**granule protection fault** (GPF) stopped it.

Then a Non-secure granule is delegated to the Realm world and the matrix printed again, and at
last \`SCR_EL3.GPF\` sends such a fault to EL3, with the physical address in \`MFAR_EL3\`.

It ends by itself, through semihosting, a second after its last line.`,
  tryThis: [
    {
      text: 'Find the only state that reads all four granules, and the two columns that nobody else but their owner reads.',
    },
    { text: 'Compare the Non-secure column before and after the granule is delegated.' },
  ],
  args: [
    ...['-M', 'virt,secure=on,virtualization=on,gic-version=3', '-cpu', 'max,x-rme=on'],
    ...['-m', '256M', '-smp', '1', '-net', 'none', '-vga', 'none', '-semihosting'],
    ...['-device', 'loader,file=image:four-worlds.elf,cpu-num=0', '-serial', 'chardev:uart0'],
  ],
  consoles: [{ id: 'uart0', role: 'guest', title: 'Serial port' }],
  pieces: [image],
  images: [{ name: 'four-worlds.elf', piece: image, file: 'four-worlds.elf', use: 'file' }],
  addressSpaceMiB: 256 + 16 + 128,
  boot: [
    { console: 'uart0', expect: 'Granule protection checks on' },
    {
      console: 'uart0',
      expect: '/Non-secure EL2 \\|  GPF +reads 0x2222  GPF +GPF/',
    },
    {
      console: 'uart0',
      expect: '/Root +EL3 \\|  reads 0x1111  reads 0x2222  reads 0x3333  reads 0x4444/',
    },
    { console: 'uart0', expect: '/Non-secure EL2 \\|  GPF +GPF +GPF +GPF/' },
    { console: 'uart0', expect: 'Realm, through its own: 0x2222 read.' },
    { console: 'uart0', expect: '/EL3 took a granule protection check exception.*MFAR_EL3=0x/' },
    { console: 'uart0', expect: 'The end.' },
  ],
  check: [],
  exits: 0,
};
