/*
 * Bootlink: guest registers that stay in locals while a region loops.
 *
 * TCG loads a guest register in each TB that reads it and stores it in each
 * TB that writes it.  The stores stay as they are, so that env is right at
 * every point where anybody looks.  The loads are what a loop waits for: in
 * it, a register lives in a wasm local too, and the loop's TBs take it from
 * there.
 *
 * What a TB may expect in locals when control comes from its own loop is
 * worked out for each region: registers that it, or a TB behind it in the
 * loop, reads before writing them, and that at least one way round leaves in
 * a local.  Other ways into the TB, from outside of the loop or of the
 * function, load them first (tr_gen_load_globals()).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "emit.h"

/* By offset from env / 4: number of the register + 1; 0: none */
static uint8_t by_offset[TCI_WASM_GLOBALS_END / 4];

void tr_globals_init(void)
{
    const TCIWasmTarget *t = &tci_wasm_target;

    for (int i = 0; i < t->nglobals; i++) {
        for (int k = 0; k < t->global[i].size; k += 4) {
            by_offset[(t->global[i].ofs + k) / 4] = i + 1;
        }
    }
}

/* The register that @size bytes at @ofs from env are all of, or -1 */
int tr_global_at(int ofs, int size)
{
    int i;

    if (ofs < 0 || ofs >= TCI_WASM_GLOBALS_END) {
        return -1;
    }
    i = by_offset[ofs / 4] - 1;
    return i >= 0 && tci_wasm_target.global[i].ofs == ofs &&
           tci_wasm_target.global[i].size == size ? i : -1;
}

/* Those that @size bytes at @ofs from env are some of */
uint64_t tr_globals_within(int ofs, int size)
{
    uint64_t mask = 0;

    for (int at = ofs & ~3; at < ofs + size; at += 4) {
        if (at >= 0 && at < TCI_WASM_GLOBALS_END && by_offset[at / 4]) {
            mask |= 1ull << (by_offset[at / 4] - 1);
        }
    }
    return mask;
}

/* May the helper that the op's pool entry tells of write guest registers? */
bool tr_call_writes_globals(const uintptr_t *pool)
{
    return !(pool[1] >> 32 & (TCG_CALL_NO_READ_GLOBALS |
                              TCG_CALL_NO_WRITE_GLOBALS)) &&
           !tr_is_float(pool[0]);
}

/* Size of a load or store of host memory; 0: another op */
static int host_access(unsigned opc, bool *store)
{
    *store = false;
    switch (opc) {
    case INDEX_op_ld8u_i32: case INDEX_op_ld8s_i32:
    case INDEX_op_ld8u_i64: case INDEX_op_ld8s_i64:
        return 1;
    case INDEX_op_ld16u_i32: case INDEX_op_ld16s_i32:
    case INDEX_op_ld16u_i64: case INDEX_op_ld16s_i64:
        return 2;
    case INDEX_op_ld_i32: case INDEX_op_ld32u_i64: case INDEX_op_ld32s_i64:
        return 4;
    case INDEX_op_ld_i64:
        return 8;
    }
    *store = true;
    switch (opc) {
    case INDEX_op_st8_i32: case INDEX_op_st8_i64:
        return 1;
    case INDEX_op_st16_i32: case INDEX_op_st16_i64:
        return 2;
    case INDEX_op_st_i32: case INDEX_op_st32_i64:
        return 4;
    case INDEX_op_st_i64:
        return 8;
    }
    return 0;
}

/*
 * Which registers are in locals at a point, as a function of those at the
 * TB's entry: none + (entry & all).
 */
typedef struct Held {
    uint64_t none, all;
} Held;

static void meet(Held *to, const Held *h)
{
    to->none &= h->none;
    to->all &= h->all;
}

/* One pass will do: branches inside of a TB go forward. */
static void scan(TrBlock *b)
{
    static const Held unreached = { UINT64_MAX, UINT64_MAX };
    Held held = { 0, UINT64_MAX }, at_label[TR_MAX_LABELS];
    uint32_t *p = b->start + TCI_TB_WORDS;
    int open = 0;

    for (int i = 0; i < b->nlabel; i++) {
        at_label[i] = unreached;
    }
    b->reads = 0;
    for (int e = 0; e < TR_EDGES; e++) {
        b->held_none[e] = b->held_all[e] = UINT64_MAX;
    }
    while (p < b->end) {
        uint32_t insn, opc;
        bool store;
        int size, ofs, global;
        uint64_t mask;

        while (open < b->nlabel && b->label[open] == p) {
            meet(&held, &at_label[open++]);
        }
        insn = *p++;
        opc = extract32(insn, 0, 8);
        switch (opc) {
        case INDEX_op_br:
        case INDEX_op_brcond_i32:
        case INDEX_op_brcond_i64:
            for (int i = open; i < b->nlabel; i++) {
                if (b->label[i] == tr_relative(insn, p)) {
                    meet(&at_label[i], &held);
                }
            }
            if (opc == INDEX_op_br) {
                held = unreached;
            }
            continue;
        case INDEX_op_goto_tb:
            for (int i = 0; i < b->nslot; i++) {
                if (b->slot[i] == (uint32_t **)tr_relative(insn, p)) {
                    b->held_none[i] &= held.none;
                    b->held_all[i] &= held.all;
                }
            }
            continue;
        case INDEX_op_goto_ptr:
            b->held_none[TR_EDGE_PTR] &= held.none;
            b->held_all[TR_EDGE_PTR] &= held.all;
            held = unreached;
            continue;
        case INDEX_op_exit_tb:
            held = unreached;
            continue;
        case INDEX_op_call:
            if (tr_call_writes_globals((void *)tr_relative(insn, p))) {
                held.none = held.all = 0;
            }
            continue;
        }
        size = host_access(opc, &store);
        if (!size || extract32(insn, 12, 4) != TCG_AREG0) {
            continue;
        }
        ofs = sextract32(insn, 16, 16);
        global = tr_global_at(ofs, size);
        if (global >= 0) {
            mask = 1ull << global;
            b->reads |= store ? 0 : mask & ~held.none;
            held.none |= mask;
            held.all |= mask;
        } else if (store) {
            mask = tr_globals_within(ofs, size);
            held.none &= ~mask;
            held.all &= ~mask;
        }
    }
}

