/*
 * Bootlink: from hot TBs to modules, on a thread of their own.
 *
 * vCPU threads queue TBs that became hot.  The compile thread turns what is
 * in the queue into a module, lets the browser compile it, and then writes
 * the unit into each TB's header; a vCPU that comes by instantiates the
 * module.  The browser recognises the same bytes and shares the code.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "qemu/thread.h"
#include "qemu/timer.h"
#include "internal.h"
#include <emscripten.h>

/* Bytes of wasm and functions after which a flush makes room */
#define MAX_BYTES (48u * 1024 * 1024)
#define MAX_FUNCS 100000
/* After new code, call_out() when this has passed, and twice that, and so on */
#define CALL_OUT_FIRST_MS 10
#define CALL_OUT_LAST_MS 640
/* Modules that flushes may leave to the browser before it has to collect them */
#define COLLECT_FROM 256

TrStats tr_stats;
bool tr_tail_calls, tr_elements;
TrCompiled *tr_modules[TR_MAX_MODULES];
unsigned tr_generation = 1, tr_collect;
unsigned tr_full;

static uint32_t nmodules = 1;           /* number 0 means: no unit */
static size_t live_bytes, live_funcs;
static uint32_t uncollected;

/* TBs that are hot; those whose regions are to be formed anew */
typedef struct Queue {
    uint32_t *tb[4096];
    unsigned n;
    int64_t since;                      /* when the first of them came, ms */
} Queue;

static QemuMutex queue_lock;            /* the next five, and queue */
static QemuCond queue_cond;             /* for the compile thread at work */
static QemuCond turn_cond;              /* for the other: see compile_thread() */
static GPtrArray *vcpus;
static bool hurry;                      /* with what is in queue[0] */
static Queue queue[2];
/* Held from reading the queue to publishing: TBs stay where they are */
static QemuMutex translate_lock;

EM_JS(int, tr_js_has_tail_calls, (void), {
    /* (func (return_call 0)) */
    return WebAssembly.validate(new Uint8Array([
        0, 97, 115, 109, 1, 0, 0, 0, 1, 4, 1, 96, 0, 0, 3, 2, 1, 0,
        10, 6, 1, 4, 0, 0x12, 0, 11]));
});

EM_JS(int, tr_js_is_v8, (void), {
    return globalThis.process?.versions?.v8 !== undefined ||
           Boolean(globalThis.navigator?.userAgent.includes('Chrome'));
});

/* See module.c: not in V8 before 12.4, which is that of Chrome 124. */
EM_JS(int, tr_js_has_shared_tables, (void), {
    const v8 = globalThis.process?.versions?.v8?.split('.').map(Number);
    const chrome = globalThis.navigator?.userAgent.split('Chrome/')[1];

    return v8 ? v8[0] > 12 || (v8[0] === 12 && v8[1] >= 4)
              : !chrome || parseInt(chrome, 10) >= 124;
});

static void free_module(TrCompiled *c)
{
    trb_free(&c->bytes);
    g_free(c->imports);
    g_free(c);
}

/*
 * Have the browser compile @module: instantiate it here and call each
 * function once.  The CPU they are given has an exit request pending, so
 * that each returns after its first look at icount_decr (see block.c).
 */
static bool compile(TrThread *t, uint32_t module)
{
    static uint8_t *fake;
    uint64_t env;
    uint32_t base = tr_instantiate(t, module);

    if (!base) {
        return false;
    }
    if (!fake) {
        fake = g_malloc0(TR_BIAS + tci_wasm_target.env_size);
    }
    env = (uintptr_t)fake + TR_BIAS;
    *(uint32_t *)(uintptr_t)(env + tci_wasm_target.icount_decr) = -1;
    for (int i = 0; i < tr_modules[module]->nfuncs; i++) {
        ((TrUnitFunc *)(uintptr_t)(base + i))((uintptr_t)fake, env, 0);
    }
    return true;
}

