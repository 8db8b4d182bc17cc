/*
 * Bootlink: the function under construction and how to append to it.
 *
 * A function takes (i32 base, i64 env, i32 entry): base is env - TR_BIAS, so
 * that all of CPUState lies at positive offsets.  It returns the TB to go on
 * with, or exit_tb's value plus TCI_WASM_EXIT.  TCI's registers and its stack
 * slots are i64 locals; as in TCI, the upper half of a 32-bit value is
 * undefined.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TCG_WASM_EMIT_H
#define TCG_WASM_EMIT_H

#include "internal.h"

enum {
    TR_BASE, TR_ENV, TR_ENTRY,              /* arguments */
    TR_ENTRY_TLB, TR_HOST,                  /* i32 scratch */
    TR_FIRST_I64,
};

#define TR_NSLOT ((TCG_STATIC_CALL_ARGS_SIZE + TCG_STATIC_FRAME_SIZE) / 4)
#define TR_NTMP 3

/* Vector locals: one that stays zero, scratch, copies of what is in env */
#define TR_NCOPY 8
enum {
    TR_V_ZERO, TR_V_A, TR_V_B, TR_V_C, TR_V_COPY, TR_NV = TR_V_COPY + TR_NCOPY,
};

/* What is known of a TCI register or stack slot in straight-line code */
typedef enum TrKnown {
    TR_UNKNOWN,                 /* its value is in its local */
    TR_CONST,                   /* it is a constant: not in the local */
    TR_ENV_PLUS,                /* env and a constant: not in the local */
} TrKnown;

struct TrFunc {
    TrModule *m;
    TrBuf code;
    TrBlock *block;             /* being translated */
    int depth;                  /* of nested structures */
    int nlocals;
    int reg[TCG_TARGET_NB_REGS], slot[TR_NSLOT], tmp[TR_NTMP];
    TrKnown reg_known[TCG_TARGET_NB_REGS], slot_known[TR_NSLOT];
    int64_t reg_value[TCG_TARGET_NB_REGS], slot_value[TR_NSLOT];
    /* Guest registers: those that some TB expects; those in locals now */
    uint64_t globals, held;
    int global[64];             /* locals */
    int region;                 /* number of this one */
    int dispatch_level;         /* of the loop around br_table */
    /* Entries behind what loads TrBlock.expects; their br_table index */
    int inner_level[TR_MAX_REGION], inner_entry[TR_MAX_REGION];
    int entry_level[TR_MAX_REGION];
    bool entry_open[TR_MAX_REGION];     /* not yet generated: br goes there */
    int self_level;             /* of the loop around a self-looping block */
    GArray *fixups;             /* TrFixup, offsets in code */
    GArray *vectors;            /* TrVectorUse, where vector locals are named */
    GArray *hints;              /* TrHint, offsets in code */
    int skip;                   /* ops that the one before did too */
    int copy_of[TR_NCOPY];      /* offsets from env of 16 bytes; 0: nothing */
    int next_copy;
};

/* The index of a vector local is known when all other locals are. */
typedef struct TrVectorUse {
    size_t at;
    int local;
} TrVectorUse;

static inline void e_op(TrFunc *f, uint8_t op) { trb_byte(&f->code, op); }
static inline void e_get(TrFunc *f, int local)
{
    e_op(f, W_LOCAL_GET);
    trb_u(&f->code, local);
}
static inline void e_set(TrFunc *f, int local)
{
    e_op(f, W_LOCAL_SET);
    trb_u(&f->code, local);
}
static inline void e_tee(TrFunc *f, int local)
{
    e_op(f, W_LOCAL_TEE);
    trb_u(&f->code, local);
}
static inline void e_i32(TrFunc *f, int32_t v)
{
    e_op(f, W_I32_CONST);
    trb_s(&f->code, v);
}
static inline void e_i64(TrFunc *f, int64_t v)
{
    e_op(f, W_I64_CONST);
    trb_s(&f->code, v);
}
/* Load or store, unaligned as far as the engine is told */
static inline void e_mem(TrFunc *f, uint8_t op, uint32_t offset)
{
    e_op(f, op);
    trb_byte(&f->code, 0);
    trb_u(&f->code, offset);
}
/* Begin a block, loop or if, of no arguments and result @type */
static inline int e_begin(TrFunc *f, uint8_t op, uint8_t type)
{
    e_op(f, op);
    trb_byte(&f->code, type);
    return ++f->depth;
}
static inline void e_end(TrFunc *f)
{
    e_op(f, W_END);
    f->depth--;
}
/* The branch that is appended next is taken most times, or hardly ever. */
static inline void e_hint(TrFunc *f, bool taken)
{
    TrHint hint = { .region = f->region, .at = f->code.len, .taken = taken };

    g_array_append_val(f->hints, hint);
}
/* Branch to the structure that e_begin() returned @level for */
static inline void e_br(TrFunc *f, uint8_t op, int level)
{
    e_op(f, op);
    trb_u(&f->code, f->depth - level);
}

