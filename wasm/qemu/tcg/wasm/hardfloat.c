/*
 * Bootlink: floating point by WebAssembly's instructions.
 *
 * As fpu/softfloat.c does with the host's ("Hardfloat" there): rounding must
 * be to nearest, the inexact flag must be set already, no operand may be
 * denormal, and the result must be neither infinite, nor a NaN, nor near to
 * the denormal numbers.  Then no other flag changes, and the result is
 * exactly that of IEEE 754.  All else is left to the helper; NaNs above all,
 * whose bits WebAssembly leaves open.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include <math.h>
#include "fpu/softfloat-types.h"
#include "tcg/tcg-gvec-desc.h"
#include "emit.h"
#include "hardfloat.h"

QEMU_BUILD_BUG_ON(offsetof(float_status, float_exception_flags) != 0 ||
                  offsetof(float_status, float_rounding_mode) != 2);
/* The first word of float_status: what is looked at, and what must be there */
#define STATUS_MASK (float_flag_inexact | 0xff0000)
#define STATUS(rounding) (float_flag_inexact | (rounding) << 16)

/* Bits of a number without its sign, times two */
#define FRACTION(wide) ((wide) ? 1ull << 53 : 1ull << 24)
#define INFINITE(wide) ((wide) ? 0x7ffull << 53 : 0xffull << 24)

static GHashTable *known;       /* by the helper's address: TCIWasmFloat */

void tr_float_init(void)
{
    known = g_hash_table_new(NULL, NULL);
    for (int i = 0; i < tci_wasm_target_nfloats; i++) {
        g_hash_table_insert(known, tci_wasm_target_floats[i].helper,
                            (gpointer)&tci_wasm_target_floats[i]);
    }
}

bool tr_is_float(uintptr_t func)
{
    return g_hash_table_contains(known, (gpointer)func);
}

/* ---- Scalars: i64 or i32 as TCI has them, float in between ---- */

/* An op of i64, or of i32 where they lie as regularly */
static void int_op(TrFunc *f, bool wide, uint8_t op)
{
    bool compare = op >= W_I64_EQ && op <= W_I64_GE_U;

    e_op(f, wide ? op : compare ? op + W_I64_TO_I32_COMPARE
                                : op - W_I64_CLZ + W_I32_CLZ);
}

static void int_const(TrFunc *f, bool wide, uint64_t v)
{
    wide ? e_i64(f, v) : e_i32(f, v);
}

/* Push what an argument's slot holds. */
static void push_int(TrFunc *f, bool wide, int slot)
{
    tr_slot_get(f, slot);
    if (!wide) {
        e_op(f, W_I32_WRAP_I64);
    }
}

static void push_float(TrFunc *f, bool wide, int slot)
{
    push_int(f, wide, slot);
    e_op(f, wide ? W_F64_REINTERPRET_I64 : W_F32_REINTERPRET_I32);
}

/* The float on the stack into an i64 local */
static void keep(TrFunc *f, bool wide, int local)
{
    e_op(f, wide ? W_I64_REINTERPRET_F64 : W_I32_REINTERPRET_F32);
    if (!wide) {
        e_op(f, W_I64_EXTEND_I32_U);
    }
    e_set(f, local);
}

/* Push a number's bits without its sign, times two. */
static void push_twice(TrFunc *f, bool wide, int local)
{
    e_get(f, local);
    if (!wide) {
        e_op(f, W_I32_WRAP_I64);
    }
    int_const(f, wide, 1);
    int_op(f, wide, W_I64_SHL);
}

/* Push 1 if QEMU may not use the host's floating point. */
static void push_bad_status(TrFunc *f, int slot, int rounding)
{
    uint32_t o = 0;

    if (f->slot_known[slot] == TR_ENV_PLUS) {
        o = tr_env(f, f->slot_value[slot]);
    } else {
        push_int(f, false, slot);
    }
    e_mem(f, W_I32_LOAD, o);
    e_i32(f, STATUS_MASK);
    e_op(f, W_I32_AND);
    e_i32(f, STATUS(rounding));
    e_op(f, W_I32_NE);
}

/* Push 1 if an argument is denormal: the fraction alone is not zero. */
static void push_denormal(TrFunc *f, bool wide, int slot)
{
    push_int(f, wide, slot);
    int_const(f, wide, 1);
    int_op(f, wide, W_I64_SHL);
    int_const(f, wide, 1);
    int_op(f, wide, W_I64_SUB);
    int_const(f, wide, FRACTION(wide) - 1);
    int_op(f, wide, W_I64_LT_U);
}

