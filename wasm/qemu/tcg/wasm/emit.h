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

struct TrFunc {
    TrModule *m;
    TrBuf code;
    TrBlock *block;             /* being translated */
    int depth;                  /* of nested structures */
    int nlocals;
    int reg[TCG_TARGET_NB_REGS], slot[TR_NSLOT], tmp[TR_NTMP];
    /* Values known in straight-line code */
    bool reg_known[TCG_TARGET_NB_REGS], slot_known[TR_NSLOT];
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
};

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

/* ---- TCI registers ---- */

static inline void tr_get(TrFunc *f, TCGReg r)
{
    if (r == TCG_AREG0) {
        e_get(f, TR_ENV);
    } else if (f->reg_known[r]) {
        e_i64(f, f->reg_value[r]);
    } else {
        e_get(f, tr_local(f, &f->reg[r]));
    }
}
/* The lower half */
static inline void tr_get32(TrFunc *f, TCGReg r)
{
    if (r != TCG_AREG0 && f->reg_known[r]) {
        e_i32(f, (int32_t)f->reg_value[r]);
    } else {
        tr_get(f, r);
        e_op(f, W_I32_WRAP_I64);
    }
}
static inline void tr_set(TrFunc *f, TCGReg r)
{
    e_set(f, tr_local(f, &f->reg[r]));
    f->reg_known[r] = false;
}
/* Pop an i32 */
static inline void tr_set32(TrFunc *f, TCGReg r)
{
    e_op(f, W_I64_EXTEND_I32_U);
    tr_set(f, r);
}
static inline void tr_set_const(TrFunc *f, TCGReg r, int64_t v)
{
    e_i64(f, v);
    tr_set(f, r);
    f->reg_known[r] = true;
    f->reg_value[r] = v;
}

/* ---- TCI stack slots, by offset / 4 ---- */

static inline void tr_slot_get(TrFunc *f, int i)
{
    if (f->slot_known[i]) {
        e_i64(f, f->slot_value[i]);
    } else {
        e_get(f, tr_local(f, &f->slot[i]));
    }
}
static inline void tr_slot_set(TrFunc *f, int i, TCGReg r)
{
    tr_get(f, r);
    e_set(f, tr_local(f, &f->slot[i]));
    f->slot_known[i] = r != TCG_AREG0 && f->reg_known[r];
    f->slot_value[i] = f->reg_value[r];
}
/* At a point that is reached by more than one way */
static inline void tr_forget(TrFunc *f)
{
    memset(f->reg_known, 0, sizeof(f->reg_known));
    memset(f->slot_known, 0, sizeof(f->slot_known));
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

/* globals.c: bring registers into their locals */
void tr_gen_load_globals(TrFunc *f, uint64_t mask);
/* A load by a local; false when it must be one from memory */
bool tr_gen_global_ld(TrFunc *f, TCGReg reg, int ofs, int size);
/* What a store to env does to the locals */
void tr_gen_global_st(TrFunc *f, TCGReg reg, int ofs, int size);
/* memory.c: guest memory */
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

#endif
