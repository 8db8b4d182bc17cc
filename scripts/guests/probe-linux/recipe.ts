import { cloudLinux, smallLinux } from '../linux/piece';
import type { Piece, Recipe } from '../piece';

const memoryMiB = 256;

/** Our program as the only one of its initrd; static, with Debian's C library. */
const initrd: Piece = {
  name: 'initrd-probe',
  packages: [
    { kind: 'binary', name: 'libc6-dev', arch: 'arm64' },
    { kind: 'binary', name: 'linux-libc-dev', arch: 'all' },
  ],
  sources: ['probe-linux', 'probe', 'initrd/make.sh'],
  script: `
. /ours/initrd/make.sh
libc=/packages/libc6-dev/usr
linux=/packages/linux-libc-dev/usr
flags="-O2 -std=gnu23 -D_GNU_SOURCE -march=armv8-a -mgeneral-regs-only -fno-pie -Wall -Wextra -Werror
  -isystem $libc/include/aarch64-linux-gnu -isystem $libc/include
  -isystem $linux/lib/linux/uapi/arm64 -isystem $linux/include"
for file in $(cd /ours && echo probe/{operations.S,values.c,modify.c} probe-linux/*.[cS]); do
  (cd /ours && "$CROSS_COMPILE"gcc $flags -c -o "/build/$(basename "$file").o" "$file")
done
# Debian's cross compiler brings libgcc; crt1.o and libc.a are the package's.
mkdir root
"$CROSS_COMPILE"gcc -static -no-pie -Wl,--build-id=none,-z,noexecstack \\
  -B $libc/lib/aarch64-linux-gnu -L $libc/lib/aarch64-linux-gnu -o root/init *.o
"$CROSS_COMPILE"strip root/init
pack_tree
`,
};

/** QEMU's arguments for this many CPUs, each operation running this often. */
export function probeLinuxArgs(cpus: number, rounds: number): string[] {
  return [
    ...['-M', 'virt,gic-version=3,mte=on', '-cpu', 'max,pauth-impdef=on', '-m', `${memoryMiB}M`],
    ...['-smp', String(cpus), '-net', 'none', '-vga', 'none'],
    ...['-kernel', 'image:Image', '-initrd', 'image:initrd.gz'],
    ...['-append', `console=ttyAMA0 quiet rounds=${rounds}`, '-serial', 'chardev:uart0'],
  ];
}

function withKernel(kernel: Piece) {
  return {
    description: `A static program as the only one of its machine. It runs bare metal's operations at
EL0, and what only user space has: signals of every kind of fault and in the middle of a loop, pages
that are unlocked, copied and replaced under running code, code in two mappings, system calls that
must leave registers alone, threads, pointer authentication and memory tags. The lines must equal
native QEMU's.`,
    tryThis: [],
    args: probeLinuxArgs(1, 20),
    consoles: [{ id: 'uart0', role: 'guest' as const, title: 'Linux' }],
    pieces: [kernel, initrd],
    images: [
      { name: 'Image', piece: kernel, file: 'Image', use: 'file' as const },
      { name: 'initrd.gz', piece: initrd, file: 'initrd.gz', use: 'file' as const },
    ],
    addressSpaceMiB: memoryMiB + 128,
    boot: [{ console: 'uart0', expect: 'probe-linux: the end' }],
    check: [],
    exits: 0,
    instrument: true,
  };
}

/** The probe's other half: the same operations at EL0, and what only user space has. */
export const probeLinux: Recipe = {
  ...withKernel(smallLinux),
  id: 'probe-linux',
  title: 'Instruction probe in Linux',
  summary: 'Digests of instructions, signals, threads and changing pages in user space.',
};

/** The same under a kernel that gives programs authentication keys and memory tags. */
export const probeDebian: Recipe = {
  ...withKernel(cloudLinux),
  id: 'probe-debian',
  title: 'Instruction probe in Linux, Debian’s kernel',
  summary: 'The same with pointer authentication and memory tags.',
};
