/*
 * One function for each operation that is probed:
 *
 *     void operation(const struct state *in, struct state *out);
 *
 * It loads x2 to x5, v0 to v3, the flags and x7 (an address) from `in`, runs one instruction
 * or a few, and stores what became of them, with FPSR, in `out`. The table of all operations
 * has the function and the number of its family.
 */
    .macro family name
    .pushsection .rodata.families, "a"
    .balign 8
    .quad 8f
    .popsection
    .pushsection .rodata.names, "a"
8:  .asciz "\name"
    .popsection
    .set family_number, family_number + 1
    .endm

    .macro op insn:vararg
    ops "\insn"
    .endm

    /* Up to four instructions */
    .macro ops a, b, c, d
    .pushsection .rodata.operations, "a"
    .balign 8
    .quad 9f, family_number
    .popsection
    .balign 4
9:  ldp x2, x3, [x0]
    ldp x4, x5, [x0, #16]
    ldp q0, q1, [x0, #32]
    ldp q2, q3, [x0, #64]
    ldp x6, x7, [x0, #96]
    msr nzcv, x6
    msr fpsr, xzr
    \a
    \b
    \c
    \d
    stp x2, x3, [x1]
    stp x4, x5, [x1, #16]
    stp q0, q1, [x1, #32]
    stp q2, q3, [x1, #64]
    mrs x6, nzcv
    mrs x8, fpsr
    stp x6, x8, [x1, #96]
    ret
    .endm

    /* An integer instruction of two sources, in both widths */
    .macro alu insns:vararg
    .irp insn, \insns
    op \insn x2, x3, x4
    op \insn w2, w3, w4
    .endr
    .endm

    /* On an address of 16 bytes' alignment */
    .macro aligned a, b, c
    ops "and x7, x7, #0xfffffffffffffff0", "\a", "\b", "\c"
    .endm

    /* With FPSR.IXC set before; x8 is not stored */
    .macro inexact a, b, c
    ops "mov x8, #0x10; msr fpsr, x8", "\a", "\b", "\c"
    .endm

    /* A vector instruction of two sources, in the arrangements that it has */
    .macro vec2 insn, arrangements:vararg
    .irp a, \arrangements
    op \insn v0.\a, v1.\a, v2.\a
    .endr
    .endm
    .macro vec1 insn, arrangements:vararg
    .irp a, \arrangements
    op \insn v0.\a, v1.\a
    .endr
    .endm
