/*
 * Bootlink: atomic read-modify-write accesses of the guest, by WebAssembly's.
 *
 * With several vCPUs on threads, TCG calls a helper for each.  Where the TLB
 * has the page for reading and writing, and the address is aligned, that is
 * one instruction (atomic_mmu_lookup() in accel/tcg/cputlb.c); anything else
 * is left to the helper.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "exec/tlb-common.h"
#include "exec/helper-proto-common.h"
#include "emit.h"

typedef struct Atomic {
    void *helper;
    uint8_t op, size;
} Atomic;

#define SIZES(name, op) \
    { helper_atomic_##name##b, op, MO_8 }, \
    { helper_atomic_##name##w_le, op, MO_16 }, \
    { helper_atomic_##name##l_le, op, MO_32 }, \
    { helper_atomic_##name##q_le, op, MO_64 }

static const Atomic atomics[] = {
    SIZES(fetch_add, W_ATOMIC_ADD), SIZES(fetch_and, W_ATOMIC_AND),
    SIZES(fetch_or, W_ATOMIC_OR), SIZES(fetch_xor, W_ATOMIC_XOR),
    SIZES(xchg, W_ATOMIC_XCHG), SIZES(cmpxchg, W_ATOMIC_CMPXCHG),
};

static GHashTable *known;       /* by the helper's address: Atomic */

void tr_atomic_init(void)
{
    known = g_hash_table_new(NULL, NULL);
    for (int i = 0; i < ARRAY_SIZE(atomics); i++) {
        g_hash_table_insert(known, atomics[i].helper, (gpointer)&atomics[i]);
    }
}

bool tr_gen_atomic(TrFunc *f, uintptr_t func, uint32_t insn, uint32_t *next)
{
    const Atomic *a = g_hash_table_lookup(known, (gpointer)func);
    bool compare;
    int addr, oi;

    if (!a) {
        return false;
    }
    /* env, address, what is expected, value, MemOpIdx */
    compare = a->op == W_ATOMIC_CMPXCHG;
    oi = compare ? 8 : 6;
    if (f->slot_known[oi] != TR_CONST) {
        return false;
    }
    addr = tr_local(f, &f->slot[2]);
    if (f->slot_known[2]) {
        tr_slot_get(f, 2);
        e_set(f, addr);
    }

    tr_gen_tlb(f, true, addr, f->slot_value[oi], (1 << a->size) - 1);
    /* Readable too, with no flag that asks for more */
    e_get(f, TR_ENTRY_TLB);
    e_mem(f, W_I64_LOAD, offsetof(CPUTLBEntry, addr_read));
    e_get(f, TR_ENTRY_TLB);
    e_mem(f, W_I64_LOAD, offsetof(CPUTLBEntry, addr_write));
    e_op(f, W_I64_EQ);
    e_op(f, W_I32_AND);

    e_hint(f, true);
    e_begin(f, W_IF, W_TYPE_VOID);
    tr_gen_host(f, addr);
    tr_slot_get(f, 4);
    if (compare) {
        if (a->size < MO_64) {
            e_i64(f, MAKE_64BIT_MASK(0, 8 << a->size));
            e_op(f, W_I64_AND);
        }
        tr_slot_get(f, 6);
    }
    e_op(f, W_PREFIX_ATOMIC);
    e_op(f, a->op + (a->size == MO_64 ? W_ATOMIC_I64
                                      : W_ATOMIC_I64_8 + a->size));
    trb_byte(&f->code, a->size);        /* alignment: its own */
    trb_u(&f->code, 0);
    tr_set(f, TCG_REG_R0);
    e_op(f, W_ELSE);
    tr_gen_helper(f, insn, next);
    e_end(f);
    tr_stats.atomics++;
    return true;
}
