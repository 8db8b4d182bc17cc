/*
 * Bootlink: which TBs make one function, and that function's frame.
 *
 * A region is a TB and the hot ones that follow it.  Its function is a loop
 * around a br_table over the TBs: forward jumps go straight to a TB, backward
 * ones go round the loop, and any TB can be entered from outside.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "emit.h"

/*
 * May the TB at @start become part of a region, behind @from?
 *
 * Of what is formed anew: compiled TBs that are entered often themselves, or
 * are in one function with @from, so that nobody counts how often.
 */
static bool is_warm(TrModule *m, const uint32_t *from, const uint32_t *start)
{
    uint32_t heat = start[TCI_TB_HEAT], unit = start[TCI_TB_UNIT];

    if (extract32(start[TCI_TB_OPCODE], 0, 8) != INDEX_op_tci_enter ||
        (heat & TCI_HEAT_FINAL)) {
        return false;
    }
    if (!unit) {
        return (heat & TCI_HEAT_COUNT) >= tci_wasm_config.threshold / 4;
    }
    return m->final &&
           ((heat & TCI_HEAT_COUNT) >= tci_wasm_config.reform / 8 ||
            unit / TR_MAX_REGION == from[TCI_TB_UNIT] / TR_MAX_REGION);
}

/* How many TBs a region of the module may have */
static int region_limit(TrModule *m)
{
    if (tci_wasm_config.mode != TCI_WASM_REGIONS) {
        return 1;
    }
    return MIN(tr_reforms() && !m->final ? tci_wasm_config.first
                                         : tci_wasm_config.region,
               TR_MAX_REGION);
}

static int find_block(TrModule *m, uint32_t *start)
{
    return GPOINTER_TO_INT(g_hash_table_lookup(m->by_start, start)) - 1;
}

/* Breadth first, so that what runs together stays together. */
static void grow_region(TrModule *m, int first, int region, GArray *members)
{
    int max = region_limit(m);
    TrBlock *b = tr_block(m, first);

    b->region = region;
    b->entry = 0;
    g_array_set_size(members, 0);
    g_array_append_val(members, first);
    for (int i = 0; i < members->len; i++) {
        int from = g_array_index(members, int, i);

        for (int k = 0; k < 3 && members->len < max; k++) {
            uint32_t *to;
            int next;

            b = tr_block(m, from);
            if (k < b->nslot) {
                to = b->target[k];
            } else if (k == 2) {
                to = b->successor;
            } else {
                continue;
            }
            if (!to) {
                continue;
            }
            next = find_block(m, to);
            if (next < 0 && is_warm(m, b->start, to)) {
                next = tr_module_add(m, to);
            }
            if (next >= 0 && tr_block(m, next)->region == -1) {
                tr_block(m, next)->region = region;
                tr_block(m, next)->entry = members->len;
                g_array_append_val(members, next);
            }
        }
    }
}

static void out_function(TrModule *m, TrFunc *f)
{
    TrBuf locals = { 0 };
    size_t at;

    trb_u(&locals, 3);
    trb_u(&locals, TR_FIRST_I64 - TR_ENTRY_TLB);
    trb_byte(&locals, W_TYPE_I32);
    trb_u(&locals, f->nlocals - TR_FIRST_I64);
    trb_byte(&locals, W_TYPE_I64);
    trb_u(&locals, f->vectors->len ? TR_NV : 0);
    trb_byte(&locals, W_TYPE_V128);
    for (int i = 0; i < f->vectors->len; i++) {
        TrVectorUse *use = &g_array_index(f->vectors, TrVectorUse, i);

        trb_patch5(&f->code, use->at, f->nlocals + use->local);
    }
    for (int i = 0; i < f->hints->len; i++) {
        TrHint hint = g_array_index(f->hints, TrHint, i);

        hint.at += locals.len;
        g_array_append_val(m->hints, hint);
    }
    trb_u(&m->code, locals.len + f->code.len);
    trb_bytes(&m->code, locals.data, locals.len);
    at = m->code.len;
    trb_bytes(&m->code, f->code.data, f->code.len);
    for (int i = 0; i < f->fixups->len; i++) {
        TrFixup fix = g_array_index(f->fixups, TrFixup, i);

        fix.at += at;
        g_array_append_val(m->fixups, fix);
    }
    trb_free(&locals);
}

/* A function that must never be called: its blocks stay interpreted. */
static void out_stub(TrModule *m)
{
    static const uint8_t stub[] = { 3, 0, W_UNREACHABLE, W_END };

    trb_bytes(&m->code, stub, sizeof(stub));
}

