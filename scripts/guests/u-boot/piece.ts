import type { Piece } from '../piece';

function uBoot(name: string, defconfig: string, board: string, more = ''): Piece {
  return {
    name,
    packages: [{ kind: 'source', name: 'u-boot' }],
    sources: [`u-boot/${board}.config`, `u-boot/${board}.env`],
    heavy: true,
    script: `
cd /packages/u-boot
for board in qemu-arm qemu-sbsa; do
  cp /ours/u-boot/${board}.env board/emulation/$board/bootlink.env
done
make -s O=/build/out ${defconfig}
cat /ours/u-boot/${board}.config >> /build/out/.config
make -s O=/build/out olddefconfig
grep '^CONFIG_.*=[^n]' /ours/u-boot/${board}.config | while read -r option; do
  grep -qxF -- "$option" /build/out/.config ||
    { echo "Kconfig did not accept $option" >&2; exit 1; }
done
make -j"$JOBS" O=/build/out u-boot.bin
cp /build/out/u-boot.bin /result
cp /build/out/.config /result/config
${more}`,
  };
}

/** U-Boot for sbsa-ref: `u-boot.bin`, to run at 0x10000000. */
export const sbsaUBoot = uBoot('u-boot-sbsa', 'qemu-arm-sbsa_defconfig', 'sbsa');

/**
 * U-Boot for virt behind TF-A: `u-boot.bin`, which stops at its prompt, and
 * `u-boot-linux.bin`, which goes on to the kernel that QEMU was given.
 */
export const virtUBoot = uBoot(
  'u-boot-virt',
  'qemu_arm64_defconfig',
  'virt',
  `
echo CONFIG_BOOTDELAY=0 >> /build/out/.config
make -s O=/build/out olddefconfig
make -j"$JOBS" O=/build/out u-boot.bin
cp /build/out/u-boot.bin /result/u-boot-linux.bin
`,
);
