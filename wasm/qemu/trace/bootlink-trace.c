/*
 * Bootlink: the rings of trace records, and what keeps them small
 *
 * A vCPU is the only producer of its ring and the page its only consumer; a
 * full ring loses records and counts them, so no vCPU ever waits.  Events that
 * are alike (kind, places, key) are written up to control.burst times in a
 * window of guest time and counted from there on; the count is written when
 * the window is over.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "qemu/atomic.h"
#include "qemu/host-utils.h"
#include "hw/core/cpu.h"
#include "qemu/seqlock.h"
#include "qemu/thread.h"
#include "qemu/timer.h"
#include "system/cpu-timers.h"
#include "system/cpu-timers-internal.h"
#include "bootlink/trace.h"
#include <emscripten/em_macros.h>

#define ALIKE 32            /* kinds of events told apart in a window */
#define PROBES 8
#define KEY_MASK MAKE_64BIT_MASK(0, 40)

typedef struct Alike {
    uint64_t key;           /* 0 if unused */
    uint64_t pc;
    uint32_t seen;
    uint32_t counted;
} Alike;

typedef struct TraceCpu {
    BootlinkRing ring;
    uint64_t lost;          /* since the last dropped record */
    uint64_t lost_total;
    int64_t window_start;
    int64_t window_end;
    bool any;               /* an entry of @alike is in use */
    Alike alike[ALIKE];
} TraceCpu;

BootlinkTraceControl bootlink_trace = {
    .kinds = UINT32_MAX,
    .burst = 8,
    .window = 1000,
    .ring_size = 1 << 20,
    .pairs = { [0 ... 15] = UINT16_MAX },
};

static TraceCpu *cpus[BOOTLINK_TRACE_CPUS];

/* Called from JavaScript only. */
uint32_t bootlink_trace_control(void);

EMSCRIPTEN_KEEPALIVE
uint32_t bootlink_trace_control(void)
{
    return (uintptr_t)&bootlink_trace;
}

static TraceCpu *trace_cpu(CPUState *cpu)
{
    int index = cpu->cpu_index;
    uint32_t size = qatomic_read(&bootlink_trace.ring_size);
    TraceCpu *t;

    if (index < 0 || index >= BOOTLINK_TRACE_CPUS) {
        return NULL;
    }
    t = cpus[index];
    if (likely(t)) {
        return t->ring.size ? t : NULL;
    }
    t = g_new0(TraceCpu, 1);
    if (is_power_of_2(size) && size >= 4 * sizeof(BootlinkTraceRecord)) {
        void *data = malloc(size);

        t->ring = (BootlinkRing) { .size = data ? size : 0,
                                   .data = (uintptr_t)data };
    }
    cpus[index] = t;
    if (t->ring.size) {
        qatomic_set(&bootlink_trace.rings[index], (uintptr_t)&t->ring);
        return t;
    }
    return NULL;
}

/*
 * Guest time.  Like icount_get(), which must not be called here: it wants to
 * be at the end of a TB, and moves the count.  Inside of a TB the count is
 * that of the TB's end.
 */
static int64_t now(CPUState *cpu, int64_t *icount)
{
    int64_t raw, ns;
    unsigned start;

    if (!icount_enabled()) {
        *icount = 0;
        return qemu_clock_get_ns(QEMU_CLOCK_VIRTUAL);
    }
    do {
        start = seqlock_read_begin(&timers_state.vm_clock_seqlock);
        raw = qatomic_read_i64(&timers_state.qemu_icount);
        if (cpu == current_cpu && cpu->running) {
            raw += cpu->icount_budget -
                   (cpu->neg.icount_decr.u16.low + cpu->icount_extra);
        }
        ns = qatomic_read_i64(&timers_state.qemu_icount_bias) +
             icount_to_ns(raw);
    } while (seqlock_read_retry(&timers_state.vm_clock_seqlock, start));
    *icount = raw;
    return ns;
}

static void put(TraceCpu *t, const BootlinkTraceRecord *records, int count)
{
    uint32_t bytes = count * sizeof(*records);

    if (t->lost) {
        BootlinkTraceRecord dropped = {
            .kind = BOOTLINK_TRACE_DROPPED, .cpu = records->cpu,
            .time = records->time, .icount = records->icount,
            .flags = records->flags & BOOTLINK_TRACE_HAS_ICOUNT,
            .a = t->lost, .b = t->lost_total,
        };

        if (bootlink_ring_space(&t->ring) < bytes + sizeof(dropped)) {
            t->lost += count;
            t->lost_total += count;
            t->ring.dropped += bytes;
            return;
        }
        bootlink_ring_write(&t->ring, (void *)&dropped, sizeof(dropped));
        t->lost = 0;
    } else if (bootlink_ring_space(&t->ring) < bytes) {
        t->lost = count;
        t->lost_total += count;
        t->ring.dropped += bytes;
        return;
    }
    bootlink_ring_write(&t->ring, (const void *)records, bytes);
}

