/*
 * Bootlink: leaving QEMU
 *
 * Emscripten's exit() runs the atexit() handlers on the thread that started
 * the module.  QEMU's want the big lock, which the thread that called exit()
 * may hold (a vCPU does when the guest ends through semihosting), and they
 * would wait for it for ever.  Here the handlers run where they do on any
 * other system: in the thread that calls exit().
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include <emscripten.h>

/* musl, src/exit/atexit.c */
void __funcs_on_exit(void);

_Noreturn void exit(int code)
{
    static int nobody;

    __funcs_on_exit();
    fflush(NULL);
    MAIN_THREAD_ASYNC_EM_ASM({ Module["onExit"]?.($0); }, code);
    /* Whoever started the module ends its workers, this one among them. */
    for (;;) {
        __builtin_wasm_memory_atomic_wait32(&nobody, 0, -1);
    }
}
