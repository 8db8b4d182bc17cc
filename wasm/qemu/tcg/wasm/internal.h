/*
 * Bootlink: what the translator's own files share.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TCG_WASM_INTERNAL_H
#define TCG_WASM_INTERNAL_H

#include "tcg/tcg.h"
#include "exec/translation-block.h"
#include "translator.h"
#include "buffer.h"
#include "opcodes.h"
#include "vector-opcodes.h"

/* ---- Bytecode of one TB (block.c) ---- */

#define TR_MAX_LABELS 64
/* Ways out of a TB that lead to another: goto_tb's two slots, goto_ptr */
#define TR_EDGE_PTR 2
#define TR_EDGES 3

typedef struct TrBlock {
    uint32_t *start;            /* its header */
    uint32_t *end;              /* behind the last op */
    uint32_t *label[TR_MAX_LABELS];     /* branch targets, ascending */
    int nlabel;
    uint32_t **slot[2];         /* what goto_tb reads: jmp_target_addr[] */
    uint32_t *target[2];        /* what was there at the scan */
    int nslot;
    uint32_t *successor;        /* by goto_ptr, or NULL */
    uint32_t flags, cflags;     /* the TB's */
    int region, entry;          /* region -1: in none yet, -2: rejected */
    /* globals.c; sets of TBs are by entry, of registers by number */
    uint64_t loop;              /* TBs of the region in a loop with this one */
    uint64_t reads;             /* registers read before they are written */
    uint64_t expects;           /* in locals, when control comes from the loop */
    uint64_t held_none[TR_EDGES];   /* in locals at an exit, if none was at */
    uint64_t held_all[TR_EDGES];    /* the entry, and if all were */
} TrBlock;

/* The address that @insn names, relative to the word behind it. */
static inline uint32_t *tr_relative(uint32_t insn, uint32_t *next)
{
    int diff = sextract32(insn, 12, 20);

    return diff ? (uint32_t *)((uint8_t *)next + diff) : NULL;
}

/* Fill in @b; false when its bytecode is not what can be translated. */
bool tr_scan_block(TrBlock *b, uint32_t *start);

/* ---- One module under construction (module.c, region.c) ---- */

typedef struct TrFixup {
    size_t at;                  /* of a function index in the code */
    int region;
} TrFixup;

/* Which way a branch goes most times */
typedef struct TrHint {
    int region;
    uint32_t at;                /* of the instruction, in its function's body */
    bool taken;
} TrHint;

typedef struct TrModule {
    GArray *blocks;             /* TrBlock */
    GHashTable *by_start;       /* TrBlock.start -> index + 1 */
    int nregion;
    TrBuf types;                /* type section's entries */
    int ntype;
    GArray *type_at;            /* offset of each in types */
    GArray *imports;            /* TrImport */
    bool final;                 /* regions formed anew, of compiled TBs */
    bool tail_calls;            /* between its regions: nobody counts those */
    TrBuf code;                 /* code section's entries */
    GArray *fixups;             /* TrFixup */
    GArray *hints;              /* TrHint, ascending */
} TrModule;

typedef struct TrImport {
    uint32_t func;              /* index in the function table */
    int type;
} TrImport;

/* wasm function type from a list of argument types, result 0: none */
int tr_type(TrModule *m, const uint8_t *args, int nargs, uint8_t result);
/* Index of the import that stands for the C function @func */
int tr_import(TrModule *m, uintptr_t func, int type);
/* Bytes of the whole module; frees nothing */
void tr_module_bytes(TrModule *m, TrBuf *out);

TrModule *tr_module_new(bool final);
void tr_module_free(TrModule *m);
static inline TrBlock *tr_block(TrModule *m, int i)
{
    return &g_array_index(m->blocks, TrBlock, i);
}
/* Add @start's TB; its index, or -1 */
int tr_module_add(TrModule *m, uint32_t *start);
/* Group blocks into regions and generate a function for each */
void tr_module_generate(TrModule *m);

/* ---- One function under construction (emit.h, ops.c, ...) ---- */

typedef struct TrFunc TrFunc;

/* Generate the code of one block; false when an op has no translation */
bool tr_gen_block(TrFunc *f, TrBlock *b);

/* ---- Guest registers in locals (globals.c) ---- */

void tr_globals_init(void);
int tr_global_at(int ofs, int size);
uint64_t tr_globals_within(int ofs, int size);
bool tr_call_writes_globals(const uintptr_t *pool);
void tr_region_globals(TrModule *m, const int *members, int n);

/* ---- Helpers that work on vectors (vector.c) ---- */

void tr_vector_init(void);

