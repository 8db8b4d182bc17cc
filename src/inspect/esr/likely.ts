/**
 * What usually causes a syndrome, for "What happened?". These are leads, not
 * findings: each says what to look at.
 */
import { hex } from '../field';
import type { Syndrome } from './esr';

/** Likely reasons, the likeliest first; empty where the syndrome alone says nothing. */
export function likelyReasons(syndrome: Syndrome, far?: bigint): string[] {
  const { ec, fault } = syndrome;
  const at = far === undefined ? 'that address' : hex(far);
  if (ec === 0x00) {
    return [
      'an instruction this CPU does not have, or one that is disabled here: check the feature and its enable bits',
      'data or erased memory run as code: check that the image is loaded where it runs',
    ];
  }
  if (ec === 0x0e)
    return ['an ERET to a state that does not exist: check SPSR.M and SCR_EL3.RW or HCR_EL2.RW'];
  if (ec === 0x07 || ec === 0x19 || ec === 0x1d) {
    return [
      'floating point, SVE or SME is not enabled here: check CPACR_EL1, CPTR_EL2 and CPTR_EL3',
    ];
  }
  if (ec === 0x17) return ['an SMC that nothing handles at this level, or that HCR_EL2.TSC traps'];
  if (ec === 0x16) return ['an HVC that nothing handles: is there a hypervisor at EL2?'];
  if (ec === 0x18)
    return ['a system register that a higher level traps: see which, in the syndrome'];
  if (ec === 0x22)
    return [
      'a branch to an address that is not a multiple of 4: a corrupt pointer or return address',
    ];
  if (ec === 0x26) return ['a stack pointer that is not a multiple of 16'];
  if (ec === 0x1c || ec === 0x0d) return ['a corrupt return address or function pointer'];
  if (ec === 0x3c)
    return ['BRK: an assertion or BUG of the software itself; the immediate says whose'];
  if (ec === 0x2f)
    return ['an error reported late, often a write to a physical address where nothing answers'];
  if (fault === undefined) return [];
  switch (fault.kind) {
    case 'granule protection fault':
      return [
        `the memory behind ${at} belongs to another world (Realm, Secure or Root): look it up in the granule map`,
        ...(fault.onWalk ? ['the translation tables themselves are in such memory'] : []),
        'the address was delegated to the Realm world, or lies in memory that firmware keeps (a stack or heap placed there is a common mistake)',
      ];
    case 'translation fault':
      return far !== undefined && far < 0x1000n
        ? ['a null pointer']
        : [`${at} is not mapped: a wild pointer, or a device that was not mapped`];
    case 'permission fault':
      return [
        syndrome.ec <= 0x21
          ? `${at} is mapped execute-never: data run as code, or memory that firmware protects`
          : `${at} is mapped without that permission: a write to read-only memory is the usual case`,
      ];
    case 'alignment fault':
      return ['an unaligned access to Device memory or with the MMU off, or SCTLR_ELx.A is 1'];
    case 'synchronous external abort':
      return [`no device or memory answers at the physical address behind ${at}`];
    case 'address size fault':
      return ['a translation table entry or base register holds an address that is too large'];
    case 'access flag fault':
      return ['a table entry whose Access flag is 0: software forgot to set it'];
    default:
      return [];
  }
}