/* Push 1 if the number is not finite or near to the denormal ones. */
static void push_bad_number(TrFunc *f, bool wide, int local)
{
    push_twice(f, wide, local);
    int_const(f, wide, FRACTION(wide) + 1);
    int_op(f, wide, W_I64_SUB);
    int_const(f, wide, INFINITE(wide) - FRACTION(wide) - 1);
    int_op(f, wide, W_I64_GE_U);
}

static void push_zero(TrFunc *f, bool wide, int slot)
{
    push_int(f, wide, slot);
    int_const(f, wide, 1);
    int_op(f, wide, W_I64_SHL);
    e_op(f, wide ? W_I64_EQZ : W_I32_EQZ);
}

static void gen_or(TrFunc *f)
{
    e_op(f, W_I32_OR);
}

/* a op b; push 1 if it is not to be trusted. */
static void push_arithmetic(TrFunc *f, TCIWasmFloatOp op, bool wide, int result)
{
    static const uint8_t op64[] = {
        [TCI_F_ADD] = W_F64_ADD, [TCI_F_SUB] = W_F64_SUB,
        [TCI_F_MUL] = W_F64_MUL, [TCI_F_DIV] = W_F64_DIV,
    };

    push_float(f, wide, 0);
    push_float(f, wide, 2);
    e_op(f, wide ? op64[op] : op64[op] - W_F64_ADD + W_F32_ADD);
    keep(f, wide, result);

    push_bad_number(f, wide, result);
    /* Zero is exact: of a sum always, of a product with a zero factor. */
    if (op == TCI_F_ADD || op == TCI_F_SUB || op == TCI_F_MUL) {
        push_twice(f, wide, result);
        e_op(f, wide ? W_I64_EQZ : W_I32_EQZ);
        if (op == TCI_F_MUL) {
            push_zero(f, wide, 0);
            push_zero(f, wide, 2);
            gen_or(f);
            e_op(f, W_I32_AND);
        }
        e_op(f, W_I32_EQZ);
        e_op(f, W_I32_AND);
    }
    push_bad_status(f, 4, float_round_nearest_even);
    gen_or(f);
    push_denormal(f, wide, 0);
    gen_or(f);
    push_denormal(f, wide, 2);
    gen_or(f);
}

/*
 * a * b + c, rounded once.  WebAssembly has no such instruction, but the sum
 * of exact parts, all but the last rounded to odd, rounds to it: S. Boldo,
 * G. Melquiond, "Emulation of a FMA and correctly rounded sums: proved
 * algorithms using rounding to odd", IEEE Transactions on Computers 57(4).
 */
typedef union Bits64 {
    double f;
    uint64_t i;
} Bits64;

typedef union Bits32 {
    float f;
    uint32_t i;
} Bits32;

/* a + b, and what rounding lost of it */
static inline double sum(double a, double b, double *lost)
{
    double s = a + b, a_part = s - b, b_part = s - a_part;

    *lost = (a - a_part) + (b - b_part);
    return s;
}

/* a + b; where that is not exact, its neighbour that is odd */
static inline double odd_sum(double a, double b)
{
    double lost;
    Bits64 s = { .f = sum(a, b, &lost) };

    if (lost != 0 && !(s.i & 1)) {
        s.i += (lost > 0) == (s.f > 0) ? 1 : -1;
    }
    return s.f;
}

/* The upper half of a number's fraction; the rest has no more bits */
static inline double upper_part(double a)
{
    double t = a * 134217729;   /* 2^27 + 1 */

    return t - (t - a);
}

/* Returns infinity where parts of the product might be denormal. */
static uint64_t fused64(uint64_t a_bits, uint64_t b_bits, uint64_t c_bits)
{
    double a = ((Bits64) { .i = a_bits }).f;
    double b = ((Bits64) { .i = b_bits }).f;
    double c = ((Bits64) { .i = c_bits }).f;
    double product = a * b, low, lost, high;
    double a1 = upper_part(a), a0 = a - a1, b1 = upper_part(b), b0 = b - b1;

    if (fabs(product) < 0x1p-900 && a != 0 && b != 0) {
        return INFINITE(true) / 2;
    }
    low = (a1 * b1 - product) + a1 * b0 + a0 * b1 + a0 * b0;
    c = sum(c, low, &low);
    high = sum(product, c, &lost);
    return ((Bits64) { .f = high + odd_sum(low, lost) }).i;
}

