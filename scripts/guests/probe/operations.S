/* probe: the operations, by family. Names and operands as in the Arm ARM, C6 and C7. */
#include "operations.h"

    .arch armv8.5-a+crypto+sha3+sm4+fp16+rcpc+memtag+i8mm+bf16
    .set family_number, -1
    .section .rodata.families, "a"
    .global families
    .balign 8
families:
    .section .rodata.operations, "a"
    .global operations
    .balign 8
operations:
    .text

    family "integer"
    alu add, sub, adds, subs, and, orr, eor, bic, orn, eon, ands, bics, adc, sbc, adcs, sbcs
    alu mul, mneg, udiv, sdiv, lsl, lsr, asr, ror
    op madd x2, x3, x4, x5
    op msub w2, w3, w4, w5
    op umulh x2, x3, x4
    op smulh x2, x3, x4
    op umull x2, w3, w4
    op smull x2, w3, w4
    op umaddl x2, w3, w4, x5
    op smsubl x2, w3, w4, x5
    op add x2, x3, w4, sxtb #2
    op sub x2, x3, w4, uxth #3
    op adds x2, x3, w4, uxtw #1
    op add x2, x3, x4, lsl #13
    op sub w2, w3, w4, asr #7
    op eor x2, x3, x4, ror #41
    op bics w2, w3, w4, lsr #31
    op add x2, x3, #0xabc, lsl #12
    op and x2, x3, #0x0ff00ff00ff00ff0
    op orr w2, w3, #0x7ffffffe
    op movn x2, #0x1234, lsl #32
    op movk x2, #0xbeef, lsl #48
    op neg x2, x3
    op ngcs w2, w3

    family "bit field"
    op sbfx x2, x3, #7, #23
    op ubfx x2, x3, #33, #31
    op bfi x2, x3, #5, #44
    op bfxil x2, x3, #21, #17
    op sbfiz w2, w3, #11, #15
    op ubfiz x2, x3, #50, #14
    op bfi w2, w3, #30, #2
    op extr x2, x3, x4, #47
    op extr w2, w3, w4, #3
    op rbit x2, x3
    op rbit w2, w3
    op rev x2, x3
    op rev w2, w3
    op rev16 x2, x3
    op rev16 w2, w3
    op rev32 x2, x3
    op clz x2, x3
    op clz w2, w3
    op cls x2, x3
    op cls w2, w3
    op sxtb x2, w3
    op sxth w2, w3
    op sxtw x2, w3
    op crc32b w2, w3, w4
    op crc32x w2, w3, x4
    op crc32ch w2, w3, w4
    op crc32cx w2, w3, x4

    family "flags and selection"
    .irp c, eq, ne, hs, lo, mi, pl, vs, vc, hi, ls, ge, lt, gt, le
    op csel x2, x3, x4, \c
    op csinv w2, w3, w4, \c
    op ccmp x3, x4, #5, \c
    op ccmn w3, #17, #10, \c
    op fcsel d0, d1, d2, \c
    .endr
    op csinc x2, x3, x4, hi
    op csneg x2, x3, x4, lt
    op cmp x3, x4
    op cmn w3, w4
    op tst x3, #0x8000000000000001
    op cfinv
    op axflag
    op xaflag
    op rmif x3, #5, #11
    op setf8 w3
    op setf16 w3

    family "pointer authentication"
    op pacia x2, x3
    op pacdb x2, x3
    op pacga x2, x3, x4
    op xpaci x2
    ops "pacia x2, x3", "autia x2, x3"
    ops "pacizb x2", "autizb x2"

    family "vector integer"
    .irp i, add, sub, cmeq, cmgt, cmge, cmhi, cmhs, cmtst, sqadd, uqadd, sqsub, uqsub, sshl, ushl, sqshl, uqshl, srshl, urshl, sqrshl, uqrshl, addp, zip1, zip2, uzp1, uzp2, trn1, trn2
    vec2 \i, 16b, 8h, 4s, 2d, 8b, 4h, 2s
    .endr
    .irp i, mul, mla, mls, smax, umax, smin, umin, smaxp, umaxp, sminp, uminp, sabd, uabd, saba, uaba, shadd, uhadd, shsub, urhadd, srhadd
    vec2 \i, 16b, 8b, 8h, 4h, 4s, 2s
    .endr
    .irp i, and, orr, eor, bic, orn, bsl, bit, bif
    vec2 \i, 16b, 8b
    .endr
    .irp i, abs, neg, sqabs, sqneg, suqadd, usqadd
    vec1 \i, 16b, 8h, 4s, 2d, 8b, 4h, 2s
    .endr
    .irp i, cls, clz
    vec1 \i, 16b, 8h, 4s
    .endr
    vec1 cnt, 16b, 8b
    vec1 rbit, 16b
    vec1 not, 16b
    vec1 rev64, 16b, 8h, 4s
    vec1 rev32, 16b, 8h
    vec1 rev16, 16b
    vec2 sqdmulh, 8h, 4s
    vec2 sqrdmulh, 8h, 4s
    vec2 sqrdmlah, 8h, 4s
    vec2 pmul, 16b, 8b
    op pmull v0.8h, v1.8b, v2.8b
    op pmull v0.1q, v1.1d, v2.1d
    op pmull2 v0.1q, v1.2d, v2.2d
    op saddl v0.8h, v1.8b, v2.8b
    op usubl2 v0.2d, v1.4s, v2.4s
    op smull2 v0.4s, v1.8h, v2.8h
    op umlal v0.2d, v1.2s, v2.2s
    op sqdmlal v0.4s, v1.4h, v2.4h
    op addhn v0.8b, v1.8h, v2.8h
    op rsubhn2 v0.4s, v1.2d, v2.2d
    op saddlp v0.2d, v1.4s
    op uadalp v0.8h, v1.16b
    op addv b0, v1.16b
    op uaddlv h0, v1.16b
    op smaxv h0, v1.8h
    op uminv s0, v1.4s
    op xtn v0.8b, v1.8h
    op sqxtun2 v0.4s, v1.2d
    op uqxtn v0.4h, v1.4s
    op sshr v0.16b, v1.16b, #3
    op usra v0.8h, v1.8h, #9
    op srsra v0.2d, v1.2d, #33
    op sri v0.4s, v1.4s, #5
    op sli v0.16b, v1.16b, #2
    op sqshlu v0.4s, v1.4s, #7
    op sqrshrn v0.8b, v1.8h, #4
    op ushll2 v0.2d, v1.4s, #11
    op shl v0.2d, v1.2d, #63
    op tbl v0.16b, {v1.16b, v2.16b}, v3.16b
    op tbx v0.16b, {v1.16b}, v2.16b
    op ext v0.16b, v1.16b, v2.16b, #11
    op dup v0.8h, w3
    op dup v0.2d, v1.d[1]
    op mov v0.s[3], w3
    op umov x2, v1.d[1]
    op smov x2, v1.h[5]
    op movi v0.2d, #0xff00ff0000ffff00
    op mvni v0.4s, #0x12, msl #16
    op sdot v0.4s, v1.16b, v2.16b
    op usdot v0.4s, v1.16b, v2.16b
    op smmla v0.4s, v1.16b, v2.16b
    /* Compared with zero; shifted by a constant */
    .irp i, cmeq, cmgt, cmge, cmlt, cmle
    .irp a, 16b, 8h, 4s, 2d, 8b, 4h, 2s
    op \i v0.\a, v1.\a, #0
    .endr
    .endr
    .irp i, shl, sshr, ushr, ssra, usra, srshr, urshr, srsra, ursra, sri, sli
    .irp n, 1, 5, 7
    op \i v0.16b, v1.16b, #\n
    op \i v0.8b, v1.8b, #\n
    op \i v0.8h, v1.8h, #\n + 8
    op \i v0.4h, v1.4h, #\n
    op \i v0.4s, v1.4s, #\n + 24
    op \i v0.2s, v1.2s, #\n
    op \i v0.2d, v1.2d, #\n + 56
    op \i d0, d1, #\n
    .endr
    .endr
    .irp i, sshr, ushr, ssra, usra, srshr, urshr, srsra, ursra, sri
    op \i v0.16b, v1.16b, #8
    op \i v0.4h, v1.4h, #16
    op \i v0.4s, v1.4s, #32
    op \i v0.2d, v1.2d, #64
    .endr
    /* One element for all, a constant for all, and bits of a constant */
    .irp a, 16b, 8b, 8h, 4h, 4s, 2s
    op dup v0.\a, w3
    .endr
    op dup v0.2d, x3
    op dup v0.16b, v1.b[13]
    op dup v0.4h, v1.h[2]
    op movi v0.16b, #0xa5
    op movi v0.8b, #0
    op movi v0.8h, #0x81, lsl #8
    op movi d0, #0xffff0000ff00ff00
    op orr v0.4s, #0xf0, lsl #8
    op bic v0.4h, #0x3c
    /* The target is a source too, or both */
    .irp i, add, sub, mul, sabd, uaba, addp, umaxp, cmhi, eor, bsl, sqadd, uqsub
    op \i v0.16b, v0.16b, v1.16b
    op \i v0.16b, v1.16b, v0.16b
    op \i v1.8b, v1.8b, v1.8b
    .endr
    op mov v0.16b, v1.16b
    op mov v0.8b, v0.8b
    op add d0, d1, d2
    op sqadd b0, b1, b2
    op uqsub h0, h1, h2
    op cmgt d0, d1, #0
    op sqrdmulh s0, s1, v2.s[2]

    family "floating point"
    .irp r, d, s, h
    .irp i, fadd, fsub, fmul, fdiv, fnmul, fmax, fmin, fmaxnm, fminnm, fabd, fmulx, frecps, frsqrts, fcmeq, facgt
    op \i \r\()0, \r\()1, \r\()2
    .endr
    .irp i, fsqrt, fabs, fneg, frinta, frintn, frintp, frintm, frintz, frintx, frinti, frecpe, frsqrte, frecpx
    op \i \r\()0, \r\()1
    .endr
    op fmadd \r\()0, \r\()1, \r\()2, \r\()3
    op fnmsub \r\()0, \r\()1, \r\()2, \r\()3
    op fcmp \r\()0, \r\()1
    op fcmpe \r\()0, \r\()1
    op fccmp \r\()0, \r\()1, #3, ne
    .irp i, fcvtas, fcvtau, fcvtns, fcvtpu, fcvtms, fcvtzs, fcvtzu
    op \i x2, \r\()1
    op \i w2, \r\()1
    .endr
    op scvtf \r\()0, x3
    op ucvtf \r\()0, w3
    op scvtf \r\()0, x3, #17
    op fcvtzs x2, \r\()1, #9
    .endr
    op fcvt d0, s1
    op fcvt s0, d1
    op fcvt h0, d1
    op fcvt d0, h1
    op fcvtxn s0, d1
    op fjcvtzs w2, d1
    op frint32z d0, d1
    op frint64x s0, s1
    .irp i, fadd, fsub, fmul, fdiv, fmla, fmls, fmax, fminnm, fmaxp, faddp, frecps, frsqrts, fcmge, facge
    vec2 \i, 2d, 4s, 8h
    .endr
    .irp i, fsqrt, frecpe, frsqrte, frintx, fcvtzs, fcvtnu, scvtf, ucvtf
    vec1 \i, 2d, 4s, 8h
    .endr
    op fcvtl v0.2d, v1.2s
    op fcvtn2 v0.8h, v1.4s
    op fmlal v0.4s, v1.4h, v2.4h
    op fcadd v0.4s, v1.4s, v2.4s, #90
    op fcmla v0.2d, v1.2d, v2.2d, #270
    op bfdot v0.4s, v1.8h, v2.8h
    op bfmmla v0.4s, v1.8h, v2.8h
    op bfcvt h0, s1
    .irp i, fadd, fsub, fmul, fdiv, fmla, fabd, fcmgt
    vec2 \i, 2s
    .endr
    /*
     * With FPSR.IXC set already, as in nearly all programs: then, and on ordinary numbers, the
     * host computes. Some operands are as they come, some are made of integers.
     */
    .irp r, d, s
    .irp i, fadd, fsub, fmul, fdiv
    inexact "\i \r\()0, \r\()1, \r\()2"
    inexact "scvtf \r\()1, x3", "\i \r\()0, \r\()1, \r\()2"
    inexact "ucvtf \r\()1, x3", "scvtf \r\()2, w4, #9", "\i \r\()0, \r\()1, \r\()2"
    .endr
    .endr
    .irp i, fadd, fsub, fmul, fdiv
    .irp a, 4s, 2s, 2d
    inexact "\i v0.\a, v1.\a, v2.\a"
    inexact "scvtf v1.\a, v1.\a", "\i v0.\a, v1.\a, v2.\a"
    inexact "ucvtf v1.\a, v1.\a", "scvtf v2.\a, v2.\a, #9", "\i v0.\a, v1.\a, v2.\a"
    .endr
    .endr
    .irp r, d, s
    inexact "scvtf \r\()1, x3", "fmul \r\()0, \r\()1, \r\()1", "fsub \r\()2, \r\()0, \r\()0"
    inexact "fmadd \r\()0, \r\()1, \r\()2, \r\()3"
    inexact "scvtf \r\()1, x3", "ucvtf \r\()2, w4, #9", "fmsub \r\()0, \r\()1, \r\()2, \r\()3"
    inexact "scvtf \r\()1, x3, #40", "scvtf \r\()2, x4, #40", "fnmadd \r\()0, \r\()1, \r\()2, \r\()1"
    inexact "fsqrt \r\()0, \r\()1"
    inexact "ucvtf \r\()1, x3", "fsqrt \r\()0, \r\()1"
    inexact "scvtf \r\()0, x3"
    inexact "ucvtf \r\()0, w3"
    .irp i, fcvtzs, fcvtzu, fcvtns, fcvtmu
    inexact "\i x2, \r\()1"
    inexact "\i w2, \r\()1"
    inexact "scvtf \r\()1, x3, #24", "\i x2, \r\()1"
    inexact "scvtf \r\()1, w3, #3", "\i w2, \r\()1"
    .endr
    inexact "scvtf \r\()1, x3", "fcmp \r\()0, \r\()1"
    inexact "scvtf \r\()1, w3", "fcmpe \r\()1, #0.0"
    .endr
    inexact "fcvt d0, s1"
    inexact "fcvt s0, d1"
    inexact "scvtf d1, x3", "fcvt s0, d1"
    inexact "scvtf s1, x3", "fcvt d0, s1"
    op fmaxnmv s0, v1.4s
    op fmla v0.4s, v1.4s, v2.s[1]

    family "cryptography"
    op aese v0.16b, v1.16b
    op aesd v0.16b, v1.16b
    op aesmc v0.16b, v1.16b
    op aesimc v0.16b, v1.16b
    op sha1c q0, s1, v2.4s
    op sha1su0 v0.4s, v1.4s, v2.4s
    op sha256h q0, q1, v2.4s
    op sha256h2 q0, q1, v2.4s
    op sha256su1 v0.4s, v1.4s, v2.4s
    op sha512h q0, q1, v2.2d
    op sha512su1 v0.2d, v1.2d, v2.2d
    op eor3 v0.16b, v1.16b, v2.16b, v3.16b
    op rax1 v0.2d, v1.2d, v2.2d
    op xar v0.2d, v1.2d, v2.2d, #19
    op sm3partw1 v0.4s, v1.4s, v2.4s
    op sm4e v0.4s, v1.4s

    family "memory"
    .irp i, "ldr x2", "ldr w2", "ldrh w2", "ldrb w2", "ldrsh x2", "ldrsb w2", "ldrsw x2", "str x2", "str w2", "strh w2", "strb w2", "ldr q0", "ldr d0", "ldr h0", "str q0", "str s0", "str b0"
    op \i, [x7]
    op \i, [x7, #-7]
    .endr
    op ldp x2, x3, [x7]
    op ldpsw x2, x3, [x7, #4]
    ops "stp x2, x3, [x7, #-16]!", "sub x5, x7, x5"
    ops "ldp q0, q1, [x7], #32", "sub x5, x7, x5"
    ops "ldr q1, [x7]", "add v0.4s, v1.4s, v2.4s"
    ops "ldr q1, [x7]", "eor v0.16b, v1.16b, v2.16b", "str q0, [x7]"
    op stp q2, q3, [x7, #16]
    op stp w2, w3, [x7, #8]
    op ld1 {v0.16b-v3.16b}, [x7]
    op ld2 {v0.8h, v1.8h}, [x7]
    op ld3 {v0.4s-v2.4s}, [x7]
    op ld4 {v0.16b-v3.16b}, [x7]
    op st2 {v0.2d, v1.2d}, [x7]
    op st3 {v0.8b-v2.8b}, [x7]
    op st4 {v0.h-v3.h}[5], [x7]
    op ld1r {v0.4s}, [x7]
    op ld4 {v0.b-v3.b}[9], [x7]
    ops "str x2, [x7]", "ldr w3, [x7, #2]"
    ops "strb w2, [x7, #3]", "ldr x3, [x7]"
    op prfm pldl1keep, [x7]
    op dc civac, x7
    op dc zva, x7

    family "exclusive and atomic"
    /*
     * An interrupt between the two makes the store fail. Under load and with several CPUs that is
     * the rule for a pair: QEMU has it wait for all CPUs, long enough for a timer.
     */
    aligned "1: ldxr x2, [x7]; add x2, x2, x3; stxr w4, x2, [x7]; cbnz w4, 1b"
    aligned "1: ldaxp x2, x3, [x7]; stlxp w5, x3, x4, [x7]; cbnz w5, 1b"
    aligned "1: ldaxrb w2, [x7]; stlxrb w3, w4, [x7]; cbnz w3, 1b"
    aligned "stxr w2, x3, [x7]"
    aligned "ldar x2, [x7]", "stlr x3, [x7]"
    aligned "ldapr w2, [x7]"
    .irp i, ldadd, ldclr, ldeor, ldset, ldsmax, ldsmin, ldumax, ldumin, swp
    aligned "\i x2, x3, [x7]"
    aligned "\i\()al w2, w3, [x7]"
    aligned "\i\()ab w2, w3, [x7]"
    aligned "\i\()lh w2, w3, [x7]"
    .endr
    aligned "cas x2, x3, [x7]"
    aligned "ldr x2, [x7]", "casal x2, x3, [x7]"
    aligned "ldrh w2, [x7]", "casah w2, w3, [x7]"
    aligned "ldp x2, x3, [x7]", "caspal x2, x3, x4, x5, [x7]"
    aligned "caspal w2, w3, w4, w5, [x7]"
    op ldadd x2, x3, [x7]
    op ldxr x2, [x7]

    family "memory tagging"
    op irg x2, x3, x4
    op irg x2, x3
    op addg x2, x3, #16, #3
    op subg x2, x3, #32, #5
    op gmi x2, x3, x4
    op subp x2, x3, x4
    op subps x2, x3, x4
    aligned "stg x7, [x7]", "ldr x2, [x7]"
    aligned "stg x7, [x7]", "ldrb w2, [x7, #15]", "ldr x3, [x7, #12]"
    aligned "stg x2, [x7]", "ldg x3, [x7]"
    aligned "st2g x2, [x7]", "ldg x3, [x7, #16]"
    aligned "stzg x7, [x7]", "ldp x2, x3, [x7]"
    aligned "stz2g x2, [x7], #32", "ldg x3, [x7, #-16]"
    aligned "stgp x2, x3, [x7, #16]!", "ldg x4, [x7]"
    aligned "addg x7, x7, #16, #1", "str x2, [x7]"
    aligned "ldxr x2, [x7]", "stxr w3, x4, [x7]"
    aligned "ldaddal x2, x3, [x7]"
    aligned "ldp x2, x3, [x7]", "caspal x2, x3, x4, x5, [x7]"
    .irp i, "ldr x2", "ldrsh w2", "ldrb w2", "str x2", "strb w2", "ldr q0", "str q0", "ldg x2", "stg x2"
    op \i, [x7]
    .endr
    op ldp q0, q1, [x7, #16]
    op stp x2, x3, [x7, #-16]
    op ld4 {v0.16b-v3.16b}, [x7]
    op st3 {v0.8b-v2.8b}, [x7]
    ops "msr tco, #1", "ldr x2, [x7]", "mrs x3, tco", "msr tco, #0"
    op ldgm x2, [x7]
    op stgm x2, [x7]
    op stzgm x2, [x7]
    op dc gva, x7
    op dc gzva, x7
    op dc zva, x7

    .pushsection .rodata.operations, "a"
    .quad 0
    .popsection
    .pushsection .rodata.families, "a"
    .quad 0
    .popsection
