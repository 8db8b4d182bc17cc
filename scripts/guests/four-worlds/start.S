/* four-worlds: the entry, the vectors of EL3 and EL2, and visits to EL2 of another world. */
#include "../bare-metal/vectors.h"

    reset_entry

    vector_table 3
    vector_table 2

    stack 3
    stack 2

/*
 * void visit(uint64_t scr, void (*function)(void)): runs a function at EL2 in the security
 * state that SCR_EL3 selects, and comes back when it has returned.
 *
 * The way back is an SMC, whose handler at EL3 calls end_visit: that restores what is kept
 * here and returns in visit's place.
 */
    .global visit
visit:
    stp x29, x30, [sp, #-96]!
    stp x19, x20, [sp, #16]
    stp x21, x22, [sp, #32]
    stp x23, x24, [sp, #48]
    stp x25, x26, [sp, #64]
    stp x27, x28, [sp, #80]
    ldr x2, =visitor_stack
    mov x3, sp
    str x3, [x2]
    msr scr_el3, x0
    ldr x2, =stack_el2
    msr sp_el2, x2
    adr x2, arrival
    msr elr_el3, x2
    mov x2, #0x3c9              /* EL2h, interrupts masked */
    msr spsr_el3, x2
    isb
    eret
arrival:                        /* at EL2 now; x1 is still the function */
    blr x1
    smc #0
1:  b   1b

    .global end_visit
end_visit:
    ldr x2, =visitor_stack
    ldr x3, [x2]
    mov sp, x3
    ldp x19, x20, [sp, #16]
    ldp x21, x22, [sp, #32]
    ldp x23, x24, [sp, #48]
    ldp x25, x26, [sp, #64]
    ldp x27, x28, [sp, #80]
    ldp x29, x30, [sp], #96
    ret

/* uint64_t probe(uint64_t address): a load that may fault; the handler steps over it. */
    .global probe
probe:
    ldr x0, [x0]
    ret

    .bss
    .balign 8
visitor_stack:
    .space 8
