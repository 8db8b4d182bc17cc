/*
 * Bootlink: guest memory accesses: the TLB hit inline, the rest by a helper.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "tcg/tcg.h"
#include "tcg/tcg-ldst.h"
#include "exec/tlb-common.h"
#include "exec/helper-proto-common.h"
#include "emit.h"

/* Compare tci_tlb_lookup() in tci.c.  The TLB's entry is in TR_ENTRY_TLB. */
void tr_gen_tlb(TrFunc *f, bool store, int addr, MemOpIdx oi,
                uint64_t aligned)
{
    MemOp mop = get_memop(oi);
    int page_bits = tci_wasm_target.page_bits;
    int fast = (int)offsetof(CPUState, neg.tlb.f[get_mmuidx(oi)]) -
               (int)sizeof(CPUState);
    uint64_t a_mask = ((1u << memop_alignment_bits(mop)) - 1) | aligned;
    uint64_t s_mask = memop_size(mop) - 1;
    uint32_t o;

    /*
     * A lock-free access of up to 8 bytes is single-copy atomic where it is
     * aligned, and no more can be asked of WebAssembly.
     */
    if ((f->block->cflags & CF_PARALLEL) &&
        ((mop & MO_ATOM_MASK) == MO_ATOM_WITHIN16 ||
         (mop & MO_SIZE) == MO_128)) {
        a_mask |= MIN(s_mask, 7);
    }

    e_get(f, addr);
    e_i64(f, page_bits - CPU_TLB_ENTRY_BITS);
    e_op(f, W_I64_SHR_U);
    e_op(f, W_I32_WRAP_I64);
    o = tr_env(f, fast + offsetof(CPUTLBDescFast, mask));
    e_mem(f, W_I32_LOAD, o);
    e_op(f, W_I32_AND);
    o = tr_env(f, fast + offsetof(CPUTLBDescFast, table));
    e_mem(f, W_I32_LOAD, o);
    e_op(f, W_I32_ADD);
    e_tee(f, TR_ENTRY_TLB);
    e_mem(f, W_I64_LOAD, store ? offsetof(CPUTLBEntry, addr_write)
                               : offsetof(CPUTLBEntry, addr_read));
    /* Where it may be unaligned, the last byte must be in the page too. */
    e_get(f, addr);
    if (a_mask < s_mask) {
        e_i64(f, s_mask - a_mask);
        e_op(f, W_I64_ADD);
    }
    e_i64(f, (int64_t)(-1ull << page_bits) | a_mask);
    e_op(f, W_I64_AND);
    e_op(f, W_I64_EQ);
}

void tr_gen_host(TrFunc *f, int addr)
{
    e_get(f, addr);
    e_op(f, W_I32_WRAP_I64);
    e_get(f, TR_ENTRY_TLB);
    e_mem(f, W_I32_LOAD, offsetof(CPUTLBEntry, addend));
    e_op(f, W_I32_ADD);
}

static void gen_slow_ldst(TrFunc *f, bool store, TCGReg val, int addr,
                          MemOpIdx oi, uint32_t *next)
{
    static void *const load[16] = {
        [MO_UB] = helper_ldub_mmu, [MO_SB] = helper_ldsb_mmu,
        [MO_UW] = helper_lduw_mmu, [MO_SW] = helper_ldsw_mmu,
        [MO_UL] = helper_ldul_mmu, [MO_SL] = helper_ldsl_mmu,
        [MO_UQ] = helper_ldq_mmu,
    };
    static void *const save[4] = {
        helper_stb_mmu, helper_stw_mmu, helper_stl_mmu, helper_stq_mmu
    };
    static const uint8_t load_args[] = {
        W_TYPE_I64, W_TYPE_I64, W_TYPE_I32, W_TYPE_I64
    };
    MemOp mop = get_memop(oi);
    bool wide = (mop & MO_SIZE) == MO_64;
    const uint8_t save_args[] = {
        W_TYPE_I64, W_TYPE_I64, wide ? W_TYPE_I64 : W_TYPE_I32,
        W_TYPE_I32, W_TYPE_I64
    };

    e_get(f, TR_ENV);
    e_get(f, addr);
    if (store) {
        wide ? tr_get(f, val) : tr_get32(f, val);
    }
    e_i32(f, oi);
    e_i64(f, (uintptr_t)next);
    if (store) {
        tr_call(f, save[mop & MO_SIZE], save_args, sizeof(save_args), 0);
    } else {
        tr_call(f, load[mop & MO_SSIZE], load_args, sizeof(load_args),
                W_TYPE_I64);
    }
}

