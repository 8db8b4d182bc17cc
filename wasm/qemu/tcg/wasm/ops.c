/*
 * Bootlink: TCI's ops as WebAssembly.  Compare tcg_qemu_tb_exec() in tci.c.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "emit.h"
#include "tcg-has.h"

#define CASE_32_64(x) case INDEX_op_##x##_i32: case INDEX_op_##x##_i64:

/* Push the outcome (i32) of a comparison of two registers. */
static void gen_compare(TrFunc *f, bool is64, TCGReg a, TCGReg b, TCGCond cond)
{
    static const uint8_t op64[16] = {
        [TCG_COND_EQ] = W_I64_EQ, [TCG_COND_NE] = W_I64_NE,
        [TCG_COND_LT] = W_I64_LT_S, [TCG_COND_GE] = W_I64_GE_S,
        [TCG_COND_LE] = W_I64_LE_S, [TCG_COND_GT] = W_I64_GT_S,
        [TCG_COND_LTU] = W_I64_LT_U, [TCG_COND_GEU] = W_I64_GE_U,
        [TCG_COND_LEU] = W_I64_LE_U, [TCG_COND_GTU] = W_I64_GT_U,
    };

    if (cond == TCG_COND_NEVER || cond == TCG_COND_ALWAYS) {
        e_i32(f, cond == TCG_COND_ALWAYS);
        return;
    }
    if (is64) {
        tr_get(f, a);
        if (tr_is_const(f, b) && f->reg_value[b] == 0 &&
            (cond == TCG_COND_EQ || cond == TCG_COND_NE)) {
            e_op(f, W_I64_EQZ);
            if (cond == TCG_COND_NE) {
                e_op(f, W_I32_EQZ);
            }
            return;
        }
        tr_get(f, b);
    } else {
        tr_get32(f, a);
        tr_get32(f, b);
    }
    if (cond == TCG_COND_TSTEQ || cond == TCG_COND_TSTNE) {
        e_op(f, is64 ? W_I64_AND : W_I32_AND);
        e_op(f, is64 ? W_I64_EQZ : W_I32_EQZ);
        if (cond == TCG_COND_TSTNE) {
            e_op(f, W_I32_EQZ);
        }
    } else {
        e_op(f, op64[cond] + (is64 ? 0 : W_I64_TO_I32_COMPARE));
    }
}

static void gen_2(TrFunc *f, uint8_t op, TCGReg r0, TCGReg r1, TCGReg r2)
{
    tr_get(f, r1);
    tr_get(f, r2);
    e_op(f, op);
    tr_set(f, r0);
}

/* Addresses in env are what helpers' operands are known by. */
static void gen_add(TrFunc *f, TCGReg r0, TCGReg r1, TCGReg r2)
{
    if (r1 == TCG_AREG0 && tr_is_const(f, r2)) {
        tr_set_known(f, r0, TR_ENV_PLUS, f->reg_value[r2]);
    } else if (r2 == TCG_AREG0 && tr_is_const(f, r1)) {
        tr_set_known(f, r0, TR_ENV_PLUS, f->reg_value[r1]);
    } else {
        gen_2(f, W_I64_ADD, r0, r1, r2);
    }
}

/* Wasm takes shift counts modulo the width, as TCI does. */
static void gen_2_32(TrFunc *f, uint8_t op, TCGReg r0, TCGReg r1, TCGReg r2)
{
    tr_get32(f, r1);
    tr_get32(f, r2);
    e_op(f, op);
    tr_set32(f, r0);
}

/* r1 op r2, one operand or the result inverted */
static void gen_2_not(TrFunc *f, uint8_t op, bool not_r2,
                      TCGReg r0, TCGReg r1, TCGReg r2)
{
    tr_get(f, r1);
    tr_get(f, r2);
    if (not_r2) {
        e_i64(f, -1);
        e_op(f, W_I64_XOR);
        e_op(f, op);
    } else {
        e_op(f, op);
        e_i64(f, -1);
        e_op(f, W_I64_XOR);
    }
    tr_set(f, r0);
}

/* Loads and stores of host memory.  TCG's own stack frame is in locals. */
static bool gen_host_ld(TrFunc *f, unsigned opc, uint8_t op, TCGReg r0,
                        TCGReg r1, int ofs)
{
    int size = opc == INDEX_op_ld_i64 ? 8 : opc == INDEX_op_ld_i32 ? 4 : 0;

    if (r1 == TCG_AREG0 && size && tr_gen_global_ld(f, r0, ofs, size)) {
        return true;
    }
    if (r1 == TCG_REG_CALL_STACK) {
        if (opc == INDEX_op_ld_i64) {
            tr_slot_get(f, ofs / 4);
        } else if (opc == INDEX_op_ld_i32) {
            tr_slot_get(f, ofs / 4);
            e_i64(f, UINT32_MAX);
            e_op(f, W_I64_AND);
        } else {
            return false;
        }
    } else {
        uint32_t o = tr_base(f, r1, ofs);

        e_mem(f, op, o);
    }
    tr_set(f, r0);
    return true;
}

