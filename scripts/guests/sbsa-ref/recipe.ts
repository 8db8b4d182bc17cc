import { busyboxInitrd } from '../initrd/piece';
import { smallLinux } from '../linux/piece';
import type { Piece, Recipe } from '../piece';
import { sbsaTfA } from '../tf-a/piece';
import { sbsaUBoot } from '../u-boot/piece';

/** The AHCI disk: UEFI shell, kernel and initrd on an EFI system partition. */
const disk: Piece = {
  name: 'sbsa-disk',
  needs: [smallLinux, busyboxInitrd],
  packages: [{ kind: 'binary', name: 'efi-shell-aa64', arch: 'all' }],
  sources: ['sbsa-ref/disk.sh', 'sbsa-ref/linux.nsh'],
  script: '. /ours/sbsa-ref/disk.sh',
};

/** The same firmware as the board's two flash banks hold it. */
const flash: Piece = {
  name: 'sbsa-flash',
  needs: [sbsaTfA, sbsaUBoot],
  sources: [],
  script: `
cp /needs/tf-a-sbsa/flash.bin /result/SBSA_FLASH0.fd
cp /needs/u-boot-sbsa/u-boot.bin /result/SBSA_FLASH1.fd
truncate -s 256M /result/SBSA_FLASH0.fd /result/SBSA_FLASH1.fd
`,
};

// The board has a display whether one is asked for or not; its option ROM is for PCs only.
const board = [
  ...['-M', 'sbsa-ref', '-smp', '1', '-net', 'none', '-global', 'bochs-display.romfile='],
];
const ahciDisk = ['-drive', 'if=ide,format=raw,file=image:disk.img'];
const diskImage = { name: 'disk.img', piece: disk, file: 'disk.img', use: 'disk' } as const;

const consoles: Recipe['consoles'] = [
  { id: 'uart0', role: 'firmware', title: 'Firmware and Linux' },
  { id: 'uart1', role: 'secure', title: 'Secure' },
];

const serials = ['-serial', 'chardev:uart0', '-serial', 'chardev:uart1'];

const boot: Recipe['boot'] = [
  { console: 'uart0', expect: '/BL1: v[0-9.]+\\(debug\\)/' },
  { console: 'uart0', expect: 'Entry point address = 0x10000000' },
  { console: 'uart0', expect: '=> ' },
];

const check: Recipe['check'] = [
  { console: 'uart0', send: 'version\r' },
  { console: 'uart0', expect: '/U-Boot 20[0-9]{2}\\.[0-9]{2}/' },
  { console: 'uart0', expect: '=> ', send: 'boot\r' },
  { console: 'uart0', expect: 'UEFI Interactive Shell' },
  { console: 'uart0', expect: 'Shell> ', send: 'fs0:linux\r' },
  { console: 'uart0', expect: 'guest:/# ', send: 'ls /sys/firmware/acpi/tables\r' },
  { console: 'uart0', expect: 'GTDT' },
  { console: 'uart0', expect: 'guest:/# ', send: 'cat /proc/partitions\r' },
  { console: 'uart0', expect: 'sda1' },
];

const tryThis: Recipe['tryThis'] = [
  { text: 'Find the EFI program on the AHCI disk and start it', type: 'boot\r' },
  { text: 'At the UEFI shell: start Linux from the disk', type: 'fs0:linux\r' },
  { text: 'In Linux: the ACPI tables that U-Boot made', type: 'ls /sys/firmware/acpi/tables\r' },
  { text: 'At the U-Boot prompt: what is on the disk', type: 'scsi scan; ls scsi 0:1\r' },
  { text: 'At the U-Boot prompt: reset the board', type: 'reset\r' },
];

export const sbsaRef: Recipe = {
  id: 'sbsa-ref',
  title: 'SBSA reference board',
  summary: 'Trusted Firmware-A and U-Boot on the Arm server reference board, then UEFI and Linux.',
  description: `The server board that firmware for Arm's Base System Architecture is developed
on. **Trusted Firmware-A** runs from secure flash (BL1, BL2, BL31 at EL3) and hands over to
**U-Boot** at EL2, which stops at its prompt.

\`boot\` goes on: U-Boot finds the EFI system partition on the AHCI disk and starts the **UEFI
shell** from it; \`fs0:linux\` there starts **Linux**, which finds its hardware by the ACPI
tables that U-Boot has made.

The firmware lies in the first bytes of the board's flash, and U-Boot is loaded to where the
second flash bank would hold it; so the two flash images of 256 MiB are not needed.`,
  tryThis,
  args: [
    ...[...board, '-m', '256M', '-bios', 'image:flash.bin'],
    ...['-device', 'loader,file=image:u-boot.bin,addr=0x10000000,force-raw=on'],
    ...[...ahciDisk, ...serials],
  ],
  consoles,
  pieces: [sbsaTfA, sbsaUBoot, disk],
  images: [
    { name: 'flash.bin', piece: sbsaTfA, file: 'flash.bin', use: 'file' },
    { name: 'u-boot.bin', piece: sbsaUBoot, file: 'u-boot.bin', use: 'file' },
    diskImage,
  ],
  // RAM, secure RAM, and the flash windows, of which QEMU touches what is written.
  addressSpaceMiB: 256 + 512 + 512,
  boot,
  check,
  snapshot: { prepare: [], resume: [] },
};

export const sbsaRefFlash: Recipe = {
  ...sbsaRef,
  id: 'sbsa-ref-flash',
  title: 'SBSA reference board, flash images',
  summary: 'The same firmware as two 256 MiB flash images, the form that firmware builds produce.',
  description: `As the SBSA reference board, with the firmware in the two flash banks: TF-A in the
secure one, U-Boot in the other. This is the form of \`SBSA_FLASH0.fd\` and \`SBSA_FLASH1.fd\`
of a firmware build: put your own pair in their place. Of each image only the parts that hold
something travel.`,
  args: [
    ...[...board, '-m', '256M'],
    ...['-drive', 'if=pflash,unit=0,format=raw,file=image:SBSA_FLASH0.fd'],
    ...['-drive', 'if=pflash,unit=1,format=raw,file=image:SBSA_FLASH1.fd'],
    ...[...ahciDisk, ...serials],
  ],
  pieces: [flash, disk],
  images: [
    { name: 'SBSA_FLASH0.fd', piece: flash, file: 'SBSA_FLASH0.fd', use: 'disk' },
    { name: 'SBSA_FLASH1.fd', piece: flash, file: 'SBSA_FLASH1.fd', use: 'disk' },
    diskImage,
  ],
};
