/* el-walk: the entry, one vector table per exception level, and the way down. */
#include "../bare-metal/vectors.h"

    reset_entry

    vector_table 3
    vector_table 2
    vector_table 1

    stack 3
    stack 2
    stack 1
    stack 0

/*
 * void enter_elN(void): leaves the level above by an exception return to main_elN.
 * SPSR says what PSTATE becomes (Arm ARM C5.2.19): M[3:0] the level and its own stack pointer
 * (0b1001 EL2h, 0b0101 EL1h, 0b0000 EL0t), and D, A, I, F set: no interrupts.
 */
    .global enter_el2
enter_el2:
    ldr x0, =stack_el2
    msr sp_el2, x0
    ldr x0, =main_el2
    msr elr_el3, x0
    mov x0, #0x3c9
    msr spsr_el3, x0
    eret

    .global enter_el1
enter_el1:
    ldr x0, =stack_el1
    msr sp_el1, x0
    ldr x0, =main_el1
    msr elr_el2, x0
    mov x0, #0x3c5
    msr spsr_el2, x0
    eret

    .global enter_el0
enter_el0:
    ldr x0, =stack_el0
    msr sp_el0, x0
    ldr x0, =main_el0
    msr elr_el1, x0
    mov x0, #0x3c0
    msr spsr_el1, x0
    eret