static bool gen_host_st(TrFunc *f, unsigned opc, uint8_t op, TCGReg r0,
                        TCGReg r1, int ofs)
{
    uint32_t o;

    if (r1 == TCG_REG_CALL_STACK) {
        if (opc != INDEX_op_st_i64 && opc != INDEX_op_st_i32) {
            return false;
        }
        tr_slot_set(f, ofs / 4, r0);
        return true;
    }
    o = tr_base(f, r1, ofs);
    tr_get(f, r0);
    e_mem(f, op, o);
    if (r1 == TCG_AREG0) {
        int size = op == W_I64_STORE ? 8 : op == W_I64_STORE32 ? 4
                   : op == W_I64_STORE16 ? 2 : 1;

        tr_gen_global_st(f, r0, ofs, size);
        tr_copy_drop(f, ofs, size);
    } else {
        tr_copy_forget(f);
    }
    return true;
}

/* All ops but branches; @r: the registers, as far as the op has them. */
static bool gen_op(TrFunc *f, uint32_t insn, uint32_t *p)
{
    unsigned opc = extract32(insn, 0, 8);
    const TCGReg r[6] = {
        extract32(insn, 8, 4), extract32(insn, 12, 4), extract32(insn, 16, 4),
        extract32(insn, 20, 4), extract32(insn, 24, 4), extract32(insn, 28, 4),
    };
    int ofs = sextract32(insn, 16, 16), pos, len;
    uint64_t mask;

    switch (opc) {
    case INDEX_op_call:
        return tr_gen_call(f, insn, p);

    CASE_32_64(setcond)
        gen_compare(f, opc == INDEX_op_setcond_i64, r[1], r[2],
                    (TCGCond)r[3]);
        tr_set32(f, r[0]);
        break;
    CASE_32_64(movcond)
        tr_get(f, r[3]);
        tr_get(f, r[4]);
        gen_compare(f, opc == INDEX_op_movcond_i64, r[1], r[2],
                    (TCGCond)r[5]);
        e_op(f, W_SELECT);
        tr_set(f, r[0]);
        break;
    CASE_32_64(mov)
        if (r[1] != TCG_AREG0 && f->reg_known[r[1]]) {
            tr_set_known(f, r[0], f->reg_known[r[1]], f->reg_value[r[1]]);
            break;
        }
        tr_get(f, r[1]);
        tr_set(f, r[0]);
        break;
    case INDEX_op_tci_movi:
        tr_set_known(f, r[0], TR_CONST, sextract32(insn, 12, 20));
        break;
    case INDEX_op_tci_movl:
        tr_set_known(f, r[0], TR_CONST, *(int64_t *)tr_relative(insn, p));
        break;

    CASE_32_64(ld8u)
        return gen_host_ld(f, opc, W_I64_LOAD8_U, r[0], r[1], ofs);
    CASE_32_64(ld8s)
        return gen_host_ld(f, opc, W_I64_LOAD8_S, r[0], r[1], ofs);
    CASE_32_64(ld16u)
        return gen_host_ld(f, opc, W_I64_LOAD16_U, r[0], r[1], ofs);
    CASE_32_64(ld16s)
        return gen_host_ld(f, opc, W_I64_LOAD16_S, r[0], r[1], ofs);
    case INDEX_op_ld32s_i64:
        return gen_host_ld(f, opc, W_I64_LOAD32_S, r[0], r[1], ofs);
    case INDEX_op_ld32u_i64:
    case INDEX_op_ld_i32:
        return gen_host_ld(f, opc, W_I64_LOAD32_U, r[0], r[1], ofs);
    case INDEX_op_ld_i64:
        return gen_host_ld(f, opc, W_I64_LOAD, r[0], r[1], ofs);
    CASE_32_64(st8)
        return gen_host_st(f, opc, W_I64_STORE8, r[0], r[1], ofs);
    CASE_32_64(st16)
        return gen_host_st(f, opc, W_I64_STORE16, r[0], r[1], ofs);
    case INDEX_op_st32_i64:
    case INDEX_op_st_i32:
        return gen_host_st(f, opc, W_I64_STORE32, r[0], r[1], ofs);
    case INDEX_op_st_i64:
        return gen_host_st(f, opc, W_I64_STORE, r[0], r[1], ofs);

#define BINARY(name, op) \
    CASE_32_64(name) gen_2(f, op, r[0], r[1], r[2]); break;
#define BINARY_NOT(name, op, not_r2) \
    CASE_32_64(name) gen_2_not(f, op, not_r2, r[0], r[1], r[2]); break;
#define BINARY_BY_WIDTH(name, op32, op64) \
    case INDEX_op_##name##_i32: gen_2_32(f, op32, r[0], r[1], r[2]); break; \
    case INDEX_op_##name##_i64: gen_2(f, op64, r[0], r[1], r[2]); break;

    CASE_32_64(add)
        gen_add(f, r[0], r[1], r[2]);
        break;
    BINARY(sub, W_I64_SUB)
    BINARY(mul, W_I64_MUL)
    BINARY(and, W_I64_AND)
    BINARY(or, W_I64_OR)
    BINARY(xor, W_I64_XOR)
    BINARY_NOT(andc, W_I64_AND, true)
    BINARY_NOT(orc, W_I64_OR, true)
    BINARY_NOT(eqv, W_I64_XOR, false)
    BINARY_NOT(nand, W_I64_AND, false)
    BINARY_NOT(nor, W_I64_OR, false)
    BINARY_BY_WIDTH(div, W_I32_DIV_S, W_I64_DIV_S)
    BINARY_BY_WIDTH(divu, W_I32_DIV_U, W_I64_DIV_U)
    BINARY_BY_WIDTH(rem, W_I32_REM_S, W_I64_REM_S)
    BINARY_BY_WIDTH(remu, W_I32_REM_U, W_I64_REM_U)
    BINARY_BY_WIDTH(shl, W_I32_SHL, W_I64_SHL)
    BINARY_BY_WIDTH(shr, W_I32_SHR_U, W_I64_SHR_U)
    BINARY_BY_WIDTH(sar, W_I32_SHR_S, W_I64_SHR_S)
    BINARY_BY_WIDTH(rotl, W_I32_ROTL, W_I64_ROTL)
    BINARY_BY_WIDTH(rotr, W_I32_ROTR, W_I64_ROTR)

    CASE_32_64(not)
        tr_get(f, r[1]);
        e_i64(f, -1);
        e_op(f, W_I64_XOR);
        tr_set(f, r[0]);
        break;
    CASE_32_64(neg)
        e_i64(f, 0);
        tr_get(f, r[1]);
        e_op(f, W_I64_SUB);
        tr_set(f, r[0]);
        break;
    case INDEX_op_clz_i32:
    case INDEX_op_ctz_i32:
        tr_get32(f, r[1]);
        e_op(f, opc == INDEX_op_clz_i32 ? W_I32_CLZ : W_I32_CTZ);
        e_op(f, W_I64_EXTEND_I32_U);
        tr_get(f, r[2]);
        tr_get32(f, r[1]);
        e_op(f, W_SELECT);
        tr_set(f, r[0]);
        break;
    case INDEX_op_clz_i64:
    case INDEX_op_ctz_i64:
        tr_get(f, r[2]);
        tr_get(f, r[1]);
        e_op(f, opc == INDEX_op_clz_i64 ? W_I64_CLZ : W_I64_CTZ);
        tr_get(f, r[1]);
        e_op(f, W_I64_EQZ);
        e_op(f, W_SELECT);
        tr_set(f, r[0]);
        break;
    case INDEX_op_ctpop_i32:
        tr_get32(f, r[1]);
        e_op(f, W_I32_POPCNT);
        tr_set32(f, r[0]);
        break;
    case INDEX_op_ctpop_i64:
        tr_get(f, r[1]);
        e_op(f, W_I64_POPCNT);
        tr_set(f, r[0]);
        break;

    CASE_32_64(deposit)
        pos = extract32(insn, 20, 6);
        len = extract32(insn, 26, 6);
        mask = MAKE_64BIT_MASK(0, len);
        tr_get_masked(f, r[1], ~(mask << pos));
        tr_get_masked(f, r[2], mask);
        e_i64(f, pos);
        e_op(f, W_I64_SHL);
        e_op(f, W_I64_OR);
        tr_set(f, r[0]);
        break;
    CASE_32_64(extract)
        pos = extract32(insn, 16, 6);
        len = extract32(insn, 22, 6);
        tr_get(f, r[1]);
        e_i64(f, pos);
        e_op(f, W_I64_SHR_U);
        e_i64(f, MAKE_64BIT_MASK(0, len));
        e_op(f, W_I64_AND);
        tr_set(f, r[0]);
        break;
    CASE_32_64(sextract)
        pos = extract32(insn, 16, 6);
        len = extract32(insn, 22, 6);
        tr_get(f, r[1]);
        e_i64(f, 64 - len - pos);
        e_op(f, W_I64_SHL);
        e_i64(f, 64 - len);
        e_op(f, W_I64_SHR_S);
        tr_set(f, r[0]);
        break;

#define EXTEND_S(op) tr_get(f, r[1]); e_op(f, op); tr_set(f, r[0]); break;
#define EXTEND_U(mask) tr_get_masked(f, r[1], mask); tr_set(f, r[0]); break;
    CASE_32_64(ext8s)
        EXTEND_S(W_I64_EXTEND8_S)
    CASE_32_64(ext16s)
        EXTEND_S(W_I64_EXTEND16_S)
    case INDEX_op_ext32s_i64:
    case INDEX_op_ext_i32_i64:
        EXTEND_S(W_I64_EXTEND32_S)
    CASE_32_64(ext8u)
        EXTEND_U(0xff)
    CASE_32_64(ext16u)
        EXTEND_U(0xffff)
    case INDEX_op_ext32u_i64:
    case INDEX_op_extu_i32_i64:
        EXTEND_U(UINT32_MAX)
    CASE_32_64(qemu_ld)
        tr_gen_ldst(f, false, r[0], r[1], extract32(insn, 16, 16), p);
        break;
    CASE_32_64(qemu_st)
        tr_gen_ldst(f, true, r[0], r[1], extract32(insn, 16, 16), p);
        break;
    case INDEX_op_mb:
        e_op(f, W_PREFIX_ATOMIC);
        e_op(f, W_ATOMIC_FENCE);
        e_op(f, 0);
        break;
    default:
        return tr_gen_arith(f, opc, r) || tr_gen_exit(f, opc, insn, p);
    }
    return true;
}

