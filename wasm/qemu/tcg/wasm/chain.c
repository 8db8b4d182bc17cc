/*
 * Bootlink: the ways out of a TB, and into the next one where that is in the
 * same module.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "emit.h"

bool tr_is_self_loop(TrBlock *b)
{
    for (int i = 0; i < b->nslot; i++) {
        if (b->target[i] == b->start) {
            return true;
        }
    }
    return b->successor == b->start;
}

/*
 * Go on at @to, in a loop with @from, with what it expects in locals, if the
 * i32 on the stack says so.
 */
static void gen_chain_loop(TrFunc *f, TrBlock *from, TrBlock *to)
{
    uint64_t missing = to->expects & ~f->held;
    bool self = to == from && f->self_level >= 0;
    bool forward = f->entry_open[to->entry];

    tr_stats.chain_inside++;
    if (!missing && (self || forward)) {
        e_br(f, W_BR_IF, self ? f->self_level : f->inner_level[to->entry]);
        return;
    }
    e_begin(f, W_IF, W_TYPE_VOID);
    tr_gen_load_globals(f, missing);
    if (self) {
        e_br(f, W_BR, f->self_level);
    } else if (forward) {
        e_br(f, W_BR, f->inner_level[to->entry]);
    } else {
        e_i32(f, f->inner_entry[to->entry]);
        e_set(f, TR_ENTRY);
        e_br(f, W_BR, f->dispatch_level);
    }
    e_end(f);
}

/* Jump to @to (in the same module) if that is what TR_HOST holds. */
static void gen_chain(TrFunc *f, TrBlock *from, uint32_t *to)
{
    int i = GPOINTER_TO_INT(g_hash_table_lookup(f->m->by_start, to)) - 1;
    TrBlock *b = i < 0 ? NULL : tr_block(f->m, i);

    if (!b || b->region < 0 || tci_wasm_config.check ||
        (b->region != f->region && !(tr_tail_calls && f->m->tail_calls))) {
        tr_stats.chain_out++;
        return;
    }
    e_get(f, TR_HOST);
    e_i32(f, (uint32_t)(uintptr_t)to);
    e_op(f, W_I32_EQ);
    e_hint(f, true);            /* of the branch that each of these begins with */
    if (b->region == f->region && b->expects && (from->loop >> b->entry & 1)) {
        gen_chain_loop(f, from, b);
    } else if (b == from && f->self_level >= 0) {
        tr_stats.chain_inside++;
        e_br(f, W_BR_IF, f->self_level);
    } else if (b->region != f->region) {
        TrFixup fix = { .region = b->region };

        tr_stats.chain_tail++;
        e_begin(f, W_IF, W_TYPE_VOID);
        e_get(f, TR_BASE);
        e_get(f, TR_ENV);
        e_i32(f, b->entry);
        e_op(f, W_RETURN_CALL);
        fix.at = f->code.len;
        trb_hole5(&f->code);
        g_array_append_val(f->fixups, fix);
        e_end(f);
    } else if (f->entry_open[b->entry]) {
        tr_stats.chain_inside++;
        e_br(f, W_BR_IF, f->entry_level[b->entry]);
    } else {
        tr_stats.chain_inside++;
        e_begin(f, W_IF, W_TYPE_VOID);
        e_i32(f, b->entry);
        e_set(f, TR_ENTRY);
        e_br(f, W_BR, f->dispatch_level);
        e_end(f);
    }
}

bool tr_gen_exit(TrFunc *f, unsigned opc, uint32_t insn, uint32_t *next)
{
    TrBlock *b = f->block;
    TCGReg r0 = extract32(insn, 8, 4);
    uint32_t **slot = (uint32_t **)tr_relative(insn, next);

    switch (opc) {
    case INDEX_op_exit_tb:
        e_i32(f, (uint32_t)(uintptr_t)slot | TCI_WASM_EXIT);
        e_op(f, W_RETURN);
        f->held = UINT64_MAX;   /* nothing gets here */
        return true;

    case INDEX_op_goto_tb:
        e_i32(f, (uint32_t)(uintptr_t)slot);
        e_mem(f, W_I32_LOAD, 0);
        e_set(f, TR_HOST);
        for (int i = 0; i < b->nslot; i++) {
            if (b->slot[i] == slot) {
                gen_chain(f, b, b->target[i]);
            }
        }
        /* An unchained goto_tb points behind itself: see tb_reset_jump(). */
        e_get(f, TR_HOST);
        e_i32(f, (uint32_t)(uintptr_t)next);
        e_op(f, W_I32_NE);
        e_hint(f, true);
        e_begin(f, W_IF, W_TYPE_VOID);
        e_get(f, TR_HOST);
        e_op(f, W_RETURN);
        e_end(f);
        return true;

    case INDEX_op_goto_ptr:
        tr_get32(f, r0);
        e_set(f, TR_HOST);
        if (b->successor) {
            gen_chain(f, b, b->successor);
        }
        e_get(f, TR_HOST);
        e_op(f, W_RETURN);
        f->held = UINT64_MAX;
        return true;

    default:
        tr_stats.rejected_op[opc]++;
        return false;
    }
}
