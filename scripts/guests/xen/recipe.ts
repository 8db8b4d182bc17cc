import { busyboxInitrd } from '../initrd/piece';
import { smallLinux } from '../linux/piece';
import { shellSnapshot } from '../linux/snapshot';
import type { Piece, Recipe } from '../piece';

const hypervisor: Piece = {
  name: 'xen-hypervisor',
  packages: [{ kind: 'binary', name: 'xen-hypervisor-4.20-arm64', arch: 'arm64' }],
  sources: [],
  script: 'cp /packages/xen-hypervisor-4.20-arm64/boot/xen-4.20-arm64 /result/xen',
};

/*
 * The CPU is one that needs no workaround from firmware: for others Xen warns, and waits. Xen
 * gives dom0 memory in aligned pieces of 128 MiB; between itself, the device tree that QEMU
 * puts at +128 MiB, and the modules there is room for one in 512 MiB.
 */
export const xen: Recipe = {
  id: 'xen',
  title: 'Xen with a Linux dom0',
  summary: 'The Xen hypervisor at EL2 and Linux as its first domain.',
  description: `**Xen** from Debian runs at EL2 and starts **Linux** (the small kernel) as dom0,
with 128 MiB of the machine's memory. Both share the serial port: three times Ctrl-A
switches between dom0 and Xen's own console.

QEMU's guest loader puts dom0's kernel and initrd into memory and names them to Xen in the
device tree.`,
  tryThis: [
    { text: 'In dom0: which Xen this is', type: 'cat /proc/xen/capabilities; dmesg | grep Xen\r' },
    { text: 'Switch to Xen’s console: Ctrl-A three times', type: '\u0001\u0001\u0001' },
    { text: 'On Xen’s console: all its keys', type: 'h' },
    { text: 'On Xen’s console: domains and their vCPUs', type: 'q' },
  ],
  args: [
    ...['-M', 'virt,virtualization=on,gic-version=3', '-cpu', 'cortex-a53', '-m', '512M'],
    ...['-smp', '1', '-kernel', 'image:xen'],
    ...['-append', 'console=dtuart dtuart=/pl011@9000000 dom0_mem=128M bootscrub=0'],
    '-device',
    'guest-loader,addr=0x49000000,kernel=image:Image,bootargs=console=hvc0 rdinit=/init quiet',
    ...['-device', 'guest-loader,addr=0x4d000000,initrd=image:initrd.gz'],
    ...['-serial', 'chardev:uart0', '-vga', 'none', '-net', 'none'],
  ],
  consoles: [{ id: 'uart0', role: 'host', title: 'Xen and dom0' }],
  pieces: [hypervisor, smallLinux, busyboxInitrd],
  images: [
    { name: 'xen', piece: hypervisor, file: 'xen', use: 'file' },
    { name: 'Image', piece: smallLinux, file: 'Image', use: 'file' },
    { name: 'initrd.gz', piece: busyboxInitrd, file: 'initrd.gz', use: 'file' },
  ],
  addressSpaceMiB: 512 + 128,
  boot: [
    { console: 'uart0', expect: '/Xen version 4\\.20/' },
    { console: 'uart0', expect: 'guest:/# ' },
  ],
  snapshot: shellSnapshot('uart0'),
  check: [
    { console: 'uart0', send: 'cat /proc/xen/capabilities\r' },
    { console: 'uart0', expect: 'control_d' },
    { console: 'uart0', expect: 'guest:/# ', send: '\u0001\u0001\u0001' },
    { console: 'uart0', expect: '/Serial input to Xen/', send: 'q' },
    { console: 'uart0', expect: 'General information for domain 0' },
  ],
};
