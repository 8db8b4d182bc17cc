/*
 * Bootlink: helper_lookup_tb_ptr() inline: where an indirect branch goes, as
 * long as the jump cache knows.  Compare tb_lookup() in accel/tcg/cpu-exec.c
 * and cpu_get_tb_cpu_state() in target/arm/helper.c.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "accel/tcg/tb-jmp-cache.h"
#include "emit.h"

#define ENTRY_BITS 4
QEMU_BUILD_BUG_ON(sizeof(((CPUJumpCache *)0)->array[0]) != 1 << ENTRY_BITS);

/* Take the slow path if the comparison on the stack is true. */
static void slow_if(TrFunc *f, int slow)
{
    e_hint(f, false);
    e_br(f, W_BR_IF, slow);
}

bool tr_gen_lookup(TrFunc *f, uint32_t insn, uint32_t *next)
{
    const TCIWasmTarget *t = &tci_wasm_target;
    uint32_t flags = f->block->flags, o;
    int shift = t->page_bits - TB_JMP_CACHE_BITS / 2;
    int pc = tr_tmp(f, 2), done, slow;

    if ((flags & t->flags_set) != t->flags_set || (flags & t->flags_clear)) {
        return false;
    }
    done = e_begin(f, W_BLOCK, W_TYPE_VOID);
    slow = e_begin(f, W_BLOCK, W_TYPE_VOID);

    /* tb_jmp_cache_hash_func(), times the size of an entry */
    o = tr_env(f, t->pc);
    e_mem(f, W_I64_LOAD, o);
    e_tee(f, pc);
    e_get(f, pc);
    e_i64(f, shift);
    e_op(f, W_I64_SHR_U);
    e_op(f, W_I64_XOR);
    e_op(f, W_I32_WRAP_I64);
    e_tee(f, TR_HOST);
    e_i32(f, (1 << TB_JMP_CACHE_BITS / 2) - 1);
    e_op(f, W_I32_AND);
    e_get(f, TR_HOST);
    e_i32(f, shift);
    e_op(f, W_I32_SHR_U);
    e_i32(f, (1 << TB_JMP_CACHE_BITS) - (1 << TB_JMP_CACHE_BITS / 2));
    e_op(f, W_I32_AND);
    e_op(f, W_I32_OR);
    e_i32(f, ENTRY_BITS);
    e_op(f, W_I32_SHL);
    o = tr_env(f, t->jmp_cache);
    e_mem(f, W_I32_LOAD, o);
    e_op(f, W_I32_ADD);
    e_tee(f, TR_ENTRY_TLB);

    e_mem(f, W_I32_LOAD, offsetof(CPUJumpCache, array[0].tb));
    e_tee(f, TR_HOST);
    e_op(f, W_I32_EQZ);
    slow_if(f, slow);
    e_get(f, TR_ENTRY_TLB);
    e_mem(f, W_I64_LOAD, offsetof(CPUJumpCache, array[0].pc));
    e_get(f, pc);
    e_op(f, W_I64_NE);
    slow_if(f, slow);

    /*
     * flags: those of this TB's state, but for PSTATE.BTYPE.  That they are
     * equal to what the TB found was made for is what counts; that they are
     * ours tells that there is nothing more to a TB's state than this.
     */
    o = tr_env(f, t->flags);
    e_mem(f, W_I32_LOAD, o);
    if (t->btype_shift >= 0) {
        o = tr_env(f, t->btype);
        e_mem(f, W_I32_LOAD, o);
        e_i32(f, t->btype_shift);
        e_op(f, W_I32_SHL);
        e_op(f, W_I32_OR);
        e_tee(f, TR_ENTRY_TLB);
        e_i32(f, ~t->flags_btype);
        e_op(f, W_I32_AND);
    } else {
        e_tee(f, TR_ENTRY_TLB);
    }
    e_i32(f, flags & ~t->flags_btype);
    e_op(f, W_I32_NE);
    slow_if(f, slow);
    e_get(f, TR_HOST);
    e_mem(f, W_I32_LOAD, offsetof(TranslationBlock, flags));
    e_get(f, TR_ENTRY_TLB);
    e_op(f, W_I32_NE);
    slow_if(f, slow);
    e_get(f, TR_HOST);
    e_mem(f, W_I64_LOAD, offsetof(TranslationBlock, cs_base));
    o = tr_env(f, t->flags2);
    e_mem(f, W_I64_LOAD, o);
    e_op(f, W_I64_NE);
    slow_if(f, slow);

    /*
     * curr_cflags(), or -1 while there are breakpoints, single steps or logs
     * to care for: tci_wasm_target_enter()
     */
    e_get(f, TR_HOST);
    e_mem(f, W_I32_LOAD, offsetof(TranslationBlock, cflags));
    o = tr_env(f, t->cflags);
    e_mem(f, W_I32_LOAD, o);
    e_op(f, W_I32_NE);
    slow_if(f, slow);

    o = tr_env(f, t->can_do_io);
    e_i32(f, 1);
    e_mem(f, W_I32_STORE8, o);
    e_get(f, TR_HOST);
    e_mem(f, W_I64_LOAD, offsetof(TranslationBlock, tc.ptr));
    tr_set(f, TCG_REG_R0);
    e_br(f, W_BR, done);
    e_end(f);
    tr_gen_helper(f, insn, next);
    e_end(f);
    return true;
}
