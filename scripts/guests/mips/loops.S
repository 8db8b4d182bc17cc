/*
 * mips: the loops. Each is void loop(uint64_t rounds, void *memory) and runs, in every round,
 * as many instructions as the table at the end says.
 */
    .arch armv8.1-a+simd
    .set table_open, 0

    .macro loop name, title, instructions
    .pushsection .rodata.loops, "a"
    .quad loop_\name, 9f
    .quad \instructions
    .popsection
    .pushsection .rodata.names, "a"
9:  .asciz "\title"
    .popsection
    .balign 64
loop_\name:
    .endm

    .section .rodata.loops, "a"
    .global loops
    .balign 8
loops:
    .text

    /* 10 instructions of integer arithmetic on registers */
    .macro work a, b
    add \a, \a, #3
    eor \b, \b, \a, lsl #5
    sub \b, \b, \a
    orr x4, \b, #0xff
    and x5, \a, x4
    add \b, \b, x5, lsr #3
    mul x6, \a, \b
    eor \a, \a, x6, lsr #7
    .endm

    loop alu, "alu", 10
1:  work x2, x3
    subs x0, x0, #1
    b.ne 1b
    ret

    loop alu2, "alu2", 20
1:  work x2, x3
    b   2f
2:  work x3, x2
    nop
    subs x0, x0, #1
    b.ne 1b
    ret

    /* Four blocks a round, whichever way the two conditions go */
    loop alu4, "alu4", 42
1:  work x2, x3
    tbz x2, #4, 2f
    work x3, x7
    nop
    b   3f
2:  work x3, x8
    nop
    nop
3:  work x7, x2
    tbz x7, #9, 4f
    work x8, x3
    nop
    b   5f
4:  work x2, x8
    nop
    nop
5:  nop
    nop
    subs x0, x0, #1
    b.ne 1b
    ret

    loop call, "call", 14
    mov x9, x30
1:  bl  called
    bl  called
    bl  called
    subs x0, x0, #1
    b.ne 1b
    mov x30, x9
    ret
called:
    add x2, x2, #1
    eor x3, x3, x2
    ret

    /* One of eight targets, by a register */
    loop indirect, "indirect", 10
    adr x9, 2f
1:  mul x4, x0, x0
    ubfx x4, x4, #3, #3
    add x4, x9, x4, lsl #4
    br  x4
    .balign 16
2:  .rept 8
    add x2, x2, #1
    eor x3, x3, x2
    nop
    b   3f
    .endr
3:  subs x0, x0, #1
    b.ne 1b
    ret

    /* Eight accesses of one page */
    loop mem, "mem", 12
1:  ldr x2, [x1, #8]
    ldr x3, [x1, #64]
    str x2, [x1, #128]
    ldr w4, [x1, #256]
    strb w3, [x1, #300]
    ldp x5, x6, [x1, #400]
    stp x5, x2, [x1, #480]
    ldrh w7, [x1, #1002]
    add x3, x3, x7
    add x2, x2, x4
    subs x0, x0, #1
    b.ne 1b
    ret

    /* A load and a store of a page, the next round of the next: 64 pages */
    loop mem_pages, "memPages", 9
    mov x2, #0
1:  add x3, x1, x2, lsl #12
    ldr x4, [x3, #40]
    add x4, x4, #1
    str x4, [x3, #80]
    add x2, x2, #1
    and x2, x2, #63
    nop
    subs x0, x0, #1
    b.ne 1b
    ret

    /* To EL1, EL2 and EL3, and back */
    loop exception, "exception", 8
1:  svc #0
    hvc #0
    smc #0
    subs x0, x0, #1
    b.ne 1b
    ret

    loop simd, "simd", 10
1:  add v0.4s, v0.4s, v1.4s
    eor v1.16b, v1.16b, v0.16b
    mul v2.4s, v0.4s, v1.4s
    sub v3.8h, v3.8h, v2.8h
    umax v4.16b, v4.16b, v3.16b
    ushr v5.2d, v4.2d, #7
    and v6.16b, v5.16b, v0.16b
    add v1.2d, v1.2d, v6.2d
    subs x0, x0, #1
    b.ne 1b
    ret

    loop fp, "fp", 10
    fmov d1, #1.5
    fmov d2, #0.25
    fmov d0, #1.0
1:  fmul d3, d0, d1
    fadd d0, d3, d2
    fsub d4, d0, d1
    fmadd d5, d4, d2, d1
    fdiv d0, d0, d5
    fabs d0, d0
    fcmp d0, d1
    fcsel d6, d0, d1, lt
    subs x0, x0, #1
    b.ne 1b
    ret

    loop atomics, "atomics", 11
    mov x9, #1
    add x10, x1, #64
    add x11, x1, #128
    add x12, x1, #192
1:  ldadd x9, x2, [x1]
    swp x2, x3, [x10]
    cas x3, x2, [x11]
2:  ldxr x4, [x12]
    add x4, x4, #1
    stxr w5, x4, [x12]
    cbnz w5, 2b
    ldar x6, [x12]
    stlr x6, [x10]
    subs x0, x0, #1
    b.ne 1b
    ret

    /*
     * Blocks of 64 bytes, each of which goes on to one far away; `stride` and the number of
     * blocks have no common divisor, so that a round runs all of them.
     */
    .macro dispersed name, title, blocks, stride
    loop \name, "\title", (\blocks * 10 + 3)
    b   8f
    .balign 64
7:
    .set i, 0
    .rept \blocks
    add x2, x2, #3
    eor x3, x3, x2, lsl #5
    sub x3, x3, x2
    orr x4, x3, #0xff
    and x5, x2, x4
    add x3, x3, x5, lsr #3
    add x6, x2, x3
    eor x2, x2, x6, lsr #7
    nop
    .if (i + \stride) % \blocks == 0
    b   8f
    .else
    b   7b + ((i + \stride) % \blocks) * 64
    .endif
    .balign 64
    .set i, i + 1
    .endr
8:  subs x0, x0, #1
    b.lo 6f
    b   7b
6:  ret
    .endm

    dispersed dispersed2k, "dispersed2k", 2000, 1237
    dispersed dispersed20k, "dispersed20k", 20000, 12347

    .section .rodata.loops, "a"
    .quad 0
