import { smallLinux } from '../linux/piece';
import { shellSnapshot } from '../linux/snapshot';
import type { Piece, Recipe } from '../piece';
import { opteeTfA } from '../tf-a/piece';

const arm64 = (name: string) => ({ kind: 'binary', name, arch: 'arm64' }) as const;

/** BusyBox with OP-TEE's test suite. */
const initrd: Piece = {
  name: 'initrd-optee',
  packages: [
    ...['busybox-static', 'optee-test-qemu', 'tee-supplicant', 'libteec2', 'libckteec0t64'],
    ...['libssl3t64', 'libc6', 'libzstd1', 'zlib1g'],
  ].map(arm64),
  sources: ['initrd', 'optee/initrd.sh', 'optee/supplicant.sh'],
  script: '. /ours/optee/initrd.sh',
};

export const optee: Recipe = {
  id: 'optee',
  title: 'OP-TEE',
  summary: 'A trusted OS in Secure EL1 beside Linux, with its test suite.',
  description: `**Trusted Firmware-A** starts **OP-TEE** in the Secure world and U-Boot and
**Linux** in the Non-secure one. The secure console shows what OP-TEE says; the other one ends
in a shell with \`xtest\`, OP-TEE's test suite, which loads trusted applications through
\`tee-supplicant\` and calls them.`,
  tryThis: [
    { text: 'A trusted application that encrypts', type: 'xtest -t regression 1004\r' },
    { text: 'Hashes, in 570 subtests', type: 'xtest -t regression 4001\r' },
    { text: 'All tests in the list', type: 'xtest -h\r' },
    { text: 'How Linux talks to it', type: 'dmesg | grep -i optee\r' },
  ],
  args: [
    ...['-M', 'virt,secure=on,gic-version=3', '-cpu', 'max,pauth-impdef=on', '-m', '640M'],
    ...['-smp', '1', '-bios', 'image:flash.bin', '-kernel', 'image:Image'],
    ...['-initrd', 'image:initrd.gz', '-append', 'console=ttyAMA0'],
    ...['-serial', 'chardev:uart0', '-serial', 'chardev:uart1'],
    ...['-device', 'virtio-rng-pci,romfile=', '-vga', 'none', '-net', 'none'],
  ],
  consoles: [
    { id: 'uart0', role: 'host', title: 'Firmware and Linux' },
    { id: 'uart1', role: 'secure', title: 'OP-TEE' },
  ],
  pieces: [opteeTfA, smallLinux, initrd],
  images: [
    { name: 'flash.bin', piece: opteeTfA, file: 'flash.bin', use: 'file' },
    { name: 'Image', piece: smallLinux, file: 'Image', use: 'file' },
    { name: 'initrd.gz', piece: initrd, file: 'initrd.gz', use: 'file' },
  ],
  addressSpaceMiB: 640 + 16 + 128,
  boot: [
    { console: 'uart1', expect: 'OP-TEE version' },
    { console: 'uart0', expect: 'guest:/# ' },
  ],
  snapshot: shellSnapshot('uart0'),
  check: [
    { console: 'uart0', send: 'xtest -t regression 1004\r' },
    { console: 'uart0', expect: '/[1-9][0-9]* subtests? of which 0 failed/' },
    { console: 'uart0', expect: 'guest:/# ' },
  ],
};
