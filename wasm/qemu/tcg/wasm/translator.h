/*
 * Bootlink: hot TBs become WebAssembly functions.
 *
 * TCI's bytecode stays what every TB consists of: the interpreter runs it
 * while it is cold, and it is what the translator reads.  This is the part
 * of the translator that the rest of QEMU sees; wasm/translator.md in
 * Bootlink's tree explains the design.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TCG_WASM_TRANSLATOR_H
#define TCG_WASM_TRANSLATOR_H

#include "hw/core/cpu.h"

/* What the bytecode of each TB begins with, unless the translator is off. */
enum {
    TCI_TB_OPCODE,      /* INDEX_op_tci_enter */
    TCI_TB_HEAT,        /* see below */
    TCI_TB_UNIT,        /* compiled function and entry: tci_unit(); 0: none */
    TCI_TB_SUCCESSOR,   /* bytecode that the last goto_ptr went to */
    TCI_TB_WORDS,
};

/*
 * How often the TB was interpreted; with TCI_HEAT_QUEUED, how often its
 * function was entered there since, until the TB is part of a region that was
 * formed anew.
 */
#define TCI_HEAT_QUEUED (1u << 31)
#define TCI_HEAT_FINAL (1u << 30)
#define TCI_HEAT_COUNT (TCI_HEAT_FINAL - 1)

typedef enum TCIWasmMode {
    TCI_WASM_OFF,
    TCI_WASM_BLOCKS,    /* a function for each TB */
    TCI_WASM_REGIONS,   /* a function for TBs that follow one another */
} TCIWasmMode;

/* Properties of the accelerator: -accel tcg,translator=off|blocks|regions */
typedef struct TCIWasmConfig {
    TCIWasmMode mode;
    uint32_t threshold;     /* interpreted runs that make a TB hot */
    uint32_t batch;         /* hot TBs a module waits for */
    uint32_t linger;        /* ms for which one waits, on its own thread, */
    uint32_t patience;      /* or for how many interpreted runs of hot TBs */
    uint32_t first;         /* TBs in a region at first, at most */
    uint32_t reform;        /* entries of one that have it formed anew, and */
    uint32_t region;        /* TBs in that one, at most */
    bool thread;            /* compile on a thread of its own */
    bool tail_calls;        /* use return_call where the browser has it */
    bool check;             /* run each block both ways and compare */
} TCIWasmConfig;

extern TCIWasmConfig tci_wasm_config;

/* All guest registers below lie within as many bytes from env. */
#define TCI_WASM_GLOBALS_END 1024

/* Where the target keeps what a TB lookup depends on; offsets from env. */
typedef struct TCIWasmTarget {
    /* TCG's globals that are worth a local: i32 or i64, naturally aligned */
    struct {
        int ofs, size;
    } global[64];
    int nglobals;
    int page_bits;
    int pc, flags, flags2;
    int btype, btype_shift;     /* shift < 0: no CPU has BTI */
    int jmp_cache, can_do_io, cflags;
    uint32_t flags_set;         /* bits of tb->flags that must be 1 ... */
    uint32_t flags_clear;       /* ... and 0, for the inline lookup */
    uint32_t flags_btype;
    size_t env_size;
    int icount_decr;
} TCIWasmTarget;

extern TCIWasmTarget tci_wasm_target;
void tci_wasm_target_init(CPUState *cpu);
void tci_wasm_target_enter(CPUState *cpu);

/* Called by a vCPU's thread before it runs a chain of TBs. */
void tci_wasm_begin(CPUArchState *env);

/*
 * Run compiled TBs from @tb on.  Returns the value of exit_tb with
 * TCI_WASM_EXIT added, or else the TB that must be interpreted.
 */
uintptr_t tci_wasm_run(CPUArchState *env, uint32_t *tb);
#define TCI_WASM_EXIT 8

/*
 * @check only: the interpreter has come to the end of the TB it was given
 * and would return @exit (with TCI_WASM_EXIT) or go on at @exit.
 */
uintptr_t tci_wasm_checked(CPUArchState *env, uintptr_t exit);
/* The TB cannot run twice after all. */
void tci_wasm_check_abort(void);
void tci_wasm_check_store(void *host, unsigned size);
extern __thread bool tci_wasm_checking;

/* All vCPUs are stopped: forget every TB. */
void tci_wasm_flush(void);

void tci_wasm_add_properties(ObjectClass *oc);
void tci_wasm_dump(GString *buf);

#endif
