import { busyboxInitrd } from '../initrd/piece';
import { smallLinux } from '../linux/piece';
import type { Recipe } from '../piece';
import { rmeTfA } from '../tf-a/piece';

export const rme: Recipe = {
  id: 'rme',
  title: 'Realm Management Extension',
  summary: 'Arm CCA firmware with a Realm world: delegate a granule at the prompt, see the fault.',
  description: `**Trusted Firmware-A** with the Realm Management Extension on: it sets up granule
protection at EL3, starts its test payload (TRP) in Realm EL2 in the place of a Realm Management
Monitor, and hands over to **U-Boot** in the Non-secure world, which stops at its prompt.

The firmware at EL3 has a console of its own; the Realm world's payload and U-Boot share the first.

There \`smc\` speaks the Realm Management Interface. Delegate a granule to the Realm world and
touch it: the granule protection check stops U-Boot with a synchronous abort, and the board
resets. \`run linux\` goes on to **Linux** at EL2, with KVM, on the host console.

The machine has more than 512 MiB because BL33 is loaded at 0x60000000.`,
  tryThis: [
    { text: 'RMI_VERSION: which interface the Realm world has', type: 'smc c4000150 10000\r' },
    { text: 'RMI_GRANULE_DELEGATE: give a granule away', type: 'smc c4000151 60000000\r' },
    { text: 'Touch it: a granule protection fault (ESR 0x96000028)', type: 'md.l 60000000 4\r' },
    { text: 'RMI_GRANULE_UNDELEGATE: or take it back first', type: 'smc c4000152 60000000\r' },
    { text: 'Start Linux at EL2; it answers on the host console', type: 'run linux\r' },
    { text: 'In Linux: touch Realm memory, and be killed', type: 'devmem 0x40100000\r' },
  ],
  args: [
    ...['-M', 'virt,virtualization=on,secure=on,gic-version=3'],
    ...['-cpu', 'max,x-rme=on,pauth-impdef=on', '-m', '640M', '-smp', '1'],
    ...['-bios', 'image:flash.bin', '-kernel', 'image:Image', '-initrd', 'image:initrd.gz'],
    ...['-append', 'console=hvc0', '-serial', 'chardev:uart0', '-serial', 'chardev:uart1'],
    ...['-device', 'virtio-serial-pci,romfile=', '-device', 'virtconsole,chardev=hvc0'],
    ...['-device', 'virtio-rng-pci,romfile=', '-vga', 'none', '-net', 'none'],
  ],
  consoles: [
    { id: 'uart0', role: 'firmware', title: 'Firmware' },
    { id: 'uart1', role: 'secure', title: 'EL3 (TF-A)' },
    { id: 'hvc0', role: 'host', title: 'Linux host' },
  ],
  pieces: [rmeTfA, smallLinux, busyboxInitrd],
  images: [
    { name: 'flash.bin', piece: rmeTfA, file: 'flash.bin', use: 'file' },
    { name: 'Image', piece: smallLinux, file: 'Image', use: 'file' },
    { name: 'initrd.gz', piece: busyboxInitrd, file: 'initrd.gz', use: 'file' },
  ],
  addressSpaceMiB: 640 + 16 + 128,
  boot: [
    { console: 'uart1', expect: 'Enabling Granule Protection Checks' },
    { console: 'uart1', expect: 'Reserved RMM memory [0x40100000, 0x418fffff]' },
    { console: 'uart0', expect: 'RMM-EL3 Interface ABI' },
    { console: 'uart1', expect: 'Preparing for EL3 exit to normal world' },
    { console: 'uart0', expect: '=> ' },
  ],
  snapshot: { prepare: [], resume: [] },
  check: [
    { console: 'uart0', send: 'smc c4000150 10000\r' },
    { console: 'uart0', expect: 'Res:' },
    { console: 'uart0', expect: '=> ', send: 'smc c4000151 5f000000\r' },
    { console: 'uart0', expect: '/Res: +0x0\\b/' },
    { console: 'uart0', expect: '=> ', send: 'smc c4000152 5f000000\r' },
    { console: 'uart0', expect: '/Res: +0x0\\b/' },
    { console: 'uart0', expect: '=> ', send: 'md.l 5f000000 4\r' },
    { console: 'uart0', expect: '5f000000: ' },
    { console: 'uart0', expect: '=> ', send: 'smc c4000151 5f000000\r' },
    { console: 'uart0', expect: '/Res: +0x0\\b/' },
    { console: 'uart0', expect: '=> ', send: 'md.l 5f000000 4\r' },
    { console: 'uart0', expect: '/Synchronous Abort.*esr 0x96000028.*far 0x5f000000/' },
    { console: 'uart1', expect: 'Enabling Granule Protection Checks' },
    { console: 'uart0', expect: '=> ', send: 'run linux\r' },
    { console: 'hvc0', expect: 'guest:/# ', send: 'ls -l /dev/kvm\r' },
    { console: 'hvc0', expect: '10, 232' },
    { console: 'hvc0', expect: 'guest:/# ', send: 'dmesg | grep "started at EL"\r' },
    { console: 'hvc0', expect: 'started at EL2' },
    { console: 'hvc0', expect: 'guest:/# ', send: 'devmem 0x40100000\r' },
    { console: 'hvc0', expect: 'Killed' },
    { console: 'hvc0', expect: 'guest:/# ' },
  ],
};
