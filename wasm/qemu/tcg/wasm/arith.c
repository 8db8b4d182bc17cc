/*
 * Bootlink: ops that WebAssembly has no instruction for: swapped bytes, and
 * results or operands of two registers.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "qemu/host-utils.h"
#include "emit.h"

/* Push r << n, or r >> n */
static void gen_shift(TrFunc *f, int local, uint8_t op, int n)
{
    e_get(f, local);
    e_i64(f, n);
    e_op(f, op);
}

static void gen_bswap16(TrFunc *f, TCGReg r0, TCGReg r1)
{
    tr_get(f, r1);
    e_i64(f, 8);
    e_op(f, W_I64_SHR_U);
    e_i64(f, 255);
    e_op(f, W_I64_AND);
    tr_get_masked(f, r1, 255);
    e_i64(f, 8);
    e_op(f, W_I64_SHL);
    e_op(f, W_I64_OR);
    tr_set(f, r0);
}

static void gen_bswap32(TrFunc *f, TCGReg r0, TCGReg r1)
{
    tr_get32(f, r1);
    e_i32(f, 8);
    e_op(f, W_I32_ROTL);
    e_i32(f, 0x00ff00ff);
    e_op(f, W_I32_AND);
    tr_get32(f, r1);
    e_i32(f, 8);
    e_op(f, W_I32_ROTR);
    e_i32(f, 0xff00ff00);
    e_op(f, W_I32_AND);
    e_op(f, W_I32_OR);
    tr_set32(f, r0);
}

static void gen_bswap64(TrFunc *f, TCGReg r0, TCGReg r1)
{
    static const struct { uint64_t mask; int shift; } step[] = {
        { 0x00ff00ff00ff00ffull, 8 }, { 0x0000ffff0000ffffull, 16 }
    };
    int t = tr_tmp(f, 0);

    tr_get(f, r1);
    e_set(f, t);
    for (int i = 0; i < ARRAY_SIZE(step); i++) {
        e_get(f, t);
        e_i64(f, step[i].mask);
        e_op(f, W_I64_AND);
        e_i64(f, step[i].shift);
        e_op(f, W_I64_SHL);
        gen_shift(f, t, W_I64_SHR_U, step[i].shift);
        e_i64(f, step[i].mask);
        e_op(f, W_I64_AND);
        e_op(f, W_I64_OR);
        e_set(f, t);
    }
    e_get(f, t);
    e_i64(f, 32);
    e_op(f, W_I64_ROTL);
    tr_set(f, r0);
}

/* The 64-bit value on the stack into two 32-bit registers */
static void gen_split(TrFunc *f, TCGReg low, TCGReg high)
{
    int t = tr_tmp(f, 0);

    e_tee(f, t);
    e_i64(f, UINT32_MAX);
    e_op(f, W_I64_AND);
    tr_set(f, low);
    gen_shift(f, t, W_I64_SHR_U, 32);
    tr_set(f, high);
}

/* Push two 32-bit registers as one 64-bit value */
static void gen_join(TrFunc *f, TCGReg low, TCGReg high)
{
    tr_get32(f, low);
    e_op(f, W_I64_EXTEND_I32_U);
    tr_get(f, high);
    e_i64(f, 32);
    e_op(f, W_I64_SHL);
    e_op(f, W_I64_OR);
}

static void gen_addsub2_64(TrFunc *f, bool sub, const TCGReg *r)
{
    int low = tr_tmp(f, 0), high = tr_tmp(f, 1);
    uint8_t op = sub ? W_I64_SUB : W_I64_ADD;

    tr_get(f, r[2]);
    tr_get(f, r[4]);
    e_op(f, op);
    e_set(f, low);
    tr_get(f, r[3]);
    tr_get(f, r[5]);
    e_op(f, op);
    if (sub) {                  /* borrow: r2 < r4; carry: low < r2 */
        tr_get(f, r[2]);
        tr_get(f, r[4]);
    } else {
        e_get(f, low);
        tr_get(f, r[2]);
    }
    e_op(f, W_I64_LT_U);
    e_op(f, W_I64_EXTEND_I32_U);
    e_op(f, op);
    e_set(f, high);
    e_get(f, low);
    tr_set(f, r[0]);
    e_get(f, high);
    tr_set(f, r[1]);
}

static uint64_t mul_high_u(uint64_t a, uint64_t b)
{
    uint64_t low, high;

    mulu64(&low, &high, a, b);
    return high;
}

static uint64_t mul_high_s(uint64_t a, uint64_t b)
{
    uint64_t low, high;

    muls64(&low, &high, a, b);
    return high;
}

static void gen_mul2_64(TrFunc *f, bool is_signed, const TCGReg *r)
{
    static const uint8_t args[] = { W_TYPE_I64, W_TYPE_I64 };
    int high = tr_tmp(f, 0);

    tr_get(f, r[2]);
    tr_get(f, r[3]);
    tr_call(f, is_signed ? mul_high_s : mul_high_u, args, sizeof(args),
            W_TYPE_I64);
    e_set(f, high);
    tr_get(f, r[2]);
    tr_get(f, r[3]);
    e_op(f, W_I64_MUL);
    tr_set(f, r[0]);
    e_get(f, high);
    tr_set(f, r[1]);
}

bool tr_gen_arith(TrFunc *f, unsigned opc, const TCGReg *r)
{
    switch (opc) {
    case INDEX_op_bswap16_i32:
    case INDEX_op_bswap16_i64:
        gen_bswap16(f, r[0], r[1]);
        break;
    case INDEX_op_bswap32_i32:
    case INDEX_op_bswap32_i64:
        gen_bswap32(f, r[0], r[1]);
        break;
    case INDEX_op_bswap64_i64:
        gen_bswap64(f, r[0], r[1]);
        break;

    case INDEX_op_mulu2_i32:
    case INDEX_op_muls2_i32:
        for (int i = 2; i < 4; i++) {
            tr_get32(f, r[i]);
            e_op(f, opc == INDEX_op_mulu2_i32
                 ? W_I64_EXTEND_I32_U : W_I64_EXTEND_I32_S);
        }
        e_op(f, W_I64_MUL);
        gen_split(f, r[0], r[1]);
        break;
    case INDEX_op_add2_i32:
    case INDEX_op_sub2_i32:
        gen_join(f, r[2], r[3]);
        gen_join(f, r[4], r[5]);
        e_op(f, opc == INDEX_op_add2_i32 ? W_I64_ADD : W_I64_SUB);
        gen_split(f, r[0], r[1]);
        break;
    case INDEX_op_mulu2_i64:
    case INDEX_op_muls2_i64:
        gen_mul2_64(f, opc == INDEX_op_muls2_i64, r);
        break;
    case INDEX_op_add2_i64:
    case INDEX_op_sub2_i64:
        gen_addsub2_64(f, opc == INDEX_op_sub2_i64, r);
        break;

    default:
        return false;
    }
    return true;
}
