/*
 * An exception vector table for one exception level, for assembly files.
 *
 * The table has 16 entries of 128 bytes (Arm ARM D1.3.1): for exceptions from the same level
 * with SP_EL0, from the same level with its own SP, from a lower level in AArch64, and from a
 * lower level in AArch32; each synchronous, IRQ, FIQ and SError. All of them do the same here:
 * save the registers, call
 *
 *     uint64_t exception_taken(unsigned el, uint64_t esr, uint64_t elr, uint64_t spsr,
 *                              uint64_t far);
 *
 * and return to the instruction that it gives.
 */
    .macro vector_table el
    .balign 2048
    .global vectors_el\el
vectors_el\el:
    .rept 16
    .balign 128
    b   entry_el\el
    .endr

entry_el\el:
    sub sp, sp, #256
    stp x0, x1, [sp, #0]
    stp x2, x3, [sp, #16]
    stp x4, x5, [sp, #32]
    stp x6, x7, [sp, #48]
    stp x8, x9, [sp, #64]
    stp x10, x11, [sp, #80]
    stp x12, x13, [sp, #96]
    stp x14, x15, [sp, #112]
    stp x16, x17, [sp, #128]
    stp x18, x29, [sp, #144]
    str x30, [sp, #160]
    /* A nested exception at this level would overwrite these two: keep them. */
    mrs x1, elr_el\el
    mrs x2, spsr_el\el
    str x2, [sp, #168]
    mov x0, #\el
    mov x3, x2
    mov x2, x1
    mrs x1, esr_el\el
    mrs x4, far_el\el
    bl  exception_taken
    ldr x2, [sp, #168]
    msr elr_el\el, x0
    msr spsr_el\el, x2
    ldp x0, x1, [sp, #0]
    ldp x2, x3, [sp, #16]
    ldp x4, x5, [sp, #32]
    ldp x6, x7, [sp, #48]
    ldp x8, x9, [sp, #64]
    ldp x10, x11, [sp, #80]
    ldp x12, x13, [sp, #96]
    ldp x14, x15, [sp, #112]
    ldp x16, x17, [sp, #128]
    ldp x18, x29, [sp, #144]
    ldr x30, [sp, #160]
    add sp, sp, #256
    eret
    .endm

/*
 * Where the first instruction runs: one CPU goes on, with an empty .bss and a stack, at the
 * exception level that the machine starts at.
 */
    .macro reset_entry el=3
    .section .text.start, "ax"
    .global _start
_start:
    mrs x0, mpidr_el1
    and x0, x0, #0xff           /* Aff0: the CPU's number */
    cbnz x0, park
    ldr x0, =bss_start
    ldr x1, =bss_end
1:  cmp x0, x1
    b.hs 2f
    stp xzr, xzr, [x0], #16
    b   1b
2:  ldr x0, =stack_el\el
    mov sp, x0
    ldr x0, =vectors_el\el
    msr vbar_el\el, x0
    isb
    bl  main_el\el
    .global park
park:
    wfe
    b   park
    .text
    .endm

    .macro stack el
    .bss
    .balign 16
    .space 8192
    .global stack_el\el
stack_el\el:
    .text
    .endm