/* The ways out of a block to a label of its own, with f->held along each */
static void gen_branch(TrFunc *f, uint8_t op, uint32_t *to,
                       const int *level, uint64_t *held, int open)
{
    TrBlock *b = f->block;

    for (int i = open; i < b->nlabel; i++) {
        if (b->label[i] == to) {
            e_br(f, op, level[i]);
            held[i] &= f->held;
            if (op == W_BR) {
                f->held = UINT64_MAX;
            }
            return;
        }
    }
    g_assert_not_reached();
}

bool tr_gen_block(TrFunc *f, TrBlock *b)
{
    uint32_t *p = b->start + TCI_TB_WORDS;
    int level[TR_MAX_LABELS], open = 0, bottom = f->depth;
    uint64_t held[TR_MAX_LABELS];
    bool first = true;

    f->block = b;
    f->self_level = tr_is_self_loop(b) ? e_begin(f, W_LOOP, W_TYPE_VOID) : -1;
    tr_forget(f);
    f->held = b->expects;
    for (int i = b->nlabel - 1; i >= 0; i--) {
        level[i] = e_begin(f, W_BLOCK, W_TYPE_VOID);
        held[i] = UINT64_MAX;
    }
    while (p < b->end) {
        uint32_t insn;
        unsigned opc;

        while (open < b->nlabel && b->label[open] == p) {
            e_end(f);
            f->held &= held[open++];
            tr_forget(f);
        }
        insn = *p++;
        opc = extract32(insn, 0, 8);
        switch (opc) {
        case INDEX_op_br:
            gen_branch(f, W_BR, tr_relative(insn, p), level, held, open);
            break;
        CASE_32_64(brcond)
            if (opc == INDEX_op_brcond_i32) {
                tr_get32(f, extract32(insn, 8, 4));
            } else {
                tr_get(f, extract32(insn, 8, 4));
                e_op(f, W_I64_EQZ);
                e_op(f, W_I32_EQZ);
            }
            gen_branch(f, W_BR_IF, tr_relative(insn, p), level, held, open);
            break;
        CASE_32_64(setcond)
            /* TCI's brcond is a setcond to its own register and a branch. */
            if (extract32(insn, 8, 4) == TCG_REG_TMP &&
                (extract32(*p, 0, 8) == INDEX_op_brcond_i32 ||
                 extract32(*p, 0, 8) == INDEX_op_brcond_i64) &&
                extract32(*p, 8, 4) == TCG_REG_TMP) {
                gen_compare(f, opc == INDEX_op_setcond_i64,
                            extract32(insn, 12, 4), extract32(insn, 16, 4),
                            extract32(insn, 20, 4));
                insn = *p++;
                if (first) {    /* the look at icount_decr: see block.c */
                    e_hint(f, false);
                    first = false;
                }
                gen_branch(f, W_BR_IF, tr_relative(insn, p), level, held, open);
                break;
            }
            /* fall through */
        default:
            if (!gen_op(f, insn, p)) {
                return false;
            }
            p += f->skip;
            f->skip = 0;
        }
    }
    e_op(f, W_UNREACHABLE);
    while (f->depth > bottom) {
        e_end(f);
        e_op(f, W_UNREACHABLE);
    }
    return true;
}
