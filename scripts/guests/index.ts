import { elWalk } from './el-walk/recipe';
import { fourWorlds } from './four-worlds/recipe';
import { mips } from './mips/recipe';
import { optee } from './optee/recipe';
import type { Recipe } from './piece';
import { probe } from './probe/recipe';
import { probeDebian, probeLinux } from './probe-linux/recipe';
import { rme } from './rme/recipe';
import { sbsaRef, sbsaRefFlash } from './sbsa-ref/recipe';
import { testCard } from './test-card/recipe';
import { uefi } from './uefi/recipe';
import { virtDebian, virtLinux } from './virt-linux/recipe';
import { xen } from './xen/recipe';

/** The built-in guests, in the order of the gallery. */
export const recipes: readonly Recipe[] = [
  sbsaRef,
  rme,
  virtLinux,
  virtDebian,
  uefi,
  optee,
  xen,
  elWalk,
  fourWorlds,
  testCard,
  sbsaRefFlash,
];

/** What the tests and the bench run besides; in the catalogue, not in the gallery. */
export const instruments: readonly Recipe[] = [probe, probeLinux, probeDebian, mips];
