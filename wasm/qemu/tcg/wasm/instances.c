/*
 * Bootlink: modules in a thread's function table.
 *
 * Each thread of WebAssembly has a table of its own, so it instantiates the
 * modules that it meets, and forgets them after a flush.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "internal.h"
#include <emscripten.h>

EM_JS(uint32_t, tr_js_grow_table, (uint32_t n), {
    return Number(wasmTable.grow(n));
});

EM_JS(void, tr_js_clear_table, (uint32_t from, uint32_t to), {
    for (; from < to; from++) {
        wasmTable.set(from, null);
    }
});

/*
 * V8 collects what is no longer referred to when a thread's JavaScript objects
 * have become many; instances are few and small there, and their code is not
 * counted.  It then frees the code in a task of the thread's event loop, to
 * which threads of QEMU never return.  A buffer that cannot be allocated makes
 * it do both at once.  PartitionAlloc refuses all above 2 GiB; Node's
 * allocator, which might have 16 GiB, is left alone.
 */
EM_JS(void, tr_js_collect, (void), {
    if (globalThis.process || !navigator.userAgent.includes('Chrome')) {
        return;
    }
    try {
        new ArrayBuffer(2 ** 34);
    } catch {
        /* meant to */
    }
});

EM_JS(int, tr_js_instantiate,
      (uint32_t bytes, uint32_t len, uint32_t imports, uint32_t nimports,
       uint32_t base, uint32_t nfuncs, int elements), {
    try {
        const code = new Uint8Array(wasmMemory.buffer, bytes >>> 0, len);
        const funcs = new Uint32Array(wasmMemory.buffer, imports >>> 0,
                                      nimports);
        const f = {};
        for (let i = 0; i < nimports; i++) {
            f[i] = wasmTable.get(funcs[i]);
        }
        const module = new WebAssembly.Module(code.slice());
        const e = { m: wasmMemory, t: wasmTable, b: base };
        const made = new WebAssembly.Instance(module, { e, f }).exports;
        for (let i = 0; !elements && i < nfuncs; i++) {
            wasmTable.set(base + i, made[i]);
        }
        return 0;
    } catch (e) {
        err('translator: the browser refuses a module: ' + e);
        return -1;
    }
});

void tr_thread_sync(TrThread *t)
{
    unsigned collect = qatomic_read(&tr_collect);
    double start, ms;

    if (likely(t->generation == qatomic_read(&tr_generation))) {
        return;
    }
    start = emscripten_get_now();
    tr_js_clear_table(t->table_start, t->table_next);
    if (t->instances && t->collected != collect) {
        tr_js_collect();
        t->instances = 0;
    }
    t->collected = collect;
    qatomic_set(&t->table_next, t->table_start);
    memset(t->base, 0, sizeof(t->base));
    qatomic_store_release(&t->generation, qatomic_read(&tr_generation));
    ms = emscripten_get_now() - start;
    if (t->cpu) {
        tr_stats.longest_forget_ms = MAX(tr_stats.longest_forget_ms, ms);
        tr_forgotten();
    } else {
        tr_stats.longest_free_ms = MAX(tr_stats.longest_free_ms, ms);
    }
}

uint32_t tr_instantiate(TrThread *t, uint32_t module)
{
    TrCompiled *c = tr_modules[module];
    double start = emscripten_get_now(), ms;
    uint32_t base;

    if (t->table_next + c->nfuncs > t->table_end) {
        uint32_t n = MAX(4096, c->nfuncs), at = tr_js_grow_table(n);

        /* Nobody else grows this thread's table. */
        g_assert(!t->table_end || at == t->table_end);
        if (!t->table_end) {
            t->table_start = t->table_next = at;
        }
        t->table_end = at + n;
    }
    base = t->table_next;
    if (tr_js_instantiate((uintptr_t)c->bytes.data, c->bytes.len,
                          (uintptr_t)c->imports, c->nimports, base,
                          c->nfuncs, tr_elements) < 0) {
        return 0;
    }
    t->table_next += c->nfuncs;
    t->base[module] = base;
    t->instances++;
    ms = emscripten_get_now() - start;
    tr_stats.instantiate_ms += ms;
    tr_stats.longest_ms = MAX(tr_stats.longest_ms, ms);
    tr_stats.instances++;
    return base;
}