/* A product of single precision is exact in double. */
static uint64_t fused32(uint64_t a_bits, uint64_t b_bits, uint64_t c_bits)
{
    double a = ((Bits32) { .i = a_bits }).f;
    double b = ((Bits32) { .i = b_bits }).f;
    double c = ((Bits32) { .i = c_bits }).f;

    return ((Bits32) { .f = odd_sum(a * b, c) }).i;
}

static void push_fused(TrFunc *f, bool wide, int result)
{
    static const uint8_t args[] = { W_TYPE_I64, W_TYPE_I64, W_TYPE_I64 };

    for (int i = 0; i < 3; i++) {
        tr_slot_get(f, i * 2);
    }
    tr_call(f, wide ? fused64 : fused32, args, sizeof(args), W_TYPE_I64);
    e_set(f, result);
    push_bad_number(f, wide, result);
    push_bad_status(f, 6, float_round_nearest_even);
    gen_or(f);
    for (int i = 0; i < 3; i++) {
        push_denormal(f, wide, i * 2);
        gen_or(f);
    }
}

/* The root of a positive normal number is one. */
static void push_root(TrFunc *f, bool wide, int result)
{
    uint64_t least = FRACTION(wide) / 2;

    push_float(f, wide, 0);
    e_op(f, wide ? W_F64_SQRT : W_F32_SQRT);
    keep(f, wide, result);
    push_int(f, wide, 0);
    int_const(f, wide, least);
    int_op(f, wide, W_I64_SUB);
    int_const(f, wide, INFINITE(wide) / 2 - least);
    int_op(f, wide, W_I64_GE_U);
    push_bad_status(f, 2, float_round_nearest_even);
    gen_or(f);
}

/* Flags do not matter: only NaNs and denormal numbers change some. */
static void push_comparison(TrFunc *f, bool wide, int result)
{
    const TCIWasmFloatFlags *flags = &tci_wasm_target_float_flags;
    const struct { uint8_t op; uint32_t flags; } relation[] = {
        { wide ? W_F64_LT : W_F32_LT, flags->less },
        { wide ? W_F64_EQ : W_F32_EQ, flags->equal },
        { wide ? W_F64_GT : W_F32_GT, flags->greater },
    };

    for (int i = 0; i < ARRAY_SIZE(relation); i++) {
        push_float(f, wide, 0);
        push_float(f, wide, 2);
        e_op(f, relation[i].op);
        e_op(f, W_I64_EXTEND_I32_U);
        e_i64(f, relation[i].flags);
        e_op(f, W_I64_MUL);
        if (i) {
            e_op(f, W_I64_OR);
        }
    }
    e_tee(f, result);
    e_op(f, W_I64_EQZ);
    push_denormal(f, wide, 0);
    gen_or(f);
    push_denormal(f, wide, 2);
    gen_or(f);
}

static void push_from_int(TrFunc *f, bool is_signed, bool wide, int result)
{
    tr_slot_get(f, 0);
    e_op(f, wide ? (is_signed ? W_F64_CONVERT_I64_S : W_F64_CONVERT_I64_U)
                 : (is_signed ? W_F32_CONVERT_I64_S : W_F32_CONVERT_I64_U));
    keep(f, wide, result);
    push_bad_status(f, 4, float_round_nearest_even);
}

static void float_const(TrFunc *f, double v)
{
    uint64_t bits;

    memcpy(&bits, &v, sizeof(bits));
    bits = cpu_to_le64(bits);
    e_op(f, W_F64_CONST);
    trb_bytes(&f->code, &bits, sizeof(bits));
}

/*
 * Towards zero, which is what compilers ask for.  In range after a check in
 * double precision; the conversion itself would trap on others.
 */
static void push_to_int(TrFunc *f, TCIWasmFloatOp op, bool wide, int result)
{
    bool is_signed = op == TCI_F_TO_S32 || op == TCI_F_TO_S64;
    bool is_64 = op == TCI_F_TO_S64 || op == TCI_F_TO_U64;
    double limit = is_64 ? 0x1p63 : 0x1p31;

    push_float(f, wide, 0);
    if (!wide) {
        e_op(f, W_F64_PROMOTE_F32);
    }
    if (is_signed) {
        e_op(f, W_F64_ABS);
    }
    float_const(f, is_signed ? limit : 2 * limit);
    e_op(f, W_F64_LT);
    if (!is_signed) {
        push_float(f, wide, 0);
        if (!wide) {
            e_op(f, W_F64_PROMOTE_F32);
        }
        float_const(f, 0);
        e_op(f, W_F64_GE);
        e_op(f, W_I32_AND);
    }
    e_hint(f, true);
    e_begin(f, W_IF, W_TYPE_I32);
    push_float(f, wide, 0);
    e_op(f, wide ? (is_signed ? W_I64_TRUNC_F64_S : W_I64_TRUNC_F64_U)
                 : (is_signed ? W_I64_TRUNC_F32_S : W_I64_TRUNC_F32_U));
    e_set(f, result);
    push_bad_status(f, 4, float_round_to_zero);
    push_denormal(f, wide, 0);
    gen_or(f);
    e_op(f, W_ELSE);
    e_i32(f, 1);
    e_end(f);
}

