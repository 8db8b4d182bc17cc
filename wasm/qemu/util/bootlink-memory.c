/*
 * Bootlink: large blocks of memory that cost nothing until touched
 *
 * Emscripten's mmap() is malloc() followed by memset(), which would make the
 * browser back every page of guest RAM with real memory.  WebAssembly memory
 * is zero when new and backed when touched, so blocks for RAM, flash and the
 * translation buffer come straight from sbrk().
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "bootlink/memory.h"

void *bootlink_reserve(size_t size, size_t align)
{
    void *p = sbrk(size + align);

    if (p == (void *)-1) {
        errno = ENOMEM;
        return NULL;
    }
    return (void *)ROUND_UP((uintptr_t)p, align);
}
