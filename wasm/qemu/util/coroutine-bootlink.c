/*
 * Bootlink: coroutines as threads that hand over to each other
 *
 * WebAssembly gives no access to the call stack.  A coroutine then needs
 * stack switching in the browser, code that can unwind and rewind itself
 * (Asyncify: half as large again and slower everywhere), or a thread.  Here
 * each coroutine is a thread; of a leader (a thread that enters coroutines)
 * and its coroutines exactly one runs at any time, and control is handed
 * over with a futex.  Measured: 6 us for an enter and a yield.  Spinning
 * before the wait makes it slower on two cores.
 *
 * A coroutine must see the thread-local variables of the thread that entered
 * it: its AioContext, bql_locked, the RCU reader.  WebAssembly addresses
 * thread-local storage through a global of the instance, __tls_base, which
 * pthread_self() does not depend on, so a switch makes the coroutine's
 * thread use the TLS block of the thread that it was entered from.
 *
 * Therefore nothing may keep the address of a thread-local variable across a
 * yield: the rule that QEMU has anyway (include/qemu/coroutine-tls.h).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qemu/atomic.h"
#include "qemu/coroutine_int.h"
#include "qemu/coroutine-tls.h"
#include "qemu/units.h"

#define STACK_SIZE (256 * KiB)

typedef struct {
    Coroutine base;
    int baton;                  /* futex: 1 while the thread may run */
    bool exiting;
    CoroutineAction action;
    void *tls;                  /* the TLS block to run with */
} CoroutineThread;

QEMU_DEFINE_STATIC_CO_TLS(Coroutine *, current);
QEMU_DEFINE_STATIC_CO_TLS(CoroutineThread *, leader);

/* noinline: the compiler takes __tls_base to be constant in a function */
static __attribute__((noinline)) void *get_tls_base(void)
{
    return __builtin_wasm_tls_base();
}

static __attribute__((noinline)) void set_tls_base(void *base)
{
    asm volatile(".globaltype __tls_base, i64\n"
                 "local.get %0\n"
                 "global.set __tls_base" : : "r" (base) : "memory");
}

static void hand_over_to(CoroutineThread *co)
{
    qatomic_store_release(&co->baton, 1);
    __builtin_wasm_memory_atomic_notify(&co->baton, 1);
}

/*
 * noinline: the baseline compiler of V8 11.3 (Node 20) waits at address 0, for
 * ever, when the address is a local that is not in a register just then.  An
 * argument is.
 */
static __attribute__((noinline)) void wait_while_zero(int *word)
{
    __builtin_wasm_memory_atomic_wait32(word, 0, -1);
}

static void wait_for_baton(CoroutineThread *co)
{
    while (!qatomic_load_acquire(&co->baton)) {
        wait_while_zero(&co->baton);
    }
    qatomic_set(&co->baton, 0);
}

/* noinline: entered after set_tls_base() */
static __attribute__((noinline)) void run(CoroutineThread *co)
{
    /* A terminated coroutine goes back to the pool and is entered again. */
    do {
        co->base.entry(co->base.entry_arg);
        qemu_coroutine_switch(&co->base, co->base.caller,
                              COROUTINE_TERMINATE);
    } while (!co->exiting);
}

static void *coroutine_thread(void *opaque)
{
    CoroutineThread *co = opaque;
    void *own_tls = get_tls_base();

    wait_for_baton(co);
    if (!co->exiting) {
        set_tls_base(co->tls);
        run(co);
        set_tls_base(own_tls);
    }
    g_free(co);
    return NULL;
}

Coroutine *qemu_coroutine_new(void)
{
    CoroutineThread *co = g_new0(CoroutineThread, 1);
    pthread_attr_t attr;
    pthread_t thread;
    int err;

    pthread_attr_init(&attr);
    pthread_attr_setstacksize(&attr, STACK_SIZE);
    pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
    err = pthread_create(&thread, &attr, coroutine_thread, co);
    pthread_attr_destroy(&attr);
    if (err) {
        fprintf(stderr, "no thread for a coroutine: %s\n", strerror(err));
        abort();
    }
    return &co->base;
}

void qemu_coroutine_delete(Coroutine *co_)
{
    CoroutineThread *co = DO_UPCAST(CoroutineThread, base, co_);

    co->exiting = true;
    co->tls = get_tls_base();
    hand_over_to(co);
}

CoroutineAction qemu_coroutine_switch(Coroutine *from_, Coroutine *to_,
                                      CoroutineAction action)
{
    CoroutineThread *from = DO_UPCAST(CoroutineThread, base, from_);
    CoroutineThread *to = DO_UPCAST(CoroutineThread, base, to_);

    set_current(to_);
    to->action = action;
    to->tls = get_tls_base();
    hand_over_to(to);
    wait_for_baton(from);
    set_tls_base(from->tls);
    return from->action;
}

Coroutine *qemu_coroutine_self(void)
{
    Coroutine *self = get_current();

    if (!self) {
        CoroutineThread *co = get_leader();

        if (!co) {
            co = g_new0(CoroutineThread, 1);
            set_leader(co);
        }
        self = &co->base;
        set_current(self);
    }
    return self;
}

bool qemu_in_coroutine(void)
{
    Coroutine *self = get_current();

    return self && self->caller;
}