static void publish(TrModule *m, uint32_t module)
{
    for (int i = 0; i < m->blocks->len; i++) {
        TrBlock *b = tr_block(m, i);

        if (b->region < 0) {
            continue;
        }
        qatomic_set(&b->start[TCI_TB_HEAT],
                    TCI_HEAT_QUEUED | (m->final ? TCI_HEAT_FINAL : 0));
        qatomic_store_release(&b->start[TCI_TB_UNIT],
                              tci_unit(module, b->region, b->entry));
        tr_stats.blocks++;
        tr_stats.reformed += m->final;
        tr_stats.bytecode_bytes += (uint8_t *)b->end - (uint8_t *)b->start;
    }
}

/* Compile @m and publish it; @t: the compile thread, or NULL without one */
static void finish(TrThread *t, TrModule *m)
{
    double start = emscripten_get_now();
    TrCompiled *c;

    tr_module_generate(m);
    if (!m->nregion) {
        return;
    }
    c = g_new0(TrCompiled, 1);
    tr_module_bytes(m, &c->bytes);
    c->nfuncs = m->nregion;
    c->nimports = m->imports->len;
    c->imports = g_new(uint32_t, c->nimports);
    for (int i = 0; i < c->nimports; i++) {
        c->imports[i] = g_array_index(m->imports, TrImport, i).func;
    }
    tr_stats.generate_ms += emscripten_get_now() - start;
    start = emscripten_get_now();
    tr_modules[nmodules] = c;
    if (!t || compile(t, nmodules)) {
        publish(m, nmodules);
    }
    tr_stats.compile_ms += emscripten_get_now() - start;
    tr_stats.modules++;
    tr_stats.functions += c->nfuncs;
    tr_stats.wasm_bytes += c->bytes.len;
    live_bytes += c->bytes.len;
    live_funcs += c->nfuncs;
    if (++nmodules == TR_MAX_MODULES || live_bytes > MAX_BYTES ||
        live_funcs > MAX_FUNCS) {
        qatomic_set(&tr_full, TR_FULL);
    }
}

/* Translate what is in one of the queues */
static void translate(TrThread *t, bool final)
{
    g_autofree uint32_t **hot = NULL;
    unsigned nhot;
    TrModule *m;

    qemu_mutex_lock(&translate_lock);
    if (t && t->generation != tr_generation) {
        qemu_mutex_unlock(&translate_lock);
        return;                 /* what is queued now is the other's */
    }
    qemu_mutex_lock(&queue_lock);
    nhot = queue[final].n;
    hot = g_memdup2(queue[final].tb, nhot * sizeof(hot[0]));
    queue[final].n = 0;
    qemu_mutex_unlock(&queue_lock);
    if (nhot && qatomic_read(&tr_full) == TR_ROOM) {
        m = tr_module_new(final);
        for (unsigned i = 0; i < nhot; i++) {
            /* Another one's region may have taken it in meanwhile. */
            if (final ? !(hot[i][TCI_TB_HEAT] & TCI_HEAT_FINAL)
                      : !hot[i][TCI_TB_UNIT]) {
                tr_module_add(m, hot[i]);
            }
        }
        finish(t, m);
        tr_module_free(m);
    }
    qemu_mutex_unlock(&translate_lock);
}

void tr_queue(uint32_t *start)
{
    bool final = start[TCI_TB_UNIT], now;
    Queue *q = &queue[final];

    qemu_mutex_lock(&queue_lock);
    if (!q->n) {
        q->since = qemu_clock_get_ms(QEMU_CLOCK_REALTIME);
        hurry &= final;
    }
    if (q->n < ARRAY_SIZE(q->tb)) {
        q->tb[q->n++] = start;
        if (!final) {
            qatomic_set(&start[TCI_TB_HEAT], TCI_HEAT_QUEUED);
        }
    } else if (final) {         /* count again */
        qatomic_set(&start[TCI_TB_HEAT], TCI_HEAT_QUEUED);
    }
    now = q->n >= tci_wasm_config.batch;
    if (tci_wasm_config.thread) {
        if (q->n == 1 || now) {
            qemu_cond_signal(&queue_cond);
        }
        now = false;
    }
    qemu_mutex_unlock(&queue_lock);
    if (now) {
        translate(NULL, final);
    }
}

