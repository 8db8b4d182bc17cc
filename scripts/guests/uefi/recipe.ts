import type { Piece, Recipe } from '../piece';

/**
 * The shell as an EFI program of its own. EDK2 starts what QEMU's -kernel gives it, with
 * -append as load options (OvmfPkg/Library/GenericQemuLoadImageLib), so the shell can be told
 * not to wait five seconds for a startup.nsh. The built-in shell cannot be told so without a
 * boot option in the variable store, which then would not be Debian's any more.
 */
const shell: Piece = {
  name: 'efi-shell',
  packages: [{ kind: 'binary', name: 'efi-shell-aa64', arch: 'all' }],
  sources: [],
  script: 'cp /packages/efi-shell-aa64/usr/share/efi-shell-aa64/shellaa64.efi /result',
};

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

const variable = 'Bootlink -guid b0071140-0000-4000-8000-000000000001';

export const uefi: Recipe = {
  id: 'uefi',
  title: 'UEFI (EDK2)',
  summary: 'Debian’s EDK2 firmware to its shell, with variables that survive a reset.',
  description: `**EDK2** for QEMU's virt board as Debian packages it: the code in the first flash
bank, the variable store in the second. It starts Debian's UEFI shell, which QEMU hands to it
as a kernel (\`-kernel\`), with \`-nostartup\` so that the shell does not count down.

A non-volatile variable set there is written to the flash bank, and is still there after
\`reset\`.`,
  tryThis: [
    {
      text: 'Set a variable that survives a reset',
      type: `setvar ${variable} -nv -bs =L"hello"\r`,
    },
    { text: 'Reset the machine', type: 'reset\r' },
    {
      text: 'And read it again',
      type: `setvar ${variable}\r`,
    },
    { text: 'The memory map', type: 'memmap\r' },
    { text: 'Devices and their drivers', type: 'devtree\r' },
  ],
  args: [
    ...['-M', 'virt', '-cpu', 'cortex-a57', '-m', '256M', '-smp', '1'],
    ...['-drive', 'if=pflash,unit=0,format=raw,readonly=on,file=image:code.fd'],
    ...['-drive', 'if=pflash,unit=1,format=raw,file=image:vars.fd'],
    ...['-kernel', 'image:shellaa64.efi', '-append', 'shellaa64.efi -nostartup'],
    ...['-serial', 'chardev:uart0', '-vga', 'none', '-net', 'none'],
    ...['-device', 'virtio-rng-pci,romfile='],
  ],
  consoles: [{ id: 'uart0', role: 'firmware', title: 'UEFI' }],
  pieces: [edk2, shell],
  images: [
    { name: 'code.fd', piece: edk2, file: 'code.fd', use: 'disk', readOnly: true },
    { name: 'shellaa64.efi', piece: shell, file: 'shellaa64.efi', use: 'file' },
    { name: 'vars.fd', piece: edk2, file: 'vars.fd', use: 'disk' },
  ],
  addressSpaceMiB: 256 + 128,
  boot: [{ console: 'uart0', expect: 'Shell> ' }],
  snapshot: { prepare: [], resume: [] },
  check: [
    { console: 'uart0', send: `setvar ${variable} -nv -bs =L"hello"\r` },
    { console: 'uart0', expect: 'Shell> ', send: 'reset\r' },
    { console: 'uart0', expect: 'UEFI firmware' },
    { console: 'uart0', expect: 'Shell> ', send: `setvar ${variable}\r` },
    // "hello" in UTF-16
    { console: 'uart0', expect: '/68 00 65 00 6C 00 6C 00.6F 00/' },
    { console: 'uart0', expect: 'Shell> ' },
  ],
};
