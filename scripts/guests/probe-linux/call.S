/*
 * void call_with(const struct registers *in, struct registers *out, uint64_t number)
 *
 * Loads all registers but x0, x8, x18, x29 and x30 from `in`, makes system call `number`, and
 * stores what is in them then in `out`, which x29 keeps.
 */
    .text
    .global call_with
call_with:
    stp x29, x30, [sp, #-16]!
    stp x19, x20, [sp, #-16]!
    stp x21, x22, [sp, #-16]!
    stp x23, x24, [sp, #-16]!
    stp x25, x26, [sp, #-16]!
    stp x27, x28, [sp, #-16]!
    stp d8, d9, [sp, #-16]!
    stp d10, d11, [sp, #-16]!
    stp d12, d13, [sp, #-16]!
    stp d14, d15, [sp, #-16]!
    mov x29, x1
    mov x8, x2
    ldr x1, [x0, #760]
    msr nzcv, x1
    add x1, x0, #248
    ld1 {v0.2d-v3.2d}, [x1], #64
    ld1 {v4.2d-v7.2d}, [x1], #64
    ld1 {v8.2d-v11.2d}, [x1], #64
    ld1 {v12.2d-v15.2d}, [x1], #64
    ld1 {v16.2d-v19.2d}, [x1], #64
    ld1 {v20.2d-v23.2d}, [x1], #64
    ld1 {v24.2d-v27.2d}, [x1], #64
    ld1 {v28.2d-v31.2d}, [x1], #64
    ldp x2, x3, [x0, #16]
    ldp x4, x5, [x0, #32]
    ldp x6, x7, [x0, #48]
    ldp x9, x10, [x0, #72]
    ldp x11, x12, [x0, #88]
    ldp x13, x14, [x0, #104]
    ldp x15, x16, [x0, #120]
    ldr x17, [x0, #136]
    ldp x19, x20, [x0, #152]
    ldp x21, x22, [x0, #168]
    ldp x23, x24, [x0, #184]
    ldp x25, x26, [x0, #200]
    ldp x27, x28, [x0, #216]
    ldr x1, [x0, #8]
    svc #0
    stp x0, x1, [x29]
    stp x2, x3, [x29, #16]
    stp x4, x5, [x29, #32]
    stp x6, x7, [x29, #48]
    stp x8, x9, [x29, #64]
    stp x10, x11, [x29, #80]
    stp x12, x13, [x29, #96]
    stp x14, x15, [x29, #112]
    stp x16, x17, [x29, #128]
    stp x19, x20, [x29, #152]
    stp x21, x22, [x29, #168]
    stp x23, x24, [x29, #184]
    stp x25, x26, [x29, #200]
    stp x27, x28, [x29, #216]
    mrs x1, nzcv
    str x1, [x29, #760]
    add x1, x29, #248
    st1 {v0.2d-v3.2d}, [x1], #64
    st1 {v4.2d-v7.2d}, [x1], #64
    st1 {v8.2d-v11.2d}, [x1], #64
    st1 {v12.2d-v15.2d}, [x1], #64
    st1 {v16.2d-v19.2d}, [x1], #64
    st1 {v20.2d-v23.2d}, [x1], #64
    st1 {v24.2d-v27.2d}, [x1], #64
    st1 {v28.2d-v31.2d}, [x1], #64
    ldp d14, d15, [sp], #16
    ldp d12, d13, [sp], #16
    ldp d10, d11, [sp], #16
    ldp d8, d9, [sp], #16
    ldp x27, x28, [sp], #16
    ldp x25, x26, [sp], #16
    ldp x23, x24, [sp], #16
    ldp x21, x22, [sp], #16
    ldp x19, x20, [sp], #16
    ldp x29, x30, [sp], #16
    ret

    .section .note.GNU-stack, "", @progbits