void tr_gen_ldst(TrFunc *f, bool store, TCGReg val, TCGReg addr_reg,
                 MemOpIdx oi, uint32_t *next)
{
    static const uint8_t load_op[16] = {
        [MO_UB] = W_I64_LOAD8_U, [MO_SB] = W_I64_LOAD8_S,
        [MO_UW] = W_I64_LOAD16_U, [MO_SW] = W_I64_LOAD16_S,
        [MO_UL] = W_I64_LOAD32_U, [MO_SL] = W_I64_LOAD32_S,
        [MO_UQ] = W_I64_LOAD,
    };
    static const uint8_t store_op[4] = {
        W_I64_STORE8, W_I64_STORE16, W_I64_STORE32, W_I64_STORE
    };
    MemOp mop = get_memop(oi);
    int addr;

    if (addr_reg == TCG_AREG0 || f->reg_known[addr_reg]) {
        addr = tr_tmp(f, 2);
        tr_get(f, addr_reg);
        e_set(f, addr);
    } else {
        addr = tr_local(f, &f->reg[addr_reg]);
    }

    if (mop & MO_BSWAP) {
        gen_slow_ldst(f, store, val, addr, oi, next);
    } else {
        tr_gen_tlb(f, store, addr, oi, 0);
        e_hint(f, true);
        e_begin(f, W_IF, store ? W_TYPE_VOID : W_TYPE_I64);
        tr_gen_host(f, addr);
        if (store) {
            tr_get(f, val);
            e_mem(f, store_op[mop & MO_SIZE], 0);
        } else {
            e_mem(f, load_op[mop & MO_SSIZE], 0);
        }
        e_op(f, W_ELSE);
        gen_slow_ldst(f, store, val, addr, oi, next);
        e_end(f);
    }
    if (!store) {
        tr_set(f, val);
    }
}

/*
 * Are the two registers of a 128-bit load stored side by side in env next, at
 * *@ofs, as a vector register?
 */
static bool is_to_env(TrFunc *f, const uint32_t *next, int *ofs)
{
    TrBlock *b = f->block;

    for (int i = 0; i < b->nlabel; i++) {
        if (b->label[i] == next || b->label[i] == next + 1) {
            return false;
        }
    }
    *ofs = sextract32(next[0], 16, 16);
    for (int i = 0; i < 2; i++) {
        if (next + i >= b->end ||
            extract32(next[i], 0, 8) != INDEX_op_st_i64 ||
            extract32(next[i], 8, 4) != TCG_REG_R0 + i ||
            extract32(next[i], 12, 4) != TCG_AREG0 ||
            sextract32(next[i], 16, 16) != *ofs + 8 * i) {
            return false;
        }
    }
    return !tr_globals_within(*ofs, 16);
}

/*
 * A 128-bit load into a vector register: one store, as a vector instruction
 * that reads the register would have to wait for two.
 */
static void gen_ld_vector(TrFunc *f, int ofs, uint32_t insn, uint32_t *next)
{
    uint32_t o;

    e_vmem(f, V_LOAD, 0);
    e_vlocal(f, W_LOCAL_SET, TR_V_A);
    e_op(f, W_ELSE);
    tr_gen_helper(f, insn, next);
    for (int i = 0; i < 2; i++) {
        tr_get(f, TCG_REG_R0 + i);
        if (i == 0) {
            e_vop(f, V_SPLAT + MO_64);
        } else {
            e_vop(f, V_I64_REPLACE);
            e_op(f, i);
        }
    }
    e_vlocal(f, W_LOCAL_SET, TR_V_A);
    e_end(f);
    o = tr_env(f, ofs);
    e_vlocal(f, W_LOCAL_GET, TR_V_A);
    tr_copy_drop(f, ofs, 16);
    e_vlocal(f, W_LOCAL_TEE, tr_copy_new(f, ofs));
    e_vmem(f, V_STORE, o);
    for (int i = 0; i < 2; i++) {
        e_vlocal(f, W_LOCAL_GET, TR_V_A);
        e_vop(f, V_I64_EXTRACT);
        e_op(f, i);
        tr_set(f, TCG_REG_R0 + i);
    }
    f->skip = 2;
}

bool tr_gen_ldst128(TrFunc *f, bool store, MemOpIdx oi, uint32_t insn,
                    uint32_t *next)
{
    int addr, ofs;

    /* Two 8-byte halves, as the helper has them: patch 0018 */
    if (get_memop(oi) & MO_BSWAP) {
        return false;
    }
    addr = tr_local(f, &f->slot[2]);
    if (f->slot_known[2]) {
        tr_slot_get(f, 2);
        e_set(f, addr);
    }
    tr_gen_tlb(f, store, addr, oi, 0);
    e_hint(f, true);
    e_begin(f, W_IF, W_TYPE_VOID);
    tr_gen_host(f, addr);
    if (!store && is_to_env(f, next, &ofs)) {
        gen_ld_vector(f, ofs, insn, next);
        return true;
    }
    e_set(f, TR_HOST);
    for (int i = 0; i < 2; i++) {
        e_get(f, TR_HOST);
        if (store) {
            tr_slot_get(f, 4 + 2 * i);
            e_mem(f, W_I64_STORE, 8 * i);
        } else {
            e_mem(f, W_I64_LOAD, 8 * i);
            tr_set(f, TCG_REG_R0 + i);
        }
    }
    e_op(f, W_ELSE);
    tr_gen_helper(f, insn, next);
    e_end(f);
    return true;
}
