/*
 * Bootlink: run compiled TBs, and notice which are hot.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "qemu/error-report.h"
#include "qemu/main-loop.h"
#include "exec/tb-flush.h"
#include "internal.h"

TCIWasmTarget tci_wasm_target;
static __thread TrThread *self;
/* TCI_TB_HEAT of a TB whose region is to be formed anew; 0: none is */
static uint32_t reform_at;

static void begin_first(CPUState *cpu)
{
    static gsize once;

    if (g_once_init_enter(&once)) {
        tci_wasm_target_init(cpu);
        tr_globals_init();
        tr_vector_init();
        tr_float_init();
        tr_atomic_init();
        if (tci_wasm_config.mode != TCI_WASM_OFF) {
            tr_compile_init();
        }
        if (tr_reforms()) {
            reform_at = TCI_HEAT_QUEUED + tci_wasm_config.reform;
        }
        g_once_init_leave(&once, 1);
    }
    self = g_new0(TrThread, 1);
    self->generation = qatomic_read(&tr_generation);
    if (tci_wasm_config.mode != TCI_WASM_OFF) {
        tr_add_vcpu(self);
    }
}

static void sync_this(CPUState *cpu, run_on_cpu_data unused)
{
    if (self) {
        bql_unlock();
        tr_thread_sync(self);
        bql_lock();
    }
}

void tr_sync_vcpus(void)
{
    CPUState *cpu;

    CPU_FOREACH(cpu) {
        async_run_on_cpu(cpu, sync_this, RUN_ON_CPU_NULL);
    }
}

static void flush(CPUState *cpu, run_on_cpu_data unused)
{
    tb_flush(cpu);
}

void tci_wasm_begin(CPUArchState *env)
{
    CPUState *cpu = env_cpu(env);

    if (unlikely(!self)) {
        begin_first(cpu);
    }
    qatomic_set(&self->cpu, cpu);
    tci_wasm_target_enter(cpu);
    tci_wasm_checking = false;
    tr_thread_sync(self);
    if (unlikely(qatomic_read(&tr_full) == TR_FULL) &&
        qatomic_cmpxchg(&tr_full, TR_FULL, TR_FLUSH_ASKED) == TR_FULL) {
        /*
         * Not here: with one vCPU it would be done at once, and the caller
         * holds on to the TB that it runs now.
         */
        async_safe_run_on_cpu(cpu, flush, RUN_ON_CPU_NULL);
    }
}

uintptr_t tci_wasm_run(CPUArchState *env, uint32_t *tb)
{
    TrThread *t = self;
    uint32_t unit, heat;

    while ((unit = qatomic_load_acquire(&tb[TCI_TB_UNIT]))) {
        uint32_t func = t->base[tci_unit_module(unit)], next;

        if (unlikely(!func)) {
            func = tr_instantiate(t, tci_unit_module(unit));
            if (!func) {
                return (uintptr_t)tb;
            }
        }
        func += tci_unit_func(unit);
        heat = tb[TCI_TB_HEAT];
        if (heat < reform_at) {
            tb[TCI_TB_HEAT] = ++heat;
            if (unlikely(heat == reform_at)) {
                tr_queue(tb);
            }
        }
        if (unlikely(tci_wasm_config.check) && tr_check_due(tb)) {
            return tr_check_run(env, tb, (TrUnitFunc *)(uintptr_t)func);
        }
        next = ((TrUnitFunc *)(uintptr_t)func)((uintptr_t)env - TR_BIAS,
                                               (uintptr_t)env,
                                               tci_unit_entry(unit));
        if (next & TCI_WASM_EXIT) {
            return next;
        }
        if (!next) {            /* goto_ptr to the epilogue */
            return TCI_WASM_EXIT;
        }
        tb = (uint32_t *)(uintptr_t)next;
    }

    heat = tb[TCI_TB_HEAT];
    if (likely(heat < TCI_HEAT_QUEUED)) {
        tb[TCI_TB_HEAT] = ++heat;
        tr_stats.interpreted_cold++;
        if (unlikely(heat >= tci_wasm_config.threshold)) {
            tr_queue(tb);
        }
    } else {
        tr_stats.interpreted_hot++;
        if (!(heat & TCI_HEAT_FINAL) &&
            unlikely(++t->waited >= tci_wasm_config.patience)) {
            t->waited = 0;
            tr_hurry();
        }
    }
    return (uintptr_t)tb;
}
