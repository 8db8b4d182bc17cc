/**
 * QEMU's device state. `xen-save-devices-state` writes a migration stream without RAM and
 * without the section that names the board (migration/savevm.c, qemu_save_device_state), which
 * `xen-load-devices-state` wants: it is put in here, so that QEMU itself refuses another board.
 */

/** QEMU_VM_FILE_MAGIC and QEMU_VM_FILE_VERSION, each big-endian in 4 bytes. */
const HEAD = Uint8Array.of(0x51, 0x45, 0x56, 0x4d, 0, 0, 0, 3);
/** QEMU_VM_CONFIGURATION, the section's type. */
const CONFIGURATION = 0x07;

/** QEMU_VM_SUBSECTION. */
const SUBSECTION = 0x05;
/** QEMU_VM_VMDESCRIPTION. */
const DESCRIPTION = 0x06;
const PAGE_BITS_SECTION = 'configuration/target-page-bits';
/** Of the boards that Bootlink has: A-profile cores, pages of 4 KiB (hw/arm/virt.c, minimum_page_bits). */
const PAGE_BITS = 12;

/**
 * @param saved what QEMU wrote
 * @param machineType QOM type of the board, such as `virt-10.0-machine`
 * @throws Error when it is not a stream of this kind
 */
export function withConfiguration(saved: Uint8Array, machineType: string): Uint8Array {
  if (!HEAD.every((byte, index) => saved[index] === byte)) {
    throw new Error('QEMU has written something else than device state.');
  }
  if (saved[HEAD.length] === CONFIGURATION) return saved;
  const board = new TextEncoder().encode(machineType.replace(/-machine$/, ''));
  const section = new TextEncoder().encode(PAGE_BITS_SECTION);
  // vmstate_configuration: length and name of the board; its subsection, by length of name, name,
  // version and value. Without that QEMU takes the smallest page that any Arm core has.
  const parts = [
    Uint8Array.of(CONFIGURATION),
    bigEndian(board.length),
    board,
    Uint8Array.of(SUBSECTION, section.length),
    section,
    bigEndian(1),
    bigEndian(PAGE_BITS),
  ];
  const rest = saved.subarray(HEAD.length);
  // An empty description of the state's fields, which QEMU would otherwise miss aloud.
  const description = [Uint8Array.of(DESCRIPTION), bigEndian(0)];
  return new Uint8Array([HEAD, ...parts, rest, ...description].flatMap((part) => [...part]));
}

function bigEndian(value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, value);
  return bytes;
}
