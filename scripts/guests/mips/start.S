/* mips: the way down to EL1, vectors that only return, and stacks. */
#include "../bare-metal/vectors.h"

    reset_entry

    vector_table 3

    /* SVC, HVC and SMC are answered by an exception return and nothing else. */
    .macro returning_vectors el
    .balign 2048
    .global vectors_el\el
vectors_el\el:
    .rept 16
    .balign 128
    eret
    .endr
    .endm

    returning_vectors 2
    returning_vectors 1

    .balign 2048
    .global returning_el3
returning_el3:
    .rept 16
    .balign 128
    eret
    .endr

    stack 3
    stack 1

/* void enter_el1(void): from EL3 to main_el1 at EL1h, with D, A, I and F set. */
    .global enter_el1
enter_el1:
    ldr x0, =stack_el1
    msr sp_el1, x0
    ldr x0, =main_el1
    msr elr_el3, x0
    mov x0, #0x3c5
    msr spsr_el3, x0
    eret
