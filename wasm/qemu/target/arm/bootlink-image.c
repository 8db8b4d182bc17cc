/*
 * Bootlink: which image a TB is the first to run code of
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "cpu.h"
#include "exec/exec-all.h"
#include "exec/cpu-common.h"
#include "exec/address-spaces.h"
#include "exec/memory.h"
#include "bootlink-trace.h"

/*
 * Images: where they lie in QEMU's RAM, since a TB knows where it lies there.
 * The same physical address can be other memory in the Secure address space.
 */
static struct {
    ram_addr_t start[2], end[2];
    bool begun;
} images[BOOTLINK_TRACE_IMAGES];
static unsigned image_count;
static uint32_t image_generation;
static int image_lock;

static void find_image(CPUState *cs, int i)
{
    int spaces = MIN(cs->num_ases, 2);

    memset(&images[i], 0, sizeof(images[i]));
    for (int s = 0; s < spaces; s++) {
        hwaddr at, len = bootlink_trace.images[i].size;
        MemoryRegion *mr;

        RCU_READ_LOCK_GUARD();
        mr = address_space_translate(cpu_get_address_space(cs, s),
                                     bootlink_trace.images[i].base, &at, &len,
                                     false, MEMTXATTRS_UNSPECIFIED);
        if (memory_region_is_ram(mr) || memory_region_is_romd(mr)) {
            images[i].start[s] = memory_region_get_ram_addr(mr) + at;
            images[i].end[s] = images[i].start[s] + len;
        }
    }
}

/* The page has named other images since: look for them once. */
static void find_images(CPUState *cs)
{
    uint32_t generation = qatomic_read(&bootlink_trace.generation);

    if (generation != qatomic_read(&image_generation) &&
        !qatomic_xchg(&image_lock, 1)) {
        image_count = MIN(bootlink_trace.image_count, BOOTLINK_TRACE_IMAGES);
        for (int i = 0; i < image_count; i++) {
            find_image(cs, i);
        }
        qatomic_set(&image_generation, generation);
        qatomic_set(&image_lock, 0);
    }
}

static bool holds(int i, ram_addr_t at)
{
    return (at >= images[i].start[0] && at < images[i].end[0]) ||
           (at >= images[i].start[1] && at < images[i].end[1]);
}

int bootlink_image_begun(CPUState *cs, ram_addr_t at, int after)
{
    if (after < 0) {
        find_images(cs);
    }
    for (int i = after + 1; i < image_count; i++) {
        if (!images[i].begun && holds(i, at)) {
            images[i].begun = true;
            return i;
        }
    }
    return -1;
}