/* In the region, which TB the @edge of @b leads to, or -1 */
static int edge_to(TrModule *m, TrBlock *b, int edge)
{
    uint32_t *to = edge == TR_EDGE_PTR ? b->successor
                                       : edge < b->nslot ? b->target[edge] : NULL;
    int i;

    if (!to) {
        return -1;
    }
    i = GPOINTER_TO_INT(g_hash_table_lookup(m->by_start, to)) - 1;
    return i >= 0 && tr_block(m, i)->region == b->region
        ? tr_block(m, i)->entry : -1;
}

/*
 * Fill in what each of the @n TBs of a region expects, and with whom it is
 * in a loop.
 */
void tr_region_globals(TrModule *m, const int *members, int n)
{
    int8_t to[TR_MAX_REGION][TR_EDGES];
    uint64_t reach[TR_MAX_REGION] = { 0 }, wants[TR_MAX_REGION];
    bool change;

    for (int i = 0; i < n; i++) {
        TrBlock *b = tr_block(m, members[i]);

        for (int e = 0; e < TR_EDGES; e++) {
            to[i][e] = edge_to(m, b, e);
            if (to[i][e] >= 0) {
                reach[i] |= 1ull << to[i][e];
            }
        }
    }
    for (int k = 0; k < n; k++) {
        for (int i = 0; i < n; i++) {
            if (reach[i] >> k & 1) {
                reach[i] |= reach[k];
            }
        }
    }
    for (int i = 0; i < n; i++) {
        TrBlock *b = tr_block(m, members[i]);

        b->loop = 0;
        b->expects = 0;
        for (int k = 0; k < n; k++) {
            if ((reach[i] >> k & 1) && (reach[k] >> i & 1)) {
                b->loop |= 1ull << k;
            }
        }
        if (tci_wasm_config.check || !b->loop) {
            b->loop = 0;
            continue;
        }
        scan(b);
    }

    /* What would be of use at each entry */
    for (int i = 0; i < n; i++) {
        wants[i] = tr_block(m, members[i])->loop
            ? tr_block(m, members[i])->reads : 0;
    }
    do {
        change = false;
        for (int i = n - 1; i >= 0; i--) {
            TrBlock *b = tr_block(m, members[i]);

            for (int e = 0; e < TR_EDGES; e++) {
                uint64_t more;

                if (to[i][e] < 0 || !(b->loop >> to[i][e] & 1)) {
                    continue;
                }
                more = wants[to[i][e]] & b->held_all[e] & ~b->held_none[e] &
                       ~wants[i];
                wants[i] |= more;
                change |= more != 0;
            }
        }
    } while (change);

    /* ... less what no way round the loop brings */
    for (int i = 0; i < n; i++) {
        tr_block(m, members[i])->expects = wants[i];
    }
    do {
        uint64_t comes[TR_MAX_REGION] = { 0 };

        change = false;
        for (int i = 0; i < n; i++) {
            TrBlock *b = tr_block(m, members[i]);

            for (int e = 0; e < TR_EDGES; e++) {
                if (to[i][e] >= 0 && (b->loop >> to[i][e] & 1)) {
                    comes[to[i][e]] |= b->held_none[e] |
                                       (b->expects & b->held_all[e]);
                }
            }
        }
        for (int i = 0; i < n; i++) {
            TrBlock *b = tr_block(m, members[i]);

            if (b->expects & ~comes[i]) {
                b->expects &= comes[i];
                change = true;
            }
        }
    } while (change);
}

/* ---- Code ---- */

static int local(TrFunc *f, int global)
{
    return tr_local(f, &f->global[global]);
}

void tr_gen_load_globals(TrFunc *f, uint64_t mask)
{
    for (; mask; mask &= mask - 1) {
        int i = ctz64(mask);
        uint32_t o = tr_env(f, tci_wasm_target.global[i].ofs);

        e_mem(f, tci_wasm_target.global[i].size == 8 ? W_I64_LOAD
                                                     : W_I64_LOAD32_U, o);
        e_set(f, local(f, i));
    }
}

bool tr_gen_global_ld(TrFunc *f, TCGReg reg, int ofs, int size)
{
    int i = tr_global_at(ofs, size);

    if (i < 0 || !(f->globals >> i & 1)) {
        return false;
    }
    if (!(f->held >> i & 1)) {
        tr_gen_load_globals(f, 1ull << i);
        f->held |= 1ull << i;
    }
    e_get(f, local(f, i));
    tr_set(f, reg);
    return true;
}

void tr_gen_global_st(TrFunc *f, TCGReg reg, int ofs, int size)
{
    int i = tr_global_at(ofs, size);

    if (i < 0) {
        f->held &= ~tr_globals_within(ofs, size);
    } else if (f->globals >> i & 1) {
        tr_get(f, reg);
        e_set(f, local(f, i));
        f->held |= 1ull << i;
    }
}
