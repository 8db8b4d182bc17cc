/*
 * Bootlink: the differential mode, -accel tcg,translator-check=on.
 *
 * Some runs of each compiled TB are interpreted first, with a journal of
 * their stores.  The CPU's state and memory are then put back, the compiled
 * function runs, and both outcomes are compared.  Runs that cannot happen
 * twice (devices, exclusive and atomic accesses, system registers) are not
 * compared.  Needs one vCPU and no DMA to be exact.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "qemu/error-report.h"
#include "qemu/host-utils.h"
#include "qemu/main-loop.h"
#include "internal.h"

#define MAX_STORES 512

__thread bool tci_wasm_checking;

static struct {
    uint8_t *host;
    unsigned size;
    uint8_t before[16], after[16];
} journal[MAX_STORES];
static int nstores;

static uint32_t *checked_tb;
static TrUnitFunc *checked_func;
static uint8_t *env_before, *env_after;
static CPUNegativeOffsetState neg_before;

/* The first runs of each TB, and some of the later ones */
bool tr_check_due(uint32_t *tb)
{
    uint32_t n = ++tb[TCI_TB_HEAT] & TCI_HEAT_COUNT;

    return n < 50 || is_power_of_2(n);
}

uintptr_t tr_check_run(CPUArchState *env, uint32_t *tb, TrUnitFunc *func)
{
    size_t size = tci_wasm_target.env_size;

    if (!env_before) {
        env_before = g_malloc(size);
        env_after = g_malloc(size);
    }
    /* Interrupts and timers change the CPU's state only with this lock. */
    bql_lock();
    memcpy(env_before, env, size);
    neg_before.icount_decr = env_cpu(env)->neg.icount_decr;
    neg_before.can_do_io = env_cpu(env)->neg.can_do_io;
    nstores = 0;
    checked_tb = tb;
    checked_func = func;
    tci_wasm_checking = true;
    return (uintptr_t)tb;
}

void tci_wasm_check_abort(void)
{
    tci_wasm_checking = false;
    tr_stats.check_skipped++;
    bql_unlock();
}

void tci_wasm_check_store(void *host, unsigned size)
{
    if (nstores == MAX_STORES) {
        tci_wasm_check_abort();
        return;
    }
    journal[nstores].host = host;
    journal[nstores].size = size;
    memcpy(journal[nstores].before, host, size);
    nstores++;
}

static void report(CPUArchState *env, const char *what, size_t at,
                   uint64_t interpreted, uint64_t compiled)
{
    const TranslationBlock *tb = tcg_tb_lookup((uintptr_t)checked_tb);

    if (tr_stats.check_failed++ < 100) {
        error_report("translator-check: TB at %" PRIx64 " (%d insns): "
                     "%s +0x%zx: interpreted 0x%" PRIx64
                     ", compiled 0x%" PRIx64, (uint64_t)tb->pc, tb->icount,
                     what, at, interpreted, compiled);
    }
}

static void compare_env(CPUArchState *env)
{
    const uint8_t *now = (const uint8_t *)env;

    for (size_t i = 0; i + 8 <= tci_wasm_target.env_size; i += 8) {
        if (memcmp(now + i, env_after + i, 8)) {
            report(env, "env", i, ldq_he_p(env_after + i), ldq_he_p(now + i));
        }
    }
}

uintptr_t tci_wasm_checked(CPUArchState *env, uintptr_t exit)
{
    size_t size = tci_wasm_target.env_size;
    uintptr_t compiled;

    tci_wasm_checking = false;
    memcpy(env_after, env, size);
    for (int i = nstores - 1; i >= 0; i--) {
        memcpy(journal[i].after, journal[i].host, journal[i].size);
        memcpy(journal[i].host, journal[i].before, journal[i].size);
    }
    memcpy(env, env_before, size);
    env_cpu(env)->neg.icount_decr.u16.low = neg_before.icount_decr.u16.low;
    env_cpu(env)->neg.can_do_io = neg_before.can_do_io;

    compiled = checked_func((uintptr_t)env - TR_BIAS, (uintptr_t)env,
                            tci_unit_entry(checked_tb[TCI_TB_UNIT]));
    if (!compiled) {
        compiled = TCI_WASM_EXIT;
    }
    tr_stats.checked++;
    if (compiled != exit && !(compiled & TCI_WASM_EXIT && compiled & 3)) {
        report(env, "next TB", 0, exit, compiled);
    } else if (compiled == exit) {
        compare_env(env);
        /* "after" is the final value only of the last store to a place. */
        for (int i = nstores - 1; i >= 0; i--) {
            bool later = false;

            for (int k = i + 1; k < nstores; k++) {
                later |= journal[k].host < journal[i].host + journal[i].size &&
                         journal[i].host < journal[k].host + journal[k].size;
            }
            if (!later && memcmp(journal[i].host, journal[i].after,
                                 journal[i].size)) {
                report(env, "memory", (uintptr_t)journal[i].host,
                       ldub_p(journal[i].after), ldub_p(journal[i].host));
            }
        }
    }
    bql_unlock();
    return compiled;
}
