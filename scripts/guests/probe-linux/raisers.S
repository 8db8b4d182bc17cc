/*
 * probe-linux: functions of an instruction or a few that may raise an exception; x0 is an address
 * where it matters, and the result. The table has each with whether it does.
 */
    .macro raise has_address, a, b, c, d, e
    .pushsection .rodata.raisers, "a"
    .balign 8
    .quad 9f, \has_address
    .popsection
    .balign 4
9:  \a
    \b
    \c
    \d
    \e
    ret
    .endm

    .arch armv8.5-a+memtag
    .section .rodata.raisers, "a"
    .global raisers
    .balign 8
raisers:
    .text

    raise 1, "ldr x0, [x0]"
    raise 1, "ldp x0, x1, [x0, #-8]"
    raise 1, "ldr q0, [x0, #-3]"
    raise 1, "ldar x0, [x0]"
    raise 1, "ldxr x0, [x0]"
    raise 1, "str x0, [x0]"
    raise 1, "strb wzr, [x0, #-1]!"
    raise 1, "movi v0.16b, #1", "movi v1.16b, #2", "movi v2.16b, #3", "st3 {v0.16b-v2.16b}, [x0], #48"
    raise 1, "ldadd x0, x1, [x0]"
    raise 1, "swpal x0, x1, [x0]"   /* not CAS: see address() of ../probe/probe.c */
    raise 1, "dc zva, x0"
    raise 1, "dc cvau, x0"
    raise 1, "ic ivau, x0"
    raise 1, "br x0"
    raise 0, "udf #42"
    raise 0, "brk #7"
    raise 0, "hvc #1"
    raise 0, "smc #1"
    raise 0, "mrs x0, sctlr_el1"
    raise 0, "msr vbar_el1, x0"
    raise 0, "msr daifset, #2"
    raise 0, "eret"
    raise 0, "mrs x0, midr_el1"     /* which the kernel reads for user space */
    raise 0, "mov x8, #9999", "svc #0"

    .pushsection .rodata.raisers, "a"
    .quad 0
    .popsection

/* A load by a stack pointer that is not aligned (Arm ARM D1.8.2) */
    .global load_by_odd_stack
load_by_odd_stack:
    mov x9, sp
    add x10, sp, #4
    mov sp, x10
    ldr x0, [sp]
    mov sp, x9
    ret

/*
 * uint64_t NAME(uint64_t pointer, uint64_t modifier, uint64_t bits): signs, changes the bits, and
 * authenticates; the pointer again when it is as it was.
 */
    .macro round_trip name, sign, authenticate
    .global \name
\name:
    \sign x0, x1
    eor x0, x0, x2
    \authenticate x0, x1
    ret
    .endm
    round_trip instruction_key_a, pacia, autia
    round_trip instruction_key_b, pacib, autib
    round_trip data_key_a, pacda, autda
    round_trip data_key_b, pacdb, autdb

    .section .note.GNU-stack, "", @progbits
