/*
 * Bootlink: what changed in the granule protection table
 *
 * The GPT lies in guest memory and QEMU reads it anew on each TLB miss, so
 * nothing tells of a write to it.  Software must follow a change with a TLBI
 * by PA (Arm ARM D9.4, "GPT caching"): then the part of the table that it
 * names is compared with what was last seen.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "cpu.h"
#include "internals.h"
#include "qemu/thread.h"
#include "exec/address-spaces.h"
#include "exec/memory.h"
#include "bootlink-trace.h"

#define GPI_UNKNOWN 0xff        /* never seen, or the entry is not valid */
#define MAX_L0 1024             /* regions looked at: 1 TiB with 1 GiB each */

/* GPT entries (Arm ARM D9.3): the type of a level 0 or 1 entry. */
#define ENTRY_BLOCK 1           /* level 0: block; level 1: contiguous */
#define ENTRY_TABLE 3

typedef struct Geometry {
    hwaddr table;               /* of level 0 */
    unsigned pps, pgs, l0;      /* bits: of PA, of a granule, of a region */
} Geometry;

/* As in granule_protection_check() of ptw.c; false: no valid configuration. */
static bool geometry(CPUARMState *env, Geometry *g)
{
    static const uint8_t pps_bits[] = { 32, 36, 40, 42, 44, 48, 52 };
    static const uint8_t pgs_bits[] = { 12, 16, 14, 0 };
    uint64_t gpccr = env->cp15.gpccr_el3;
    unsigned pps = FIELD_EX64(gpccr, GPCCR, PPS);
    unsigned align;

    if (!FIELD_EX64(gpccr, GPCCR, GPC) || pps >= ARRAY_SIZE(pps_bits)) {
        return false;
    }
    g->pps = pps_bits[pps];
    g->pgs = pgs_bits[FIELD_EX64(gpccr, GPCCR, PGS)];
    g->l0 = 30 + FIELD_EX64(gpccr, GPCCR, L0GPTSZ);
    if (!g->pgs) {
        return false;
    }
    align = g->pps > g->l0 ? MAX(g->pps - g->l0 + 3, 12) : 12;
    g->table = (env->cp15.gptbr_el3 << 12) & ~MAKE_64BIT_MASK(0, align);
    return true;
}

/* Read GPT memory, which lies in Root physical address space. */
static bool read_gpt(CPUARMState *env, hwaddr at, uint64_t *entries,
                     unsigned count)
{
    MemTxAttrs attrs = { .secure = true, .space = ARMSS_Root };
    AddressSpace *as = arm_addressspace(env_cpu(env), attrs);

    if (address_space_read(as, at, attrs, entries, count * 8) != MEMTX_OK) {
        return false;
    }
    for (unsigned i = 0; i < count; i++) {
        entries[i] = le64_to_cpu(entries[i]);
    }
    return true;
}

static hwaddr level1(const Geometry *g, uint64_t l0_entry)
{
    unsigned align = MAX(g->l0 - g->pgs - 1, 12);

    return l0_entry & ~0xfull & ~MAKE_64BIT_MASK(0, align);
}

static uint8_t gpi_of(uint64_t entry, unsigned index)
{
    if ((entry & 0xf) == ENTRY_BLOCK) {
        return extract64(entry, 4, 4);
    }
    return extract64(entry, index * 4, 4);
}

bool bootlink_gpt_entry(CPUARMState *env, uint64_t pa, uint64_t *entry,
                        int *gpi)
{
    Geometry g;

    if (!geometry(env, &g) || pa >> g.pps ||
        !read_gpt(env, g.table + (pa >> g.l0) * 8, entry, 1)) {
        return false;
    }
    if ((*entry & 0xf) == ENTRY_TABLE) {
        uint64_t index = extract64(pa, g.pgs + 4, g.l0 - g.pgs - 4);

        if (!read_gpt(env, level1(&g, *entry) + index * 8, entry, 1)) {
            return false;
        }
    }
    *gpi = gpi_of(*entry, extract64(pa, g.pgs, 4));
    return true;
}

/* What was last seen: one entry a region, and its level 1 table if it has. */
static struct {
    uint64_t entry;
    uint64_t *level1;
    bool seen;
} shadow[MAX_L0];
static Geometry shadow_geometry;
static unsigned changes;
static int lock;

unsigned bootlink_gpt_changes(void)
{
    return qatomic_read(&changes);
}

/* Granules next to each other that changed alike become one record. */
typedef struct Run {
    CPUARMState *env;
    uint64_t base, size, entry, old_entry, pc;
    uint8_t gpi, old_gpi, place;
    int cause;
} Run;

