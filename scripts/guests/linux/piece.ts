import type { Piece } from '../piece';

/** The small kernel: `Image`, `config` and `System.map`. */
export const smallLinux: Piece = {
  name: 'linux-small',
  packages: [{ kind: 'binary', name: 'linux-source-6.12', arch: 'all' }],
  sources: ['linux/small.config'],
  heavy: true,
  script: `
tar -xJf /packages/linux-source-6.12/usr/src/linux-source-6.12.tar.xz --strip-components=1
export ARCH=arm64 KBUILD_BUILD_USER=bootlink KBUILD_BUILD_HOST=bootlink KBUILD_BUILD_VERSION=1
export KBUILD_BUILD_TIMESTAMP=@$SOURCE_DATE_EPOCH
make -s KCONFIG_ALLCONFIG=/ours/linux/small.config allnoconfig
# An option that Kconfig dropped would be missed only when a guest needs it.
grep '^CONFIG_.*=[^n]' /ours/linux/small.config | while read -r option; do
  grep -qxF -- "$option" .config || { echo "Kconfig did not accept $option" >&2; exit 1; }
done
make -j"$JOBS" Image
cp arch/arm64/boot/Image System.map /result
cp .config /result/config
`,
};

/** Debian's own kernel for cloud machines: `Image`. */
export const cloudLinux: Piece = {
  name: 'linux-cloud',
  packages: [{ kind: 'binary', name: 'linux-image-cloud-arm64', arch: 'arm64', follow: true }],
  sources: [],
  script: `
# Debian's vmlinuz is the plain Image, or one that unpacks itself as an EFI program.
kernel=$(echo /packages/linux-image-cloud-arm64/boot/vmlinuz-*)
[ "$(dd if="$kernel" bs=1 skip=56 count=4 status=none)" = ARMd ] ||
  { echo "$kernel is not an arm64 Image (no ARM\\\\x64 at offset 56)" >&2; exit 1; }
cp "$kernel" /result/Image
`,
};