/* ---- Helpers of floating point, which write to no register (hardfloat.c) ---- */

void tr_float_init(void);
bool tr_is_float(uintptr_t func);

/* ---- Helpers of atomic accesses (atomic.c) ---- */

void tr_atomic_init(void);

/* ---- Run time (run.c, compile.c, instances.c) ---- */

#define TR_UNIT_FUNCS 4096
#define TR_MAX_REGION 64

/* A unit: module number from 1, function in it, entry of that */
static inline uint32_t tci_unit(uint32_t module, uint32_t func, uint32_t entry)
{
    return (module * TR_UNIT_FUNCS + func) * TR_MAX_REGION + entry;
}
static inline uint32_t tci_unit_module(uint32_t unit)
{
    return unit / TR_MAX_REGION / TR_UNIT_FUNCS;
}
static inline uint32_t tci_unit_func(uint32_t unit)
{
    return unit / TR_MAX_REGION % TR_UNIT_FUNCS;
}
static inline uint32_t tci_unit_entry(uint32_t unit)
{
    return unit % TR_MAX_REGION;
}

typedef uint32_t TrUnitFunc(uint32_t base, uint64_t env, uint32_t entry);

/* What is added to a negative offset from env */
#define TR_BIAS ROUND_UP(sizeof(CPUState), 4096)

typedef struct TrStats {
    uint64_t modules, functions, blocks, rejected, wasm_bytes, bytecode_bytes;
    uint64_t flushes, instances, reformed;
    uint64_t chain_inside, chain_tail, chain_out, ptr_inside, ptr_out;
    /* Interpreted runs of TBs: not hot yet; waiting for code, or without any */
    uint64_t interpreted_cold, interpreted_hot;
    uint64_t checked, check_skipped, check_failed;
    /* Calls done by vector, floating-point and atomic instructions */
    uint64_t vectors, floats, atomics;
    double generate_ms, compile_ms, instantiate_ms, longest_ms;
    /* After a flush: of a vCPU, and of a compile thread, which nobody waits for */
    double longest_forget_ms, longest_free_ms;
    uint32_t rejected_op[256];
} TrStats;

extern TrStats tr_stats;
extern bool tr_tail_calls;
extern bool tr_elements;        /* modules fill the table by themselves */

/* A module that any thread can instantiate */
typedef struct TrCompiled {
    TrBuf bytes;
    uint32_t *imports;          /* function table indices */
    int nimports, nfuncs;
    int instances;
} TrCompiled;

#define TR_MAX_MODULES 8192
extern TrCompiled *tr_modules[TR_MAX_MODULES];
extern unsigned tr_generation;
/* Another number: it is time to have the browser collect what is forgotten */
extern unsigned tr_collect;
/* Is there room for modules?  Without, until the next flush, nothing is added. */
enum { TR_ROOM, TR_FULL, TR_FLUSH_ASKED };
extern unsigned tr_full;

/* The functions of this thread, in this thread's table */
typedef struct TrThread {
    CPUState *cpu;                      /* that ran here last; NULL: compiles */
    unsigned generation;
    uint32_t waited;                    /* interpreted runs of hot TBs */
    uint32_t table_start, table_next, table_end;
    uint32_t instances;                 /* that have not been collected */
    unsigned collected;                 /* tr_collect at its last flush */
    uint32_t base[TR_MAX_MODULES];      /* table index; 0: not here yet */
} TrThread;

/* Forget what was there before the last flush; only @t's thread can */
void tr_thread_sync(TrThread *t);
/* Table index of @module's first function; 0 when the browser refuses it */
uint32_t tr_instantiate(TrThread *t, uint32_t module);

/* @start's TB has become hot, or so hot that its region is to be formed anew */
void tr_queue(uint32_t *start);
/* Hot TBs were interpreted so often that their module waits no longer */
void tr_hurry(void);
/* Are regions formed anew?  A vCPU that compiles by itself has no time to. */
static inline bool tr_reforms(void)
{
    return tci_wasm_config.mode == TCI_WASM_REGIONS && tci_wasm_config.thread;
}
/* Start the compile thread, if there is to be one */
void tr_compile_init(void);
/* @t is a vCPU's, and lasts */
void tr_add_vcpu(TrThread *t);
/* A vCPU's thread has forgotten what was there before the last flush */
void tr_forgotten(void);
/* Have all vCPUs' threads call tr_thread_sync(), halted ones too */
void tr_sync_vcpus(void);

/* check.c */
bool tr_check_due(uint32_t *tb);
uintptr_t tr_check_run(CPUArchState *env, uint32_t *tb, TrUnitFunc *func);

#endif