/* To double precision: exact, of what is normal or zero */
static void push_widened(TrFunc *f, int result)
{
    push_float(f, false, 0);
    e_op(f, W_F64_PROMOTE_F32);
    keep(f, true, result);
    push_int(f, false, 0);
    int_const(f, false, 1);
    int_op(f, false, W_I64_SHL);
    int_const(f, false, INFINITE(false));
    int_op(f, false, W_I64_GE_U);
    push_denormal(f, false, 0);
    gen_or(f);
}

static void push_narrowed(TrFunc *f, int result)
{
    push_float(f, true, 0);
    e_op(f, W_F32_DEMOTE_F64);
    keep(f, false, result);
    push_bad_number(f, false, result);
    push_bad_status(f, 2, float_round_nearest_even);
    gen_or(f);
}

/* Returns the mode before: no condition. */
static bool gen_set_rounding(TrFunc *f)
{
    uint32_t o;

    if (f->slot_known[2] != TR_ENV_PLUS) {
        return false;
    }
    o = tr_env(f, f->slot_value[2] +
                  offsetof(float_status, float_rounding_mode));
    e_mem(f, W_I64_LOAD8_U, o);
    tr_set(f, TCG_REG_R0);
    o = tr_env(f, f->slot_value[2] +
                  offsetof(float_status, float_rounding_mode));
    tr_slot_get(f, 0);
    e_mem(f, W_I64_STORE8, o);
    return true;
}

/* ---- Vectors of 16 bytes, or 8 that are taken twice ---- */

enum { VD, VA, VB };

static void lanes(TrFunc *f, bool wide, uint32_t op)
{
    e_vop(f, V_LANES(op, wide ? MO_64 : MO_32));
}

static void push_v_constant(TrFunc *f, bool wide, uint64_t v)
{
    e_vconst(f, wide ? v : v << 32 | (uint32_t)v);
}

/* Push the lanes of a local, without signs, times two. */
static void push_v_twice(TrFunc *f, bool wide, int local)
{
    e_vlocal(f, W_LOCAL_GET, local);
    e_i32(f, 1);
    lanes(f, wide, V_SHL);
}

/* Push the lanes on the stack, less @from, that are less than @below. */
static void v_in_range(TrFunc *f, bool wide, uint64_t from, uint64_t below)
{
    /* Of 64-bit lanes there are signed comparisons only. */
    uint64_t bias = wide ? 1ull << 63 : 0;

    push_v_constant(f, wide, from - bias);
    lanes(f, wide, V_SUB);
    push_v_constant(f, wide, below - bias);
    e_vop(f, wide ? V_LT64_S : V_COMPARE(V_LT_U, MO_32));
}

