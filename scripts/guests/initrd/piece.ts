import type { Piece } from '../piece';

/** A BusyBox shell and nothing else: `initrd.gz`. */
export const busyboxInitrd: Piece = {
  name: 'initrd',
  packages: [{ kind: 'binary', name: 'busybox-static', arch: 'arm64' }],
  sources: ['initrd'],
  script: `
. /ours/initrd/make.sh
busybox_tree
pack_tree
`,
};
