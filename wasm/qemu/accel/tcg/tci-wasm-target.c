/*
 * Bootlink: what the translator in tcg/wasm knows about the target.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "qemu/log.h"
#include "cpu.h"
#include "cpu-features.h"
#include "exec/target_page.h"
#include "internal-common.h"
#include "tcg/wasm/translator.h"

#define FROM_ENV(field) \
    ((int)offsetof(CPUState, field) - (int)sizeof(CPUState))

static void add_global(int ofs, int size)
{
    TCIWasmTarget *t = &tci_wasm_target;

    g_assert(ofs + size <= TCI_WASM_GLOBALS_END);
    t->global[t->nglobals].ofs = ofs;
    t->global[t->nglobals].size = size;
    t->nglobals++;
}

void tci_wasm_target_init(CPUState *first)
{
    TCIWasmTarget *t = &tci_wasm_target;
    CPUState *cpu;

    t->page_bits = TARGET_PAGE_BITS;
    t->env_size = sizeof(CPUArchState);
    t->icount_decr = FROM_ENV(neg.icount_decr.u32);
    t->can_do_io = FROM_ENV(neg.can_do_io);
    t->cflags = FROM_ENV(neg.tci_lookup_cflags);
    t->jmp_cache = FROM_ENV(tb_jmp_cache);

    for (int i = 0; i < 32; i++) {
        add_global(offsetof(CPUARMState, xregs[i]), 8);
    }
    add_global(offsetof(CPUARMState, pc), 8);
    add_global(offsetof(CPUARMState, NF), 4);
    add_global(offsetof(CPUARMState, ZF), 4);
    add_global(offsetof(CPUARMState, CF), 4);
    add_global(offsetof(CPUARMState, VF), 4);

    t->pc = offsetof(CPUARMState, pc);
    t->flags = offsetof(CPUARMState, hflags.flags);
    t->flags2 = offsetof(CPUARMState, hflags.flags2);
    t->flags_set = R_TBFLAG_ANY_AARCH64_STATE_MASK;
    t->flags_clear = R_TBFLAG_ANY_SS_ACTIVE_MASK;
    t->btype = offsetof(CPUARMState, btype);
    t->flags_btype = R_TBFLAG_A64_BTYPE_MASK;
    t->btype_shift = -1;
    CPU_FOREACH(cpu) {
        if (cpu_isar_feature(aa64_bti, ARM_CPU(cpu))) {
            t->btype_shift = R_TBFLAG_A64_BTYPE_SHIFT;
        }
    }
}

/*
 * What a TB found in the jump cache must have been made for, or a value that
 * none has when the lookup has more to do: see helper_lookup_tb_ptr() and
 * curr_cflags() in cpu-exec.c.  All that it depends on changes either while
 * this vCPU is outside of its TBs or in a helper that ends its chain.
 */
void tci_wasm_target_enter(CPUState *cpu)
{
    bool plain = QTAILQ_EMPTY(&cpu->breakpoints) &&
        !cpu->singlestep_enabled && !qatomic_read(&one_insn_per_tb) &&
        !qemu_loglevel_mask(CPU_LOG_TB_NOCHAIN | CPU_LOG_TB_CPU |
                            CPU_LOG_EXEC);

    cpu->neg.tci_lookup_cflags = plain ? cpu->tcg_cflags : -1;
}