static inline int tr_local(TrFunc *f, int *v)
{
    if (*v < 0) {
        *v = f->nlocals++;
    }
    return *v;
}
static inline int tr_tmp(TrFunc *f, int i)
{
    return tr_local(f, &f->tmp[i]);
}

/* ---- Vector instructions ---- */

static inline void e_vop(TrFunc *f, uint32_t op)
{
    e_op(f, W_PREFIX_VECTOR);
    trb_u(&f->code, op);
}
static inline void e_vmem(TrFunc *f, uint32_t op, uint32_t offset)
{
    e_vop(f, op);
    trb_byte(&f->code, 0);
    trb_u(&f->code, offset);
}
/* @op: W_LOCAL_GET, ...; @v: TR_V_... */
static inline void e_vlocal(TrFunc *f, uint8_t op, int v)
{
    TrVectorUse use = { .local = v };

    e_op(f, op);
    use.at = f->code.len;
    trb_hole5(&f->code);
    g_array_append_val(f->vectors, use);
}
/*
 * 16 bytes of env, in straight-line code also in a local: a load that waits
 * for the store before it is what makes chains of vector ops slow.
 */
static inline int tr_copy_find(TrFunc *f, int ofs)
{
    for (int i = 0; i < TR_NCOPY; i++) {
        if (f->copy_of[i] == ofs) {
            return TR_V_COPY + i;
        }
    }
    return -1;
}
/* A local for what is to be, or is, at @ofs; its old contents are lost */
static inline int tr_copy_new(TrFunc *f, int ofs)
{
    int i = f->next_copy++ % TR_NCOPY;

    f->copy_of[i] = ofs;
    return TR_V_COPY + i;
}
/* @size bytes at @ofs are written to. */
static inline void tr_copy_drop(TrFunc *f, int ofs, int size)
{
    for (int i = 0; i < TR_NCOPY; i++) {
        if (f->copy_of[i] < ofs + size && ofs < f->copy_of[i] + 16) {
            f->copy_of[i] = 0;
        }
    }
}
static inline void tr_copy_forget(TrFunc *f)
{
    memset(f->copy_of, 0, sizeof(f->copy_of));
}
/* A constant, each 64-bit half of it @v */
static inline void e_vconst(TrFunc *f, uint64_t v)
{
    v = cpu_to_le64(v);
    e_vop(f, V_CONST);
    trb_bytes(&f->code, &v, 8);
    trb_bytes(&f->code, &v, 8);
}

/* ---- TCI registers ---- */

/*
 * Known values stay out of the locals: no register and no slot of a call's
 * arguments has a value at a label, as TCG writes back before.
 */
static inline void tr_push_known(TrFunc *f, TrKnown known, int64_t value)
{
    if (known == TR_ENV_PLUS) {
        e_get(f, TR_ENV);
        e_i64(f, value);
        e_op(f, W_I64_ADD);
    } else {
        e_i64(f, value);
    }
}
static inline void tr_get(TrFunc *f, TCGReg r)
{
    if (r == TCG_AREG0) {
        e_get(f, TR_ENV);
    } else if (f->reg_known[r]) {
        tr_push_known(f, f->reg_known[r], f->reg_value[r]);
    } else {
        e_get(f, tr_local(f, &f->reg[r]));
    }
}
static inline bool tr_is_const(TrFunc *f, TCGReg r)
{
    return r != TCG_AREG0 && f->reg_known[r] == TR_CONST;
}
/* The lower half */
static inline void tr_get32(TrFunc *f, TCGReg r)
{
    if (tr_is_const(f, r)) {
        e_i32(f, (int32_t)f->reg_value[r]);
    } else {
        tr_get(f, r);
        e_op(f, W_I32_WRAP_I64);
    }
}
static inline void tr_get_masked(TrFunc *f, TCGReg r, uint64_t mask)
{
    tr_get(f, r);
    e_i64(f, mask);
    e_op(f, W_I64_AND);
}
static inline void tr_set(TrFunc *f, TCGReg r)
{
    e_set(f, tr_local(f, &f->reg[r]));
    f->reg_known[r] = TR_UNKNOWN;
}
/* Pop an i32 */
static inline void tr_set32(TrFunc *f, TCGReg r)
{
    e_op(f, W_I64_EXTEND_I32_U);
    tr_set(f, r);
}
static inline void tr_set_known(TrFunc *f, TCGReg r, TrKnown known, int64_t v)
{
    f->reg_known[r] = known;
    f->reg_value[r] = v;
}

