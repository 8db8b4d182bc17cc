/**
 * The trace record: one layout, described here once. The C side (wasm/qemu/trace)
 * is written from this comment.
 *
 * A record is 64 bytes, little-endian, aligned to 64 in its ring. Records of one
 * vCPU are in order; `time` orders records of several.
 *
 *   offset size  field
 *    0     u8    kind       one of KIND; 0 is a slot that was never written
 *    1     u8    flags      FLAG_*
 *    2     u8    from       a place, see below
 *    3     u8    to         a place
 *    4     u16   cpu        vCPU index
 *    6     u16   detail     by kind
 *    8     u64   time       guest virtual clock, nanoseconds (QEMU_CLOCK_VIRTUAL)
 *   16     u64   icount     instructions executed, valid with FLAG_ICOUNT, else 0
 *   24     u64   a          by kind
 *   32     u64   b
 *   40     u64   c
 *   48     u64   d
 *   56     u64   e
 *
 * A place is a byte: bits [1:0] Exception level; [3:2] Security state as QEMU's
 * ARMSecuritySpace (0 Secure, 1 Non-secure, 2 Root, 3 Realm); bit 4 AArch32; bit
 * 7 valid; other bits zero. EL3 is Root with RME and Secure without.
 *
 *   kind              from      to        detail            a        b        c        d        e
 *    1 exception      before    after     vector offset     ESR_ELx  FAR_ELx  ELR      vector   SPSR
 *      ... a call     before    after     vector offset     ESR_ELx  x0       ELR      vector   SPSR
 *    2 arguments      (bytes 8 to 63 are x1 to x7: there is no time, icount, a..e)
 *    3 return         before    after     0                 ELR      SPSR     x0       x1       PC of ERET
 *    4 world switch   before    after     0                 new SCR  old SCR  PC       0        0
 *    5 gpf            accessor  -         see below         PA       VA       PC       ESR      GPT entry
 *    6 granule        actor     -         see below         base PA  size     entry    old entry PC
 *    7 mmu            regime    -         1 on, 0 off       SCTLR    old      TTBR0    TCR      PC
 *    8 image          before    after     image number      PC       base PA  size     x0       x1
 *    9 interrupt      before    after     INTERRUPT         INTID    ELR      SPSR     vector   0
 *   10 wait           where     -         WAIT              PC       0        0        0        0
 *   11 psci           caller    -         0                 id       x1       x2       x3       result
 *   12 reset          -         after     RESET             PC       0        0        0        0
 *   13 summary        from      to        kind counted      count    start ns key      last PC  0
 *   14 dropped        -         -         0                 lost     total    0        0        0
 *
 * exception: synchronous ones. For SVC, HVC and SMC (ESR.EC 0x11 to 0x13, 0x15 to
 *   0x17) FLAG_CALL is set, b is x0 since FAR means nothing then, and the next
 *   record of the same vCPU is its arguments record.
 * arguments: the header's kind, flags, from, to, cpu and detail are as in the
 *   exception record it follows.
 * gpf: detail [5:0] is GPCSC (ESR_EL3 ISS bits [19:14], Arm ARM D24.2); [9:8] the
 *   physical address space asked for, coded as a Security state; bit 10 write,
 *   bit 11 instruction fetch, bit 12 met on a table walk. b is valid with
 *   FLAG_VA; e is the entry that decided, valid with FLAG_ENTRY.
 * granule: detail [3:0] is the new GPI, [7:4] the old one, [9:8] how it was seen:
 *   0 a write to the GPT, 1 a TLBI by PA, 2 an RMI call. Old parts are valid with
 *   FLAG_OLD.
 * image: the number counts the images the page named to the engine. The first
 *   instruction inside [base, base + size) gives the record.
 * return: the PC of an AArch32 return is not known, and 0.
 * interrupt: asynchronous exceptions. INTID is that of the highest priority interrupt that
 *   the GIC signals when it is taken, all ones where there is none: SError, a virtual
 *   interrupt that a hypervisor raises by HCR_EL2 alone, another interrupt controller.
 * psci: calls that QEMU's own PSCI answers (target/arm/tcg/psci.c), and result
 *   valid with FLAG_RESULT. Calls answered by firmware are exception records.
 * summary: `count` events of the kind in detail, alike in from, to and key, were
 *   counted and not written between `start ns` and `time`. key is ESR.EC for
 *   exceptions, INTID for interrupts, WAIT for waits, 0 otherwise.
 * dropped: the ring was full: `lost` records since the last dropped record,
 *   `total` since the start.
 */

export const RECORD_SIZE = 64;

export const KIND = {
  exception: 1,
  arguments: 2,
  return: 3,
  worldSwitch: 4,
  gpf: 5,
  granule: 6,
  mmu: 7,
  image: 8,
  interrupt: 9,
  wait: 10,
  psci: 11,
  reset: 12,
  summary: 13,
  dropped: 14,
} as const;

export const FLAG_ICOUNT = 1 << 0;
export const FLAG_CALL = 1 << 1;
export const FLAG_VA = 1 << 2;
export const FLAG_ENTRY = 1 << 3;
export const FLAG_OLD = 1 << 4;
export const FLAG_RESULT = 1 << 5;

export const INTERRUPTS = [
  'IRQ',
  'FIQ',
  'SError',
  'vIRQ',
  'vFIQ',
  'vSError',
  'NMI',
  'vNMI',
] as const;
export const WAITS = ['WFI', 'WFE', 'WFIT', 'WFET'] as const;
export const RESETS = ['cold', 'warm', 'CPU_ON'] as const;
export const GRANULE_CAUSES = ['GPT write', 'TLBI by PA', 'RMI'] as const;

export type InterruptKind = (typeof INTERRUPTS)[number];
export type WaitKind = (typeof WAITS)[number];
export type ResetKind = (typeof RESETS)[number];
export type GranuleCause = (typeof GRANULE_CAUSES)[number];

/** INTID of an interrupt record that does not know it. */
export const UNKNOWN_INTID = (1n << 64n) - 1n;
