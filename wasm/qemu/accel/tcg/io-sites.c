/*
 * Bootlink: instructions that were seen to access a device.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "qemu/atomic.h"
#include "io-sites.h"

#define SITES 4096
#define PROBES 4

/* 0: free.  Places are taken by compare and swap, and given back together. */
static uint64_t sites[SITES + PROBES];

static uint64_t *first_place(vaddr pc)
{
    return &sites[(pc >> 2 ^ pc >> 14) % SITES];
}

bool io_sites_add(vaddr pc)
{
    uint64_t *place = first_place(pc);

    for (int i = 0; pc && i < PROBES; i++) {
        uint64_t was = qatomic_cmpxchg(&place[i], 0, pc);

        if (!was || was == pc) {
            return true;
        }
    }
    return false;
}

bool io_sites_has(vaddr pc)
{
    uint64_t *place = first_place(pc);

    for (int i = 0; i < PROBES; i++) {
        uint64_t site = qatomic_read(&place[i]);

        if (!site) {
            return false;
        }
        if (site == pc) {
            return true;
        }
    }
    return false;
}

void io_sites_clear(void)
{
    memset(sites, 0, sizeof(sites));
}