static void reject(TrModule *m, GArray *members)
{
    for (int i = 0; i < members->len; i++) {
        TrBlock *b = tr_block(m, g_array_index(members, int, i));

        qatomic_set(&b->start[TCI_TB_HEAT], TCI_HEAT_QUEUED | TCI_HEAT_FINAL);
        b->region = -2;
        tr_stats.rejected++;
    }
}

/* The br_table over all entries, and a label for each to arrive at */
static void gen_dispatch(TrFunc *f, GArray *members)
{
    int n = members->len, ninner = 0;
    TrBlock *inner[TR_MAX_REGION];

    f->dispatch_level = e_begin(f, W_LOOP, W_TYPE_VOID);
    for (int i = n - 1; i >= 0; i--) {
        TrBlock *b = tr_block(f->m, g_array_index(members, int, i));

        if (b->expects) {
            f->inner_level[i] = e_begin(f, W_BLOCK, W_TYPE_VOID);
            f->inner_entry[i] = n + ninner;
            inner[ninner++] = b;
        }
        f->entry_level[i] = e_begin(f, W_BLOCK, W_TYPE_VOID);
        f->entry_open[i] = true;
    }
    e_get(f, TR_ENTRY);
    e_op(f, W_BR_TABLE);
    trb_u(&f->code, n + ninner - 1);
    for (int i = 0; i < n; i++) {
        trb_u(&f->code, f->depth - f->entry_level[i]);
    }
    for (int i = 0; i < ninner; i++) {
        trb_u(&f->code, f->depth - f->inner_level[inner[i]->entry]);
    }
}

static bool gen_function(TrFunc *f, GArray *members)
{
    int n = members->len;

    f->code.len = 0;
    f->depth = 0;
    f->nlocals = TR_FIRST_I64;
    memset(f->reg, -1, sizeof(f->reg));
    memset(f->slot, -1, sizeof(f->slot));
    memset(f->tmp, -1, sizeof(f->tmp));
    memset(f->global, -1, sizeof(f->global));
    g_array_set_size(f->fixups, 0);
    g_array_set_size(f->vectors, 0);
    g_array_set_size(f->hints, 0);

    tr_region_globals(f->m, (int *)members->data, n);
    f->globals = 0;
    for (int i = 0; i < n; i++) {
        f->globals |= tr_block(f->m, g_array_index(members, int, i))->expects;
    }
    if (n > 1) {
        gen_dispatch(f, members);
    }
    for (int i = 0; i < n; i++) {
        TrBlock *b = tr_block(f->m, g_array_index(members, int, i));

        if (n > 1) {
            e_end(f);
        }
        tr_gen_load_globals(f, b->expects);
        if (n > 1 && b->expects) {
            e_end(f);
        }
        f->entry_open[i] = false;
        if (!tr_gen_block(f, b)) {
            return false;
        }
    }
    if (n > 1) {
        e_end(f);
    }
    e_op(f, W_UNREACHABLE);
    e_op(f, W_END);
    return true;
}

void tr_module_generate(TrModule *m)
{
    g_autofree TrFunc *f = g_new0(TrFunc, 1);
    GArray *members = g_array_new(false, false, sizeof(int));
    GArray *all = g_array_new(false, false, sizeof(int));
    GArray *first = g_array_new(false, false, sizeof(int));
    int hot = m->blocks->len;

    f->m = m;
    f->fixups = g_array_new(false, false, sizeof(TrFixup));
    f->vectors = g_array_new(false, false, sizeof(TrVectorUse));
    f->hints = g_array_new(false, false, sizeof(TrHint));

    /* Form all regions first, so that chains between them are known. */
    for (int i = 0; i < hot; i++) {
        if (tr_block(m, i)->region != -1) {
            continue;
        }
        if (m->nregion == TR_UNIT_FUNCS) {
            break;
        }
        grow_region(m, i, m->nregion++, members);
        g_array_append_val(first, all->len);
        g_array_append_vals(all, members->data, members->len);
    }
    g_array_append_val(first, all->len);

    for (int r = 0; r < m->nregion; r++) {
        int from = g_array_index(first, int, r);

        g_array_set_size(members, 0);
        g_array_append_vals(members, &g_array_index(all, int, from),
                            g_array_index(first, int, r + 1) - from);
        f->region = r;
        if (tr_block(m, g_array_index(members, int, 0))->region == -2) {
            out_stub(m);
        } else if (gen_function(f, members)) {
            out_function(m, f);
        } else {
            /* Others may call it already: start over without it. */
            reject(m, members);
            m->code.len = 0;
            g_array_set_size(m->fixups, 0);
            g_array_set_size(m->hints, 0);
            r = -1;
        }
    }
    trb_free(&f->code);
    g_array_free(f->fixups, true);
    g_array_free(f->vectors, true);
    g_array_free(f->hints, true);
    g_array_free(members, true);
    g_array_free(all, true);
    g_array_free(first, true);
}
