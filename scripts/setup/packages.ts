/** The suite everything is built with and from. See wasm/README.md for why this one. */
export const suite = 'trixie';

/**
 * What the chroot holds, one group per reason. A change here makes a new chroot at the next
 * start. Recommended packages are not installed.
 */
export const packageGroups: Record<string, readonly string[]> = {
  'fetching and unpacking sources': [
    'ca-certificates',
    'dpkg-dev',
    'patch',
    'xz-utils',
    'bzip2',
    'gzip',
    'zstd',
    'cpio',
    'rsync',
  ],
  'host compiler, for the tools that builds make for themselves': ['build-essential', 'pkg-config'],
  'QEMU for WebAssembly': [
    'emscripten',
    'meson',
    'ninja-build',
    'python3',
    'python3-venv',
    'python3-packaging',
    'python3-setuptools',
    'libglib2.0-dev-bin',
    'brotli',
  ],
  'Arm firmware, kernels and bare-metal images': [
    'gcc-aarch64-linux-gnu',
    'bison',
    'flex',
    'bc',
    'kmod',
    'libelf-dev',
    'device-tree-compiler',
  ],
  'U-Boot: binman, mkimage, ACPI tables': [
    'libgnutls28-dev',
    'libssl-dev',
    'python3-dev',
    'python3-pyelftools',
    'python3-yaml',
    'acpica-tools',
    'swig',
    'uuid-dev',
  ],
  'disk images': ['mtools', 'dosfstools', 'gdisk'],
  'native QEMU, to check the guests and to compare with': ['qemu-system-arm', 'qemu-utils'],
};

export const rootfsPackages: readonly string[] = [...new Set(Object.values(packageGroups).flat())];