void tr_hurry(void)
{
    if (tci_wasm_config.thread) {
        qemu_mutex_lock(&queue_lock);
        hurry = true;
        qemu_cond_signal(&queue_cond);
        qemu_mutex_unlock(&queue_lock);
    }
}

void tr_add_vcpu(TrThread *t)
{
    qemu_mutex_lock(&queue_lock);
    g_ptr_array_add(vcpus, t);
    qemu_mutex_unlock(&queue_lock);
}

/*
 * The browser runs a function's baseline code first and compiles it again,
 * optimised, when that has run for a while; but who is inside stays in the
 * old code, and a loop of the guest may stay for seconds.  So each vCPU is
 * made to look out of its compiled code now and then after new code has come.
 * To it, this is an exit request that came to nothing.
 */
static void call_out(void)
{
    if (tci_wasm_config.check) {        /* would differ between two runs */
        return;
    }
    for (int i = 0; i < vcpus->len; i++) {
        TrThread *t = g_ptr_array_index(vcpus, i);
        CPUState *cpu = qatomic_read(&t->cpu);

        if (cpu) {
            qatomic_set(&cpu->neg.icount_decr.u16.high, -1);
        }
    }
}

/*
 * A module is worth waiting for company, but not for long.  That of TBs that
 * became hot waits until the vCPUs have spent on interpreting those about what
 * another module costs.  Regions that are formed anew have code meanwhile, and
 * get better by what becomes warm in that time.
 *
 * Returns the ms that the queue may wait yet, at least 0; INT_MAX for an empty
 * one.
 */
static int may_wait(bool final)
{
    Queue *q = &queue[final];

    if (!q->n) {
        return INT_MAX;
    }
    if (q->n >= tci_wasm_config.batch || (hurry && !final)) {
        return 0;
    }
    return MAX(0, q->since + tci_wasm_config.linger -
                  qemu_clock_get_ms(QEMU_CLOCK_REALTIME));
}

/* Waits until a queue is to be translated; says which are. */
static void linger(bool *hot, bool *final)
{
    for (;;) {
        int for_hot = may_wait(false), for_final = may_wait(true);

        *hot = !for_hot;
        *final = !for_final;
        if (*hot || *final || (!queue[0].n && !queue[1].n)) {
            break;
        }
        qemu_cond_timedwait(&queue_cond, &queue_lock,
                            MIN(for_hot, for_final));
    }
}

/* Translate what is queued until a flush ends the generation */
static void compile_generation(TrThread *t)
{
    for (;;) {
        int wait = CALL_OUT_FIRST_MS;
        bool hot, final;

        qemu_mutex_lock(&queue_lock);
        while (!queue[0].n && !queue[1].n && t->generation == tr_generation) {
            if (wait > CALL_OUT_LAST_MS) {
                qemu_cond_wait(&queue_cond, &queue_lock);
            } else if (!qemu_cond_timedwait(&queue_cond, &queue_lock, wait)) {
                call_out();
                wait *= 2;
            }
        }
        if (t->generation != tr_generation) {
            qemu_mutex_unlock(&queue_lock);
            return;
        }
        linger(&hot, &final);
        qemu_mutex_unlock(&queue_lock);
        if (hot) {
            translate(t, false);
        }
        if (final) {
            translate(t, true);
        }
    }
}

/* Does a vCPU have instances of what was there before the last flush? */
static bool vcpus_hold_old(void)
{
    for (int i = 0; i < vcpus->len; i++) {
        TrThread *t = g_ptr_array_index(vcpus, i);

        if (qatomic_read(&t->table_next) != t->table_start &&
            qatomic_load_acquire(&t->generation) != tr_generation) {
            return true;
        }
    }
    return false;
}