static void summarise(CPUState *cpu, TraceCpu *t, Alike *alike, int64_t time,
                      int64_t icount)
{
    /* Packed by alike_key(): kind, from, to, then 40 bits of key. */
    BootlinkTraceRecord r = {
        .kind = BOOTLINK_TRACE_SUMMARY,
        .flags = icount_enabled() ? BOOTLINK_TRACE_HAS_ICOUNT : 0,
        .detail = alike->key >> 56,
        .from = alike->key >> 48,
        .to = alike->key >> 40,
        .cpu = cpu->cpu_index,
        .time = time, .icount = icount,
        .a = alike->counted, .b = t->window_start,
        .c = alike->key & KEY_MASK, .d = alike->pc,
    };

    if (r.c == KEY_MASK) {
        r.c = UINT64_MAX;       /* an INTID that is not known */
    }
    if (!r.to) {
        r.to = r.from;          /* a wait leads nowhere */
    }

    put(t, &r, 1);
}

static uint64_t alike_key(int kind, uint8_t from, uint8_t to, int64_t key)
{
    return (uint64_t)kind << 56 | (uint64_t)from << 48 | (uint64_t)to << 40 |
           (key & KEY_MASK);
}

static void next_window(CPUState *cpu, TraceCpu *t, int64_t time,
                        int64_t icount)
{
    if (t->any) {
        for (int i = 0; i < ALIKE; i++) {
            if (t->alike[i].counted) {
                summarise(cpu, t, &t->alike[i], MIN(time, t->window_end),
                          icount);
            }
        }
        memset(t->alike, 0, sizeof(t->alike));
        t->any = false;
    }
    t->window_start = time;
    t->window_end = time + bootlink_trace.window * 1000LL;
}

/* True if the event was counted and is not to be written. */
static bool count(CPUState *cpu, TraceCpu *t, uint64_t key, uint64_t pc,
                  int64_t time, int64_t icount)
{
    uint32_t at = (key * 0x9e3779b97f4a7c15ull) >> 59;
    Alike *alike = NULL;

    for (int i = 0; i < PROBES; i++) {
        alike = &t->alike[(at + i) % ALIKE];
        if (alike->key == key || !alike->key) {
            break;
        }
    }
    if (alike->key != key) {
        if (alike->counted) {
            summarise(cpu, t, alike, time, icount);
        }
        *alike = (Alike) { .key = key };
        t->any = true;
    }
    if (alike->seen < bootlink_trace.burst) {
        alike->seen++;
        return false;
    }
    alike->counted++;
    alike->pc = pc;
    return true;
}

static int pair_index(uint8_t place)
{
    return place & 15;      /* 4 * state + EL, as in a place */
}

bool bootlink_trace_begin(CPUState *cpu, BootlinkTraceRecord *record, int kind,
                          uint8_t from, uint8_t to, int64_t key, uint64_t pc)
{
    TraceCpu *t;
    int64_t time, icount;

    if (!(bootlink_trace.kinds >> kind & 1) ||
        !(bootlink_trace.pairs[pair_index(from ? from : to)] >>
          pair_index(to ? to : from) & 1)) {
        return false;
    }
    t = trace_cpu(cpu);
    if (!t) {
        return false;
    }
    time = now(cpu, &icount);
    /* The clock starts again when a machine is loaded from a snapshot. */
    if (time >= t->window_end || time < t->window_start) {
        next_window(cpu, t, time, icount);
    }
    if (key >= 0 && bootlink_trace.burst &&
        count(cpu, t, alike_key(kind, from, to, key), pc, time, icount)) {
        return false;
    }
    *record = (BootlinkTraceRecord) {
        .kind = kind,
        .flags = icount_enabled() ? BOOTLINK_TRACE_HAS_ICOUNT : 0,
        .from = from, .to = to,
        .cpu = cpu->cpu_index,
        .time = time, .icount = icount,
    };
    return true;
}

void bootlink_trace_write(CPUState *cpu, const BootlinkTraceRecord *records,
                          int count)
{
    put(cpus[cpu->cpu_index], records, count);
}
