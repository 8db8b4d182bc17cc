import { busyboxInitrd } from '../initrd/piece';
import { cloudLinux, smallLinux } from '../linux/piece';
import { shellSnapshot } from '../linux/snapshot';
import type { Piece, Recipe } from '../piece';

const shell: Pick<Recipe, 'consoles' | 'boot' | 'check'> = {
  consoles: [{ id: 'uart0', role: 'host', title: 'Linux' }],
  boot: [{ console: 'uart0', expect: 'guest:/# ' }],
  check: [
    { console: 'uart0', send: 'echo $((6 * 7)) $(uname -m)\r' },
    { console: 'uart0', expect: '42 aarch64' },
    { console: 'uart0', expect: 'guest:/# ', send: 'cat /proc/interrupts\r' },
    { console: 'uart0', expect: '/GICv3.*arch_timer/' },
    { console: 'uart0', expect: 'guest:/# ' },
  ],
};

function withKernel(kernel: Piece, memoryMiB: number, words = '') {
  return {
    ...shell,
    args: [
      ...['-M', 'virt,gic-version=3', '-cpu', 'cortex-a57', '-m', `${memoryMiB}M`, '-smp', '1'],
      ...['-kernel', 'image:Image', '-initrd', 'image:initrd.gz'],
      ...['-append', `console=ttyAMA0 ${words}`.trim()],
      ...['-serial', 'chardev:uart0', '-vga', 'none', '-net', 'none'],
      ...['-device', 'virtio-rng-pci,romfile='],
    ],
    pieces: [kernel, busyboxInitrd],
    images: [
      { name: 'Image', piece: kernel, file: 'Image', use: 'file' as const },
      { name: 'initrd.gz', piece: busyboxInitrd, file: 'initrd.gz', use: 'file' as const },
    ],
    addressSpaceMiB: memoryMiB + 128,
    snapshot: shellSnapshot('uart0'),
  };
}

export const virtLinux: Recipe = {
  ...withKernel(smallLinux, 128),
  id: 'virt-linux',
  title: 'Linux, small',
  summary: 'A small Linux kernel to a BusyBox shell in a moment.',
  description: `Linux 6.12 from Debian's source, built with only what these machines need (about
7 MB), and an initrd with BusyBox in it. From QEMU's start to the shell it runs some sixty
million instructions, a twentieth of what a distribution's kernel takes.

The kernel has virtio, PCIe, NVMe, AHCI, 9p, ext4 and FAT built in, KVM, Xen and OP-TEE
support, and its own configuration in \`/proc/config.gz\`.`,
  tryThis: [
    { text: 'What the kernel found out about the CPU', type: 'cat /proc/cpuinfo\r' },
    { text: 'Devices on the PCIe bus', type: 'ls /sys/bus/pci/devices\r' },
    { text: 'How this kernel was configured', type: 'zcat /proc/config.gz | grep VIRTIO\r' },
    { text: 'Power the machine off', type: 'poweroff\r' },
  ],
};

/**
 * Debian's kernel moves itself to a random address, and then takes its page tables away at each
 * return to EL0 (KPTI), which in QEMU empties the TLB twice for each system call: gzip takes twice
 * as long. Nothing speculates in QEMU, so nothing is protected by it.
 */
const noMitigations = 'nokaslr mitigations=off';

export const virtDebian: Recipe = {
  ...withKernel(cloudLinux, 256, noMitigations),
  id: 'virt-debian',
  title: 'Linux, Debian’s kernel',
  summary: 'The kernel that Debian ships for cloud machines, unchanged, to a shell.',
  description: `The same initrd under Debian's stock cloud kernel, byte for byte as packaged. It
runs about 1,400 million instructions before the shell: compare it with the small kernel.
Most of its drivers are modules, which this initrd does not hold.

Its command line has \`nokaslr mitigations=off\`: QEMU does not speculate, so that defences against
it would only cost time, and a debugger finds the kernel where its symbols say.`,
  tryThis: [
    { text: 'Which kernel this is', type: 'cat /proc/version\r' },
    { text: 'Where the boot spent its time', type: 'dmesg | tail -n 40\r' },
  ],
};
