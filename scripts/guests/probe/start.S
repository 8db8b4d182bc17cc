/* probe: entries of the first and of the other CPUs, at EL1. */
#include "../bare-metal/vectors.h"

    .section .text.start, "ax"
    .global _start
_start:
    ldr x0, =bss_start
    ldr x1, =bss_end
1:  cmp x0, x1
    b.hs 2f
    stp xzr, xzr, [x0], #16
    b   1b
2:  mov x0, #0
    .global secondary
secondary:                      /* x0: this CPU's number */
    ldr x1, =stacks
    add x2, x0, #1
    add x1, x1, x2, lsl #14     /* 16 KiB each */
    mov sp, x1
    ldr x1, =vectors_el1
    msr vbar_el1, x1
    mov x1, #3 << 20            /* CPACR_EL1.FPEN: no traps (Arm ARM D24.2.35) */
    msr cpacr_el1, x1
    isb
    cbnz x0, 3f
    bl  main_first
3:  bl  main_other
4:  wfe
    b   4b
    .text

    vector_table 1

    .bss
    .balign 16
stacks:
    .space 8 * 16384
    .text

/* int64_t psci(uint64_t function, uint64_t a, uint64_t b, uint64_t c) */
    .global psci
psci:
    hvc #0
    ret
