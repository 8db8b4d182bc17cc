import type { Piece } from '../piece';
import { virtUBoot } from '../u-boot/piece';

const source = { kind: 'source', name: 'arm-trusted-firmware' } as const;

const build = (options: string) => `
make -C /packages/arm-trusted-firmware -j"$JOBS" DEBUG=1 BUILD_BASE=/build/out BUILD_MESSAGE_TIMESTAMP='"Bootlink"' ${options} all fip
`;

/** Trusted Firmware-A for sbsa-ref: `bl1.bin`, `fip.bin`, and `flash.bin` of both. */
export const sbsaTfA: Piece = {
  name: 'tf-a-sbsa',
  packages: [source],
  sources: [],
  heavy: true,
  script: `${build('PLAT=qemu_sbsa')}
cp out/qemu_sbsa/debug/{bl1,fip}.bin /result
# As plat/qemu/qemu_sbsa lays it out: BL1 at 0, the firmware image package at 0x12000.
cp out/qemu_sbsa/debug/bl1.bin /result/flash.bin
[ "$(stat -c %s /result/flash.bin)" -le $((0x12000)) ] || { echo "BL1 is too large" >&2; exit 1; }
truncate -s $((0x12000)) /result/flash.bin
cat out/qemu_sbsa/debug/fip.bin >> /result/flash.bin
`,
};

/**
 * Consoles apart: what runs at EL3 (BL1, BL2, BL31) prints on the secure UART, which belongs to
 * the Secure and Root worlds. The payload in the Realm world cannot reach that one and shares
 * the first with U-Boot; so does the console that BL31 tells an RMM about.
 */
const consolesApart = `
cd /packages/arm-trusted-firmware/plat/qemu
sed -i 's/^#define PLAT_QEMU_BOOT_UART_BASE.*/#ifdef IMAGE_RMM\\n&\\n#else\\n#define PLAT_QEMU_BOOT_UART_BASE UART1_BASE\\n#endif/' \
  qemu/include/platform_def.h
sed -i 's/console_ptr\\[0\\].base = PLAT_QEMU_BOOT_UART_BASE/console_ptr[0].base = UART0_BASE/' common/qemu_common.c
grep -q 'UART1_BASE' qemu/include/platform_def.h
grep -q 'base = UART0_BASE' common/qemu_common.c
cd /build
`;

/** Trusted Firmware-A for virt with RME and its test payload as RMM: `flash.bin`. */
export const rmeTfA: Piece = {
  name: 'tf-a-rme',
  needs: [virtUBoot],
  packages: [source],
  sources: [],
  heavy: true,
  script: `${consolesApart}
${build('PLAT=qemu ENABLE_RME=1 QEMU_USE_GIC_DRIVER=QEMU_GICV3 BL33=/needs/u-boot-virt/u-boot.bin')}
cp out/qemu/debug/qemu_fw.bios /result/flash.bin
`,
};

/** Trusted Firmware-A for virt with OP-TEE in Secure EL1 and U-Boot: `flash.bin`. */
export const opteeTfA: Piece = {
  name: 'tf-a-optee',
  needs: [virtUBoot],
  packages: [source, { kind: 'binary', name: 'optee-os', arch: 'arm64' }],
  sources: [],
  heavy: true,
  script: `
tee=/packages/optee-os/usr/lib/optee/vexpress-qemu_armv8a
${build(
  'PLAT=qemu QEMU_USE_GIC_DRIVER=QEMU_GICV3 SPD=opteed BL32=$tee/tee-header_v2.bin ' +
    'BL32_EXTRA1=$tee/tee-pager_v2.bin BL32_EXTRA2=$tee/tee-pageable_v2.bin ' +
    'BL32_RAM_LOCATION=tdram BL33=/needs/u-boot-virt/u-boot-linux.bin',
)}
cp out/qemu/debug/qemu_fw.bios /result/flash.bin
`,
};
