/** Licences of the Debian packages that bytes of the guests come from (SPDX where it has one). */
export const licences: Readonly<Record<string, string>> = {
  'arm-trusted-firmware': 'BSD-3-Clause (parts MIT, Apache-2.0, GPL-2.0-or-later)',
  'u-boot': 'GPL-2.0-or-later (parts GPL-2.0-only, BSD-3-Clause and others)',
  'linux-source-6.12': 'GPL-2.0-only WITH Linux-syscall-note',
  'busybox-static': 'GPL-2.0-only (with glibc, LGPL-2.1-or-later)',
};
