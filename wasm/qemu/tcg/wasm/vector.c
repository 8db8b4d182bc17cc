/*
 * Bootlink: calls of helpers that work on vectors, by vector instructions.
 *
 * TCI has no vector ops, so that QEMU's gvec calls helpers, with the
 * addresses of their operands and a constant that tells the vector's size
 * (tcg/tcg-gvec-desc.h).  Where the operands are at known places in env, the
 * translator does the helper's work itself, 16 bytes at a time.  Compare
 * accel/tcg/tcg-runtime-gvec.c and target/arm/tcg/vec_helper.c.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "exec/helper-proto-common.h"
#include "tcg/tcg-gvec-desc.h"
#include "emit.h"
#include "vector.h"

/* More is left to the helper: at most as much operated on, as much written */
#define MAX_OPRSZ 64
#define MAX_MAXSZ 256

/* All four element sizes of generic helpers */
#define ALL(name, form, op) \
    TCI_V(name##8, form, op, MO_8), TCI_V(name##16, form, op, MO_16), \
    TCI_V(name##32, form, op, MO_32), TCI_V(name##64, form, op, MO_64)
#define ALL_I(name, op) \
    TCI_V(name##8i, 2, op, MO_8), TCI_V(name##16i, 2, op, MO_16), \
    TCI_V(name##32i, 2, op, MO_32), TCI_V(name##64i, 2, op, MO_64)

static const TCIWasmVector generic[] = {
    TCI_V(gvec_mov, 2, MOV, MO_64), TCI_V(gvec_not, 2, NOT, MO_64),
    ALL(gvec_neg, 2, NEG), ALL(gvec_abs, 2, ABS),
    ALL_I(gvec_shl, SHL), ALL_I(gvec_shr, SHR), ALL_I(gvec_sar, SAR),
    ALL_I(gvec_rotl, ROTL),
    TCI_V(gvec_and, 3, AND, MO_64), TCI_V(gvec_or, 3, OR, MO_64),
    TCI_V(gvec_xor, 3, XOR, MO_64), TCI_V(gvec_andc, 3, ANDC, MO_64),
    TCI_V(gvec_orc, 3, ORC, MO_64), TCI_V(gvec_nand, 3, NAND, MO_64),
    TCI_V(gvec_nor, 3, NOR, MO_64), TCI_V(gvec_eqv, 3, EQV, MO_64),
    TCI_V(gvec_ands, 2S, AND, MO_64), TCI_V(gvec_andcs, 2S, ANDC, MO_64),
    TCI_V(gvec_xors, 2S, XOR, MO_64), TCI_V(gvec_ors, 2S, OR, MO_64),
    ALL(gvec_add, 3, ADD), ALL(gvec_sub, 3, SUB), ALL(gvec_mul, 3, MUL),
    ALL(gvec_adds, 2S, ADD), ALL(gvec_subs, 2S, SUB),
    ALL(gvec_muls, 2S, MUL),
    ALL(gvec_smin, 3, SMIN), ALL(gvec_umin, 3, UMIN),
    ALL(gvec_smax, 3, SMAX), ALL(gvec_umax, 3, UMAX),
    ALL(gvec_eq, 3, EQ), ALL(gvec_ne, 3, NE),
    ALL(gvec_lt, 3, LT), ALL(gvec_le, 3, LE),
    ALL(gvec_ltu, 3, LTU), ALL(gvec_leu, 3, LEU),
    ALL(gvec_eqs, 2S, EQ), ALL(gvec_lts, 2S, LT), ALL(gvec_les, 2S, LE),
    ALL(gvec_ltus, 2S, LTU), ALL(gvec_leus, 2S, LEU),
    TCI_V(gvec_bitsel, 4, BITSEL, MO_64),
    ALL(gvec_dup, DUP, MOV),
    { memset, TCI_V_MEMSET, TCI_V_MOV, MO_8 },
};

/* By the helper's address: TCIWasmVector */
static GHashTable *known;

static void add(const TCIWasmVector *v, int n)
{
    for (int i = 0; i < n; i++) {
        g_hash_table_insert(known, v[i].helper, (gpointer)&v[i]);
    }
}

void tr_vector_init(void)
{
    known = g_hash_table_new(NULL, NULL);
    add(generic, ARRAY_SIZE(generic));
    add(tci_wasm_target_vectors, tci_wasm_target_nvectors);
}

/* One helper's call */
typedef struct Vector {
    TrFunc *f;
    TCIWasmVectorForm form;
    TCIWasmVectorOp op;
    unsigned size;              /* of elements */
    int bits;                   /* in one */
    int n;                      /* the descriptor's data */
    int oprsz, maxsz;
    int ofs[4];                 /* of the operands, from env: d, a, b, c */
    int at;                     /* what is done now: 16 bytes from here */
    bool half;                  /* ... or 8 */
} Vector;

enum { D, A, B, C };

/* Push a part of an operand. */
static void push(Vector *v, int operand)
{
    uint32_t o;
    int copy;

    if (operand == B && v->form == TCI_V_2S) {
        e_vlocal(v->f, W_LOCAL_GET, TR_V_C);
        return;
    }
    if (!v->half) {
        copy = tr_copy_find(v->f, v->ofs[operand] + v->at);
        if (copy >= 0) {
            e_vlocal(v->f, W_LOCAL_GET, copy);
            return;
        }
    }
    o = tr_env(v->f, v->ofs[operand] + v->at);
    e_vmem(v->f, v->half ? V_LOAD64_ZERO : V_LOAD, o);
    if (!v->half) {
        copy = tr_copy_new(v->f, v->ofs[operand] + v->at);
        e_vlocal(v->f, W_LOCAL_TEE, copy);
    }
}

static void push2(Vector *v, int operand1, int operand2)
{
    push(v, operand1);
    push(v, operand2);
}

/* An operation on lanes of the elements' size */
static void lanes(Vector *v, uint32_t op)
{
    e_vop(v->f, V_LANES(op, v->size));
}

static void shift(Vector *v, uint32_t op, int n)
{
    e_i32(v->f, n);
    lanes(v, op);
}

/* Push a constant in each element. */
static void constant(Vector *v, uint64_t element)
{
    e_vconst(v->f, (dup_const)(v->size, element));
}

/* Push the outcome of a comparison of two operands, V_EQ, ... */
static void compare(Vector *v, uint32_t op, int operand1, int operand2)
{
    static const uint8_t op64[] = {
        [V_EQ] = V_EQ64, [V_NE] = V_NE64,
        [V_LT_S] = V_LT64_S, [V_LT_U] = V_LT64_S,
        [V_GT_S] = V_GT64_S, [V_GT_U] = V_GT64_S,
        [V_LE_S] = V_LE64_S, [V_LE_U] = V_LE64_S,
        [V_GE_S] = V_GE64_S, [V_GE_U] = V_GE64_S,
    };
    bool biased = v->size == MO_64 &&
        (op == V_LT_U || op == V_GT_U || op == V_LE_U || op == V_GE_U);

    push(v, operand1);
    if (biased) {
        constant(v, INT64_MIN);
        e_vop(v->f, V_XOR);
    }
    push(v, operand2);
    if (biased) {
        constant(v, INT64_MIN);
        e_vop(v->f, V_XOR);
    }
    e_vop(v->f, v->size == MO_64 ? op64[op] : V_COMPARE(op, v->size));
}

/* Push the lesser or greater of A and B, op: V_MIN_S, ... */
static void min_max(Vector *v, uint32_t op)
{
    bool is_signed = op == V_MIN_S || op == V_MAX_S;
    bool max = op == V_MAX_S || op == V_MAX_U;

    push2(v, A, B);
    if (v->size < MO_64) {
        lanes(v, op);
    } else {
        compare(v, max ? (is_signed ? V_GT_S : V_GT_U)
                       : (is_signed ? V_LT_S : V_LT_U), A, B);
        e_vop(v->f, V_BITSELECT);
    }
}

/* Push |A - B|. */
static void difference(Vector *v, bool is_signed)
{
    if (v->size < MO_64) {
        min_max(v, is_signed ? V_MAX_S : V_MAX_U);
        min_max(v, is_signed ? V_MIN_S : V_MIN_U);
        lanes(v, V_SUB);
    } else {
        push2(v, A, B);
        lanes(v, V_SUB);
        push2(v, B, A);
        lanes(v, V_SUB);
        compare(v, is_signed ? V_GT_S : V_GT_U, A, B);
        e_vop(v->f, V_BITSELECT);
    }
}

static void multiply(Vector *v)
{
    if (v->size != MO_8) {
        push2(v, A, B);
        lanes(v, V_MUL);
        return;
    }
    /* By 16 bits: the even elements, and the odd ones in their place */
    push2(v, A, B);
    e_vop(v->f, V_LANES(V_MUL, MO_16));
    e_vconst(v->f, 0x00ff00ff00ff00ffull);
    e_vop(v->f, V_AND);
    push(v, A);
    e_i32(v->f, 8);
    e_vop(v->f, V_LANES(V_SHR_U, MO_16));
    push(v, B);
    e_vconst(v->f, 0xff00ff00ff00ff00ull);
    e_vop(v->f, V_AND);
    e_vop(v->f, V_LANES(V_MUL, MO_16));
    e_vop(v->f, V_OR);
}

/* Push A >> n, rounded. */
static void rounding_shift(Vector *v, bool is_signed)
{
    push(v, A);
    shift(v, is_signed ? V_SHR_S : V_SHR_U, v->n);
    push(v, A);
    shift(v, V_SHR_U, v->n - 1);
    constant(v, 1);
    e_vop(v->f, V_AND);
    lanes(v, V_ADD);
}

/* Push A and B, of each pair of neighbours the first, or the second. */
static void every_other(Vector *v, int second)
{
    int bytes = 1 << v->size, half = v->oprsz / 2;

    push2(v, A, B);
    e_vop(v->f, V_SHUFFLE);
    for (int i = 0; i < 16; i++) {
        int in = i % half, from = i < half ? 0 : 16;
        int element = in / bytes * 2 + second;

        trb_byte(&v->f->code, i < v->oprsz
                 ? from + element * bytes + in % bytes : 0);
    }
}

static void pairs(Vector *v, uint32_t op)
{
    every_other(v, 0);
    every_other(v, 1);
    lanes(v, op);
}

/* Push x rotated left, x on the stack. */
static void rotate(Vector *v, int n)
{
    e_vlocal(v->f, W_LOCAL_TEE, TR_V_A);
    shift(v, V_SHL, n);
    e_vlocal(v->f, W_LOCAL_GET, TR_V_A);
    shift(v, V_SHR_U, v->bits - n);
    e_vop(v->f, V_OR);
}

/* A op B of two or three instructions */
static void push_binary(Vector *v)
{
    static const uint8_t simple[] = {
        [TCI_V_AND] = V_AND, [TCI_V_OR] = V_OR, [TCI_V_XOR] = V_XOR,
        [TCI_V_ANDC] = V_ANDNOT, [TCI_V_NAND] = V_AND, [TCI_V_NOR] = V_OR,
        [TCI_V_EQV] = V_XOR,
    };

    push2(v, A, B);
    if (v->op == TCI_V_ORC) {
        e_vop(v->f, V_NOT);
        e_vop(v->f, V_OR);
        return;
    }
    e_vop(v->f, simple[v->op]);
    if (v->op == TCI_V_NAND || v->op == TCI_V_NOR || v->op == TCI_V_EQV) {
        e_vop(v->f, V_NOT);
    }
}

static void push_compare(Vector *v)
{
    static const uint8_t op[] = {
        [TCI_V_EQ] = V_EQ, [TCI_V_NE] = V_NE, [TCI_V_LT] = V_LT_S,
        [TCI_V_LE] = V_LE_S, [TCI_V_LTU] = V_LT_U, [TCI_V_LEU] = V_LE_U,
    };

    compare(v, op[v->op], A, B);
    /* Comparisons with one value for all can be inverted. */
    if (v->form == TCI_V_2S && v->n) {
        e_vop(v->f, V_NOT);
    }
}

/* A shifted into D, whose other bits stay */
static void push_insert(Vector *v)
{
    uint64_t all = MAKE_64BIT_MASK(0, v->bits);

    push(v, A);
    shift(v, v->op == TCI_V_SRI ? V_SHR_U : V_SHL, v->n);
    push(v, D);
    constant(v, v->op == TCI_V_SRI ? all >> v->n : all << v->n);
    e_vop(v->f, V_BITSELECT);
}

/* D + what @is_signed shift pushes */
static void push_accumulate_shift(Vector *v)
{
    push(v, D);
    if (v->op == TCI_V_SRSRA || v->op == TCI_V_URSRA) {
        rounding_shift(v, v->op == TCI_V_SRSRA);
    } else {
        push(v, A);
        shift(v, v->op == TCI_V_SSRA ? V_SHR_S : V_SHR_U, v->n);
    }
    lanes(v, V_ADD);
}

/*
 * A + B or A - B, saturating: operands are named otherwise, A is where QC
 * is to be set.  The result is left in TR_V_A, what saturated in TR_V_B.
 */
static void saturate(Vector *v)
{
    bool sub = v->op == TCI_V_SQSUB || v->op == TCI_V_UQSUB;
    bool is_signed = v->op == TCI_V_SQSUB || v->op == TCI_V_SQADD;

    push2(v, B, C);
    lanes(v, sub ? V_SUB : V_ADD);
    push2(v, B, C);
    lanes(v, sub ? (is_signed ? V_SUB_SAT_S : V_SUB_SAT_U)
                 : (is_signed ? V_ADD_SAT_S : V_ADD_SAT_U));
    e_vlocal(v->f, W_LOCAL_TEE, TR_V_A);
    e_vop(v->f, V_XOR);
    e_vlocal(v->f, W_LOCAL_SET, TR_V_B);
}

static void set_qc(Vector *v)
{
    uint32_t o;

    e_vlocal(v->f, W_LOCAL_GET, TR_V_B);
    e_vop(v->f, V_ANY_TRUE);
    e_hint(v->f, false);
    e_begin(v->f, W_IF, W_TYPE_VOID);
    o = tr_env(v->f, v->ofs[A]);
    e_i32(v->f, 1);
    e_mem(v->f, W_I32_STORE, o);
    e_end(v->f);
    tr_copy_drop(v->f, v->ofs[A], 4);
}

/* Is the operation one that push_result() has, with this descriptor? */
static bool is_possible(Vector *v)
{
    switch (v->op) {
    case TCI_V_SHL: case TCI_V_SHR: case TCI_V_SAR: case TCI_V_ROTL:
    case TCI_V_SSRA: case TCI_V_USRA: case TCI_V_SLI: case TCI_V_XAR:
        return v->n >= 0 && v->n < v->bits;
    case TCI_V_SRSHR: case TCI_V_URSHR: case TCI_V_SRSRA: case TCI_V_URSRA:
    case TCI_V_SRI:
        return v->n > 0 && v->n < v->bits;
    case TCI_V_ADDP: case TCI_V_SMINP: case TCI_V_UMINP: case TCI_V_SMAXP:
    case TCI_V_UMAXP:
        return v->oprsz <= 16;
    default:
        return true;
    }
}

static void push_result(Vector *v)
{
    switch (v->op) {
    case TCI_V_MOV:
        if (v->form == TCI_V_2) {
            push(v, A);
        } else {
            e_vlocal(v->f, W_LOCAL_GET, TR_V_C);
        }
        break;
    case TCI_V_NOT:
        push(v, A);
        e_vop(v->f, V_NOT);
        break;
    case TCI_V_POPCNT:
        push(v, A);
        e_vop(v->f, V_POPCNT8);
        break;
    case TCI_V_NEG:
        push(v, A);
        lanes(v, V_NEG);
        break;
    case TCI_V_ABS:
        push(v, A);
        lanes(v, V_ABS);
        break;
    case TCI_V_SHL:
        push(v, A);
        shift(v, V_SHL, v->n);
        break;
    case TCI_V_SHR:
        push(v, A);
        shift(v, V_SHR_U, v->n);
        break;
    case TCI_V_SAR:
        push(v, A);
        shift(v, V_SHR_S, v->n);
        break;
    case TCI_V_ROTL:
        push(v, A);
        rotate(v, v->n);
        break;
    case TCI_V_SSRA: case TCI_V_USRA: case TCI_V_SRSRA: case TCI_V_URSRA:
        push_accumulate_shift(v);
        break;
    case TCI_V_SRSHR: case TCI_V_URSHR:
        rounding_shift(v, v->op == TCI_V_SRSHR);
        break;
    case TCI_V_SRI: case TCI_V_SLI:
        push_insert(v);
        break;

    case TCI_V_AND: case TCI_V_OR: case TCI_V_XOR: case TCI_V_ANDC:
    case TCI_V_ORC: case TCI_V_NAND: case TCI_V_NOR: case TCI_V_EQV:
        push_binary(v);
        break;
    case TCI_V_ADD: case TCI_V_SUB:
        push2(v, A, B);
        lanes(v, v->op == TCI_V_ADD ? V_ADD : V_SUB);
        break;
    case TCI_V_MUL:
        multiply(v);
        break;
    case TCI_V_SMIN:
        min_max(v, V_MIN_S);
        break;
    case TCI_V_UMIN:
        min_max(v, V_MIN_U);
        break;
    case TCI_V_SMAX:
        min_max(v, V_MAX_S);
        break;
    case TCI_V_UMAX:
        min_max(v, V_MAX_U);
        break;
    case TCI_V_EQ: case TCI_V_NE: case TCI_V_LT: case TCI_V_LE:
    case TCI_V_LTU: case TCI_V_LEU:
        push_compare(v);
        break;
    case TCI_V_SABD: case TCI_V_UABD:
        difference(v, v->op == TCI_V_SABD);
        break;
    case TCI_V_SABA: case TCI_V_UABA:
        push(v, D);
        difference(v, v->op == TCI_V_SABA);
        lanes(v, V_ADD);
        break;
    case TCI_V_ADDP:
        pairs(v, V_ADD);
        break;
    case TCI_V_SMINP:
        pairs(v, V_MIN_S);
        break;
    case TCI_V_UMINP:
        pairs(v, V_MIN_U);
        break;
    case TCI_V_SMAXP:
        pairs(v, V_MAX_S);
        break;
    case TCI_V_UMAXP:
        pairs(v, V_MAX_U);
        break;
    case TCI_V_RAX1:
        push(v, B);
        rotate(v, 1);
        push(v, A);
        e_vop(v->f, V_XOR);
        break;
    case TCI_V_XAR:
        push2(v, A, B);
        e_vop(v->f, V_XOR);
        rotate(v, v->bits - v->n);
        break;

    case TCI_V_SQADD: case TCI_V_UQADD: case TCI_V_SQSUB: case TCI_V_UQSUB:
        e_vlocal(v->f, W_LOCAL_GET, TR_V_A);
        break;
    case TCI_V_BITSEL:
        push2(v, B, C);
        push(v, A);
        e_vop(v->f, V_BITSELECT);
        break;
    case TCI_V_EOR3:
        push2(v, A, B);
        e_vop(v->f, V_XOR);
        push(v, C);
        e_vop(v->f, V_XOR);
        break;
    case TCI_V_BCAX:
        push(v, A);
        push2(v, B, C);
        e_vop(v->f, V_ANDNOT);
        e_vop(v->f, V_XOR);
        break;
    }
}

/* The one element that is to be in all of an operand, into TR_V_C */
static void gen_splat(Vector *v, int slot)
{
    TrFunc *f = v->f;

    if (f->slot_known[slot] == TR_CONST) {
        constant(v, f->slot_value[slot]);
    } else {
        tr_slot_get(f, slot);
        if (v->size < MO_64) {
            e_op(f, W_I32_WRAP_I64);
        }
        e_vop(f, V_SPLAT + v->size);
    }
    e_vlocal(f, W_LOCAL_SET, TR_V_C);
}

static void gen_part(Vector *v)
{
    bool saturating = v->op >= TCI_V_SQADD && v->op <= TCI_V_UQSUB;
    uint32_t o;

    if (saturating) {
        saturate(v);
    }
    o = tr_env(v->f, v->ofs[D] + v->at);
    push_result(v);
    tr_copy_drop(v->f, v->ofs[D] + v->at, v->half ? 8 : 16);
    if (v->half) {
        e_vmem(v->f, V_STORE64_LANE, o);
        trb_byte(&v->f->code, 0);
    } else {
        e_vlocal(v->f, W_LOCAL_TEE, tr_copy_new(v->f, v->ofs[D] + v->at));
        e_vmem(v->f, V_STORE, o);
    }
    if (saturating) {
        set_qc(v);
    }
}

void tr_gen_clear(TrFunc *f, int ofs, int bytes)
{
    tr_copy_drop(f, ofs, bytes);
    for (int end = ofs + bytes; ofs < end;) {
        uint32_t o = tr_env(f, ofs);

        if ((ofs & 8) || end - ofs < 16) {
            e_i64(f, 0);
            e_mem(f, W_I64_STORE, o);
            ofs += 8;
        } else {
            e_vlocal(f, W_LOCAL_GET, TR_V_ZERO);
            e_vmem(f, V_STORE, o);
            ofs += 16;
        }
    }
}

static void gen_all(Vector *v)
{
    for (v->at = 0; v->at < v->oprsz; v->at += v->half ? 8 : 16) {
        v->half = v->oprsz - v->at < 16;
        gen_part(v);
    }
    tr_gen_clear(v->f, v->ofs[D] + v->oprsz, v->maxsz - v->oprsz);
}

/* The slots of operands, the descriptor (or size), and an element for all */
static const struct {
    int operands, desc, element;
} form_slots[] = {
    [TCI_V_2] = { 2, 4, -1 },
    [TCI_V_2S] = { 2, 6, 4 },
    [TCI_V_3] = { 3, 6, -1 },
    [TCI_V_4] = { 4, 8, -1 },
    [TCI_V_DUP] = { 1, 2, 4 },
    [TCI_V_MEMSET] = { 1, 6, 4 },
};

bool tr_gen_vector(TrFunc *f, uintptr_t func)
{
    const TCIWasmVector *entry = g_hash_table_lookup(known, (gpointer)func);
    Vector v = { .f = f };
    int desc;

    if (!entry) {
        return false;
    }
    desc = form_slots[entry->form].desc;
    if (f->slot_known[desc] != TR_CONST) {
        return false;
    }
    v.form = entry->form;
    v.op = entry->op;
    v.size = entry->size;
    v.bits = 8 << v.size;
    if (v.form == TCI_V_MEMSET) {
        v.oprsz = v.maxsz = MIN((uint64_t)f->slot_value[desc], INT_MAX);
    } else {
        v.oprsz = simd_oprsz(f->slot_value[desc]);
        v.maxsz = simd_maxsz(f->slot_value[desc]);
        v.n = simd_data(f->slot_value[desc]);
    }
    if (v.oprsz % 8 || v.maxsz > MAX_MAXSZ || !is_possible(&v) ||
        v.oprsz > (v.op == TCI_V_MOV ? MAX_MAXSZ : MAX_OPRSZ)) {
        return false;
    }
    for (int i = 0; i < form_slots[v.form].operands; i++) {
        if (f->slot_known[i * 2] != TR_ENV_PLUS) {
            return false;
        }
        v.ofs[i] = f->slot_value[i * 2];
    }
    if (form_slots[v.form].element >= 0) {
        gen_splat(&v, form_slots[v.form].element);
    }
    gen_all(&v);
    if (v.form == TCI_V_MEMSET) {
        tr_set_known(f, TCG_REG_R0, TR_ENV_PLUS, v.ofs[D]);
    }
    tr_stats.vectors++;
    return true;
}