/*
 * Two of these take turns, by generation.  Whoever is the last to forget a
 * module makes the browser free its code, which in Chromium takes up to a
 * millisecond each, thousands of times: that is for nobody who has other work.
 * So the compile thread of the generation that has ended waits until the vCPUs
 * have forgotten theirs, and forgets while the other one works.
 */
static void *compile_thread(void *opaque)
{
    unsigned turn = (uintptr_t)opaque, next;
    bool alone = turn == 1;
    TrThread *t = g_new0(TrThread, 1);
    QemuThread other;

    for (;;) {
        qemu_mutex_lock(&queue_lock);
        while (tr_generation % 2 != turn) {
            qemu_cond_wait(&turn_cond, &queue_lock);
        }
        t->generation = tr_generation;
        qemu_mutex_unlock(&queue_lock);
        compile_generation(t);
        if (alone) {
            alone = false;
            qemu_thread_create(&other, "translator", compile_thread,
                               (void *)(uintptr_t)!turn, QEMU_THREAD_DETACHED);
        }
        qemu_mutex_lock(&queue_lock);
        /* Those that do not run for long must not keep it from its next turn. */
        next = t->generation + 2;
        while (vcpus_hold_old() && (int)(tr_generation - next) < 0) {
            qemu_cond_wait(&turn_cond, &queue_lock);
        }
        qemu_mutex_unlock(&queue_lock);
        tr_thread_sync(t);
    }
    return NULL;
}

void tr_forgotten(void)
{
    qemu_mutex_lock(&queue_lock);
    qemu_cond_broadcast(&turn_cond);
    qemu_mutex_unlock(&queue_lock);
}

void tr_compile_init(void)
{
    QemuThread thread;

    qemu_mutex_init(&queue_lock);
    qemu_mutex_init(&translate_lock);
    qemu_cond_init(&queue_cond);
    qemu_cond_init(&turn_cond);
    vcpus = g_ptr_array_new();
    tr_tail_calls = tci_wasm_config.tail_calls &&
                    tci_wasm_config.mode == TCI_WASM_REGIONS &&
                    tr_js_has_tail_calls();
    tr_elements = tr_js_has_shared_tables();
    /*
     * V8 gives a thread the code that another had compiled from the same
     * bytes.  Elsewhere both would compile, so there the vCPU does it alone.
     */
    tci_wasm_config.thread &= tr_js_is_v8();
    if (!tci_wasm_config.thread) {
        /* Nothing but the number brings a batch to an end. */
        tci_wasm_config.batch = MIN(tci_wasm_config.batch, 64);
    } else {
        qemu_thread_create(&thread, "translator", compile_thread,
                           (void *)(uintptr_t)1,
                           QEMU_THREAD_DETACHED);
    }
}

void tci_wasm_flush(void)
{
    if (!vcpus) {               /* off, or before the first TB */
        return;
    }
    /*
     * Taken even if there seems to be nothing to forget: the compile thread
     * may be at its first module, and would publish it into what comes next.
     */
    qemu_mutex_lock(&translate_lock);
    qemu_mutex_lock(&queue_lock);
    if (nmodules == 1 && !queue[0].n && !queue[1].n) {
        qemu_mutex_unlock(&queue_lock);
        qemu_mutex_unlock(&translate_lock);
        return;
    }
    queue[0].n = queue[1].n = 0;
    qatomic_set(&tr_generation, tr_generation + 1);
    for (uint32_t i = 1; i < nmodules; i++) {
        free_module(tr_modules[i]);
        tr_modules[i] = NULL;
    }
    uncollected += nmodules - 1;
    if (uncollected >= COLLECT_FROM) {
        uncollected = 0;
        qatomic_inc(&tr_collect);
    }
    nmodules = 1;
    live_bytes = live_funcs = 0;
    qatomic_set(&tr_full, TR_ROOM);
    tr_stats.flushes++;
    qemu_cond_broadcast(&queue_cond);
    qemu_cond_broadcast(&turn_cond);
    qemu_mutex_unlock(&queue_lock);
    qemu_mutex_unlock(&translate_lock);
    tr_sync_vcpus();
}