/* ---- TCI stack slots, by offset / 4 ---- */

static inline void tr_slot_get(TrFunc *f, int i)
{
    if (f->slot_known[i]) {
        tr_push_known(f, f->slot_known[i], f->slot_value[i]);
    } else {
        e_get(f, tr_local(f, &f->slot[i]));
    }
}
static inline void tr_slot_set(TrFunc *f, int i, TCGReg r)
{
    if (r == TCG_AREG0) {
        f->slot_known[i] = TR_ENV_PLUS;
        f->slot_value[i] = 0;
    } else {
        f->slot_known[i] = f->reg_known[r];
        f->slot_value[i] = f->reg_value[r];
    }
    /* Behind the arguments of calls are temporaries, live at labels too. */
    if (!f->slot_known[i] || i >= TCG_STATIC_CALL_ARGS_SIZE / 4) {
        tr_get(f, r);
        e_set(f, tr_local(f, &f->slot[i]));
    }
}
/* At a point that is reached by more than one way */
static inline void tr_forget(TrFunc *f)
{
    memset(f->reg_known, 0, sizeof(f->reg_known));
    memset(f->slot_known, 0, sizeof(f->slot_known));
    tr_copy_forget(f);
}

/* Push the address of env; the offset to use for @ofs from env */
static inline uint32_t tr_env(TrFunc *f, int ofs)
{
    e_get(f, TR_BASE);
    return ofs + (int)TR_BIAS;
}
/* The same for any register */
static inline uint32_t tr_base(TrFunc *f, TCGReg r, int ofs)
{
    if (r == TCG_AREG0) {
        return tr_env(f, ofs);
    }
    tr_get32(f, r);
    if (ofs < 0) {
        e_i32(f, ofs);
        e_op(f, W_I32_ADD);
        return 0;
    }
    return ofs;
}

/* Call the C function @func with what is on the stack */
static inline void tr_call(TrFunc *f, void *func, const uint8_t *args,
                           int nargs, uint8_t result)
{
    int type = tr_type(f->m, args, nargs, result);

    e_op(f, W_CALL);
    trb_u(&f->code, tr_import(f->m, (uintptr_t)func, type));
}

/* arith.c: ops of several instructions; false for another op */
bool tr_gen_arith(TrFunc *f, unsigned opc, const TCGReg *r);
/* chain.c: ops that leave the TB; false for another op */
bool tr_gen_exit(TrFunc *f, unsigned opc, uint32_t insn, uint32_t *next);
/* chain.c: does the TB chain to itself? */
bool tr_is_self_loop(TrBlock *b);
/* globals.c: bring registers into their locals */
void tr_gen_load_globals(TrFunc *f, uint64_t mask);
/* A load by a local; false when it must be one from memory */
bool tr_gen_global_ld(TrFunc *f, TCGReg reg, int ofs, int size);
/* What a store to env does to the locals */
void tr_gen_global_st(TrFunc *f, TCGReg reg, int ofs, int size);
/*
 * memory.c: guest memory.  Push 1 if the address in local @addr hits in the
 * TLB for the access, aligned as it must be, and as @aligned (a mask) says.
 */
void tr_gen_tlb(TrFunc *f, bool store, int addr, MemOpIdx oi,
                uint64_t aligned);
/* Push the host address (i32) of the access that hit */
void tr_gen_host(TrFunc *f, int addr);
void tr_gen_ldst(TrFunc *f, bool store, TCGReg val, TCGReg addr,
                 MemOpIdx oi, uint32_t *next);
/* call.c: INDEX_op_call */
bool tr_gen_call(TrFunc *f, uint32_t insn, uint32_t *next);
void tr_gen_helper(TrFunc *f, uint32_t insn, uint32_t *next);
/* memory.c: calls that are 128-bit accesses; false when they must be calls */
bool tr_gen_ldst128(TrFunc *f, bool store, MemOpIdx oi, uint32_t insn,
                    uint32_t *next);
/* lookup.c: helper_lookup_tb_ptr(); false when it must be called */
bool tr_gen_lookup(TrFunc *f, uint32_t insn, uint32_t *next);
/* vector.c: a call that works on vectors; false when it must be one */
bool tr_gen_vector(TrFunc *f, uintptr_t func);
/* vector.c: zero what lies behind a vector in its register */
void tr_gen_clear(TrFunc *f, int ofs, int bytes);
/* hardfloat.c: the same of floating point */
bool tr_gen_float(TrFunc *f, uintptr_t func, uint32_t insn, uint32_t *next);
/* atomic.c: the same of atomic accesses */
bool tr_gen_atomic(TrFunc *f, uintptr_t func, uint32_t insn, uint32_t *next);

#endif
