import type { Piece, Recipe } from '../piece';

/** EDK2 as Debian builds it: code and an empty variable store, each padded to a flash bank. */
const edk2: Piece = {
  name: 'edk2',
  packages: [{ kind: 'binary', name: 'qemu-efi-aarch64', arch: 'all' }],
  sources: [],
  script: `
cp /packages/qemu-efi-aarch64/usr/share/AAVMF/AAVMF_CODE.no-secboot.fd /result/code.fd
cp /packages/qemu-efi-aarch64/usr/share/AAVMF/AAVMF_VARS.fd /result/vars.fd
truncate -s 64M /result/code.fd /result/vars.fd
`,
};

export const uefi: Recipe = {
  id: 'uefi',
  title: 'UEFI (EDK2)',
  summary: 'Debian’s EDK2 firmware to its shell, with variables that survive a reset.',
  description: `**EDK2** for QEMU's virt board as Debian packages it: the code in the first flash
bank, the variable store in the second. There is nothing to boot, so it comes to its shell.

A non-volatile variable set there is written to the flash bank, and is still there after
\`reset\`.`,
  tryThis: [
    {
      text: 'Set a variable that survives a reset',
      type: 'setvar Bootlink -guid b0071140-0000-4000-8000-000000000001 -nv -bs =L"hello"\r',
    },
    { text: 'Reset the machine', type: 'reset\r' },
    {
      text: 'And read it again',
      type: 'setvar Bootlink -guid b0071140-0000-4000-8000-000000000001\r',
    },
    { text: 'The memory map', type: 'memmap\r' },
    { text: 'Devices and their drivers', type: 'devtree\r' },
  ],
  args: [
    ...['-M', 'virt', '-cpu', 'cortex-a57', '-m', '256M', '-smp', '1'],
    ...['-drive', 'if=pflash,unit=0,format=raw,readonly=on,file=image:code.fd'],
    ...['-drive', 'if=pflash,unit=1,format=raw,file=image:vars.fd'],
    ...['-serial', 'chardev:uart0', '-vga', 'none', '-net', 'none'],
    ...['-device', 'virtio-rng-pci,romfile='],
  ],
  consoles: [{ id: 'uart0', role: 'firmware', title: 'UEFI' }],
  pieces: [edk2],
  images: [
    { name: 'code.fd', piece: edk2, file: 'code.fd', use: 'disk', readOnly: true },
    { name: 'vars.fd', piece: edk2, file: 'vars.fd', use: 'disk' },
  ],
  addressSpaceMiB: 256 + 128,
  boot: [{ console: 'uart0', expect: 'Shell> ' }],
  check: [],
};