static bool gen_vector(TrFunc *f, TCIWasmFloatOp op, bool wide,
                       uint32_t insn, uint32_t *next)
{
    static const uint8_t op32[] = {
        [TCI_F_VECTOR_ADD] = V_F32_ADD, [TCI_F_VECTOR_SUB] = V_F32_SUB,
        [TCI_F_VECTOR_MUL] = V_F32_MUL, [TCI_F_VECTOR_DIV] = V_F32_DIV,
    };
    int ofs[3], oprsz, maxsz;
    uint32_t o;

    for (int i = 0; i < 3; i++) {
        if (f->slot_known[i * 2] != TR_ENV_PLUS) {
            return false;
        }
        ofs[i] = f->slot_value[i * 2];
    }
    if (f->slot_known[8] != TR_CONST) {
        return false;
    }
    oprsz = simd_oprsz(f->slot_value[8]);
    maxsz = simd_maxsz(f->slot_value[8]);
    if ((oprsz != 8 && oprsz != 16) || maxsz > 256) {
        return false;
    }

    for (int i = 0; i < 2; i++) {
        o = tr_env(f, ofs[VA + i]);
        e_vmem(f, oprsz == 8 ? V_LOAD64_SPLAT : V_LOAD, o);
        e_vlocal(f, W_LOCAL_SET, TR_V_A + i);
    }
    e_vlocal(f, W_LOCAL_GET, TR_V_A);
    e_vlocal(f, W_LOCAL_GET, TR_V_B);
    e_vop(f, op32[op] + (wide ? V_F64_ADD - V_F32_ADD : 0));
    e_vlocal(f, W_LOCAL_SET, TR_V_C);

    /* All ones in each lane that is good ... */
    push_v_twice(f, wide, TR_V_C);
    v_in_range(f, wide, FRACTION(wide) + 1,
               INFINITE(wide) - FRACTION(wide) - 1);
    if (op != TCI_F_VECTOR_DIV) {
        /* Zero is exact: of a sum always, of a product with a zero factor. */
        e_vlocal(f, W_LOCAL_GET, TR_V_ZERO);
        push_v_twice(f, wide, TR_V_C);
        e_vop(f, wide ? V_EQ64 : V_COMPARE(V_EQ, MO_32));
        if (op == TCI_F_VECTOR_MUL) {
            for (int i = 0; i < 2; i++) {
                e_vlocal(f, W_LOCAL_GET, TR_V_ZERO);
                push_v_twice(f, wide, TR_V_A + i);
                e_vop(f, wide ? V_EQ64 : V_COMPARE(V_EQ, MO_32));
            }
            e_vop(f, V_OR);
            e_vop(f, V_AND);
        }
        e_vop(f, V_OR);
    }
    /* ... and has no denormal operand */
    for (int i = 0; i < 2; i++) {
        push_v_twice(f, wide, TR_V_A + i);
        v_in_range(f, wide, 1, FRACTION(wide) - 1);
        e_vop(f, V_ANDNOT);
    }
    lanes(f, wide, V_ALL_TRUE);
    push_bad_status(f, 6, float_round_nearest_even);
    e_op(f, W_I32_EQZ);
    e_op(f, W_I32_AND);

    e_hint(f, true);
    e_begin(f, W_IF, W_TYPE_VOID);
    o = tr_env(f, ofs[VD]);
    e_vlocal(f, W_LOCAL_GET, TR_V_C);
    e_vmem(f, oprsz == 8 ? V_STORE64_LANE : V_STORE, o);
    if (oprsz == 8) {
        e_op(f, 0);
    }
    tr_gen_clear(f, ofs[VD] + oprsz, maxsz - oprsz);
    e_op(f, W_ELSE);
    tr_gen_helper(f, insn, next);
    e_end(f);
    tr_copy_drop(f, ofs[VD], 16);
    tr_stats.floats++;
    return true;
}

bool tr_gen_float(TrFunc *f, uintptr_t func, uint32_t insn, uint32_t *next)
{
    const TCIWasmFloat *entry = g_hash_table_lookup(known, (gpointer)func);
    int result;

    if (!entry) {
        return false;
    }
    if (entry->op >= TCI_F_VECTOR_ADD) {
        return gen_vector(f, entry->op, entry->wide, insn, next);
    }
    result = tr_tmp(f, 0);
    switch (entry->op) {
    case TCI_F_ADD: case TCI_F_SUB: case TCI_F_MUL: case TCI_F_DIV:
        push_arithmetic(f, entry->op, entry->wide, result);
        break;
    case TCI_F_FUSED:
        push_fused(f, entry->wide, result);
        break;
    case TCI_F_SQRT:
        push_root(f, entry->wide, result);
        break;
    case TCI_F_COMPARE:
        push_comparison(f, entry->wide, result);
        break;
    case TCI_F_FROM_S64: case TCI_F_FROM_U64:
    case TCI_F_TO_S32: case TCI_F_TO_U32:
    case TCI_F_TO_S64: case TCI_F_TO_U64:
        /* Integers only, no fixed point */
        if (f->slot_known[2] != TR_CONST || (uint32_t)f->slot_value[2]) {
            return false;
        }
        if (entry->op == TCI_F_FROM_S64 || entry->op == TCI_F_FROM_U64) {
            push_from_int(f, entry->op == TCI_F_FROM_S64, entry->wide, result);
        } else {
            push_to_int(f, entry->op, entry->wide, result);
        }
        break;
    case TCI_F_WIDEN:
        push_widened(f, result);
        break;
    case TCI_F_NARROW:
        push_narrowed(f, result);
        break;
    case TCI_F_SET_ROUNDING:
        return gen_set_rounding(f);
    }
    e_hint(f, false);
    e_begin(f, W_IF, W_TYPE_VOID);
    tr_gen_helper(f, insn, next);
    e_op(f, W_ELSE);
    e_get(f, result);
    tr_set(f, TCG_REG_R0);
    e_end(f);
    tr_stats.floats++;
    return true;
}