static void end_run(Run *run)
{
    BootlinkTraceRecord r;

    if (!run->size) {
        return;
    }
    qatomic_inc(&changes);
    if (bootlink_trace_begin(env_cpu(run->env), &r, BOOTLINK_TRACE_GRANULE,
                             run->place, 0, -1, 0)) {
        r.detail = run->gpi | run->cause << 8;
        if (run->old_gpi != GPI_UNKNOWN) {
            r.flags |= BOOTLINK_TRACE_OLD;
            r.detail |= run->old_gpi << 4;
            r.d = run->old_entry;
        }
        r.a = run->base;
        r.b = run->size;
        r.c = run->entry;
        r.e = run->pc;
        bootlink_trace_write(env_cpu(run->env), &r, 1);
    }
    run->size = 0;
}

static void add(Run *run, uint64_t base, uint64_t size, uint8_t gpi,
                uint8_t old_gpi, uint64_t entry, uint64_t old_entry)
{
    if (gpi == old_gpi) {
        return;
    }
    if (run->size && run->base + run->size == base && run->gpi == gpi &&
        run->old_gpi == old_gpi) {
        run->size += size;
        return;
    }
    end_run(run);
    run->base = base;
    run->size = size;
    run->gpi = gpi;
    run->old_gpi = old_gpi;
    run->entry = entry;
    run->old_entry = old_entry;
}

/* Level 1 entries [@first, @last] of the region at @base. */
static void compare_level1(const Geometry *g, Run *run, unsigned region,
                           uint64_t base, hwaddr table, unsigned first,
                           unsigned last)
{
    uint64_t block[64];
    uint64_t *old = shadow[region].level1;
    bool fresh = !old;
    uint64_t l0_old = shadow[region].entry;
    bool was_block = shadow[region].seen &&
                     (l0_old & 0xf) == ENTRY_BLOCK;

    if (fresh) {
        /* The whole table is new to us, whatever part was named. */
        first = 0;
        last = (1u << (g->l0 - g->pgs - 4)) - 1;
        old = g_new0(uint64_t, last + 1);
    }
    for (unsigned i = first; i <= last; i += ARRAY_SIZE(block)) {
        unsigned n = MIN(ARRAY_SIZE(block), last - i + 1);

        if (!read_gpt(run->env, table + i * 8ull, block, n)) {
            break;
        }
        for (unsigned k = 0; k < n; k++) {
            uint64_t e = block[k], was = old[i + k];

            if (!fresh && e == was) {
                continue;
            }
            for (unsigned sub = 0; sub < 16; sub++) {
                uint8_t then = !fresh ? gpi_of(was, sub)
                             : was_block ? gpi_of(l0_old, 0) : GPI_UNKNOWN;

                add(run, base + (((i + k) * 16ull + sub) << g->pgs),
                    1ull << g->pgs, gpi_of(e, sub), then, e,
                    fresh ? l0_old : was);
            }
            old[i + k] = e;
        }
    }
    shadow[region].level1 = old;
}

static void compare_region(const Geometry *g, Run *run, unsigned region,
                           uint64_t from, uint64_t to)
{
    uint64_t base = (uint64_t)region << g->l0, size = 1ull << g->l0, entry;

    if (!read_gpt(run->env, g->table + region * 8ull, &entry, 1)) {
        return;
    }
    if ((entry & 0xf) == ENTRY_TABLE) {
        unsigned shift = g->pgs + 4;

        if (shadow[region].seen && entry != shadow[region].entry) {
            g_clear_pointer(&shadow[region].level1, g_free);
        }
        compare_level1(g, run, region, base, level1(g, entry),
                       (MAX(from, base) - base) >> shift,
                       (MIN(to, base + size - 1) - base) >> shift);
    } else if (!shadow[region].seen || entry != shadow[region].entry) {
        uint64_t was = shadow[region].entry;
        bool old = shadow[region].seen && (was & 0xf) == ENTRY_BLOCK;

        if ((entry & 0xf) == ENTRY_BLOCK) {
            add(run, base, size, gpi_of(entry, 0),
                old ? gpi_of(was, 0) : GPI_UNKNOWN, entry, was);
        }
        g_clear_pointer(&shadow[region].level1, g_free);
    }
    shadow[region].entry = entry;
    shadow[region].seen = true;
}

void bootlink_gpt_changed(CPUARMState *env, uint8_t place, int cause,
                          uint64_t base, uint64_t size, uint64_t pc)
{
    Run run = { .env = env, .place = place, .cause = cause, .pc = pc };
    Geometry g;
    uint64_t last = base + size - 1;

    if (!geometry(env, &g)) {
        return;
    }
    last = MIN(last < base ? UINT64_MAX : last, (1ull << g.pps) - 1);
    while (qatomic_xchg(&lock, 1)) {
        /* two vCPUs that both change the GPT: a firmware takes a lock */
    }
    if (memcmp(&g, &shadow_geometry, sizeof(g))) {
        for (int i = 0; i < MAX_L0; i++) {
            g_free(shadow[i].level1);
        }
        memset(shadow, 0, sizeof(shadow));
        shadow_geometry = g;
    }
    for (uint64_t r = base >> g.l0; r <= last >> g.l0 && r < MAX_L0; r++) {
        compare_region(&g, &run, r, base, last);
    }
    end_run(&run);
    qatomic_set(&lock, 0);
}
