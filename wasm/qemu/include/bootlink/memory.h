/*
 * Bootlink: large blocks of memory that cost nothing until touched
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef BOOTLINK_MEMORY_H
#define BOOTLINK_MEMORY_H

#include <stddef.h>

/*
 * @size bytes of zeroes, aligned to @align (a power of two), or NULL.  For
 * the life of the process: there is no way to give it back.
 */
void *bootlink_reserve(size_t size, size_t align);

#endif
