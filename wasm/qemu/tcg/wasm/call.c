/*
 * Bootlink: calls of helper functions, by wasm imports.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "exec/helper-proto-common.h"
#include "emit.h"

#define FRAME ((int)offsetof(CPUState, neg.tci_stack) - (int)sizeof(CPUState))
#define RETURN_ADDRESS \
    ((int)offsetof(CPUState, neg.tci_ra) - (int)sizeof(CPUState))

/* Does a helper write to no vector, or only to what its caller knows of? */
static bool leaves_vectors(uintptr_t func)
{
    return tr_is_float(func) || func == (uintptr_t)helper_ld_i128 ||
           func == (uintptr_t)helper_st_i128;
}

void tr_gen_helper(TrFunc *f, uint32_t insn, uint32_t *next)
{
    uintptr_t *pool = (uintptr_t *)tr_relative(insn, next);
    unsigned result = extract32(insn, 8, 4);
    unsigned key = pool[1] & 511;       /* see tci_call_abi() */
    int nargs = 31 - clz32(key), n = 0;
    uint8_t args[10], type;
    uint32_t o;

    o = tr_env(f, RETURN_ADDRESS);
    e_i64(f, (uintptr_t)next);
    e_mem(f, W_I64_STORE, o);

    if (result == 3) {
        e_get(f, TR_ENV);
        e_i64(f, FRAME);
        e_op(f, W_I64_ADD);
        args[n++] = W_TYPE_I64;
    }
    for (int i = 0; i < nargs; i++) {
        tr_slot_get(f, i * 2);
        type = key >> i & 1 ? W_TYPE_I64 : W_TYPE_I32;
        if (type == W_TYPE_I32) {
            e_op(f, W_I32_WRAP_I64);
        }
        args[n++] = type;
    }
    if (tr_call_writes_globals(pool)) {
        f->held = 0;
    }
    if (!leaves_vectors(pool[0])) {
        tr_copy_forget(f);
    }
    type = result == 1 ? W_TYPE_I32 : result == 2 ? W_TYPE_I64 : 0;
    tr_call(f, (void *)pool[0], args, n, type);
    switch (result) {
    case 1:
        tr_set32(f, TCG_REG_R0);
        break;
    case 2:
        tr_set(f, TCG_REG_R0);
        break;
    case 3:
        for (int i = 0; i < 2; i++) {
            o = tr_env(f, FRAME + 8 * i);
            e_mem(f, W_I64_LOAD, o);
            tr_set(f, TCG_REG_R0 + i);
        }
        break;
    }
}

bool tr_gen_call(TrFunc *f, uint32_t insn, uint32_t *next)
{
    uintptr_t func = *(uintptr_t *)tr_relative(insn, next);
    bool load = func == (uintptr_t)helper_ld_i128;
    bool store = func == (uintptr_t)helper_st_i128;
    int oi = load ? 4 : 8;      /* slot of the MemOpIdx */

    if ((load || store) && f->slot_known[oi] == TR_CONST &&
        tr_gen_ldst128(f, store, f->slot_value[oi], insn, next)) {
        return true;
    }
    if (func == (uintptr_t)helper_lookup_tb_ptr &&
        tr_gen_lookup(f, insn, next)) {
        return true;
    }
    if (!tr_gen_vector(f, func) && !tr_gen_float(f, func, insn, next) &&
        !tr_gen_atomic(f, func, insn, next)) {
        tr_gen_helper(f, insn, next);
    }
    return true;
}
