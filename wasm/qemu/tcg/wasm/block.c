/*
 * Bootlink: find the extent, labels and exits of one TB's bytecode.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "internal.h"

static bool add_label(TrBlock *b, uint32_t *label)
{
    int i = 0;

    while (i < b->nlabel && b->label[i] < label) {
        i++;
    }
    if (i < b->nlabel && b->label[i] == label) {
        return true;
    }
    if (b->nlabel == TR_MAX_LABELS) {
        return false;
    }
    memmove(&b->label[i + 1], &b->label[i],
            (b->nlabel - i) * sizeof(b->label[0]));
    b->label[i] = label;
    b->nlabel++;
    return true;
}

/*
 * Every TB begins with a look at icount_decr, which is what makes a loop of
 * compiled TBs interruptible and lets threads.c call a unit without running
 * guest code.  TBs without it (CF_NOIRQ) run once and are not worth it.
 */
static bool has_exit_check(const uint32_t *op)
{
    return extract32(op[0], 0, 8) == INDEX_op_ld_i32 &&
           extract32(op[0], 12, 4) == TCG_AREG0 &&
           sextract32(op[0], 16, 16) == tci_wasm_target.icount_decr;
}

bool tr_scan_block(TrBlock *b, uint32_t *start)
{
    TranslationBlock *tb = tcg_tb_lookup((uintptr_t)start);
    uint32_t *p = start + TCI_TB_WORDS, *limit, *last_label = NULL;

    if (!tb || tb->tc.ptr != start || (tb_cflags(tb) & CF_INVALID) ||
        !has_exit_check(p)) {
        return false;
    }
    memset(b, 0, sizeof(*b));
    b->start = start;
    b->flags = tb->flags;
    b->cflags = tb_cflags(tb);
    b->region = -1;
    if (!(b->cflags & CF_USE_ICOUNT)) {
        b->successor = (uint32_t *)(uintptr_t)start[TCI_TB_SUCCESSOR];
    }

    limit = (uint32_t *)((uint8_t *)start + tb->tc.size);
    while (p < limit) {
        uint32_t insn = *p++;
        unsigned opc = extract32(insn, 0, 8);
        uint32_t *label;

        switch (opc) {
        case INDEX_op_br:
        case INDEX_op_brcond_i32:
        case INDEX_op_brcond_i64:
            label = tr_relative(insn, p);
            /* TCG's front end for Arm makes no loops inside a TB. */
            if (label < p || label >= limit || !add_label(b, label)) {
                tr_stats.rejected_op[opc]++;
                return false;
            }
            last_label = MAX(last_label, label);
            if (opc != INDEX_op_br) {
                continue;
            }
            break;
        case INDEX_op_goto_tb:
            if (b->nslot < 2) {
                b->slot[b->nslot] = (uint32_t **)tr_relative(insn, p);
                b->target[b->nslot] = qatomic_read(b->slot[b->nslot]);
                b->nslot++;
            }
            continue;
        case INDEX_op_exit_tb:
        case INDEX_op_goto_ptr:
            break;
        default:
            continue;
        }
        /* An op that does not fall through: the end, if nothing jumps on. */
        if (!last_label || last_label < p) {
            b->end = p;
            return true;
        }
    }
    tr_stats.rejected_op[255]++;
    return false;
}
