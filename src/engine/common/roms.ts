/** Folder of the engine's file system with the option ROMs: QEMU's `-L`. */
export const ROM_FOLDER = '/roms';

/**
 * Option ROMs that devices load at start-up unless their `romfile=` says otherwise (the romfile
 * defaults of QEMU's hw/display/bochs-display.c, ramfb.c, hw/net/e1000.c, e1000e.c,
 * hw/virtio/virtio-net-pci.c), and when a machine has such a device: named in the arguments, or
 * one that its board brings along.
 */
const roms: readonly { file: string; wanted(args: string): boolean }[] = [
  {
    file: 'vgabios-bochs-display.bin',
    wanted: (args) => /\bbochs-display\b|\bsbsa-ref\b/.test(args),
  },
  { file: 'vgabios-ramfb.bin', wanted: (args) => /\bramfb\b/.test(args) },
  { file: 'efi-e1000.rom', wanted: (args) => /\be1000\b/.test(args) },
  {
    file: 'efi-e1000e.rom',
    wanted: (args) => /\be1000e\b/.test(args) || (/\bsbsa-ref\b/.test(args) && hasOwnNetwork(args)),
  },
  {
    file: 'efi-virtio.rom',
    wanted: (args) =>
      /\bvirtio-net(-pci)?\b/.test(args) || (/\bvirt\b/.test(args) && hasOwnNetwork(args)),
  },
];

/** The boards bring a network card unless they are told not to. */
function hasOwnNetwork(args: string): boolean {
  return !/(^| )(-nodefaults|-net none|-nic none)( |$)/.test(args);
}

/** All files that the engine's folder holds besides the engine. */
export const romFiles: readonly string[] = roms.map(({ file }) => file);

/** The ROMs that a machine with these arguments may load. */
export function romsFor(args: readonly string[]): string[] {
  const line = args.join(' ');
  return roms.filter(({ wanted }) => wanted(line)).map(({ file }) => file);
}
