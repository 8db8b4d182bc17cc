/*
 * Bootlink: trace records of what a CPU does, in a ring per vCPU
 *
 * The record is that of src/inspect/events/layout.ts, the control block that
 * of src/engine/common/trace.ts: change both.  All words little-endian.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef BOOTLINK_TRACE_H
#define BOOTLINK_TRACE_H

#include "bootlink/ring.h"

#define BOOTLINK_TRACE_CPUS 64
#define BOOTLINK_TRACE_IMAGES 32

enum {
    BOOTLINK_TRACE_EXCEPTION = 1,
    BOOTLINK_TRACE_ARGUMENTS = 2,
    BOOTLINK_TRACE_RETURN = 3,
    BOOTLINK_TRACE_WORLD = 4,
    BOOTLINK_TRACE_GPF = 5,
    BOOTLINK_TRACE_GRANULE = 6,
    BOOTLINK_TRACE_MMU = 7,
    BOOTLINK_TRACE_IMAGE = 8,
    BOOTLINK_TRACE_INTERRUPT = 9,
    BOOTLINK_TRACE_WAIT = 10,
    BOOTLINK_TRACE_PSCI = 11,
    BOOTLINK_TRACE_RESET = 12,
    BOOTLINK_TRACE_SUMMARY = 13,
    BOOTLINK_TRACE_DROPPED = 14,
};

enum {
    BOOTLINK_TRACE_HAS_ICOUNT = 1 << 0,
    BOOTLINK_TRACE_CALL = 1 << 1,
    BOOTLINK_TRACE_VA = 1 << 2,
    BOOTLINK_TRACE_ENTRY = 1 << 3,
    BOOTLINK_TRACE_OLD = 1 << 4,
    BOOTLINK_TRACE_RESULT = 1 << 5,
};

typedef struct BootlinkTraceRecord {
    uint8_t kind;
    uint8_t flags;
    uint8_t from;
    uint8_t to;
    uint16_t cpu;
    uint16_t detail;
    union {
        struct {
            uint64_t time;
            uint64_t icount;
            uint64_t a, b, c, d, e;
        };
        uint64_t words[7];
    };
} BootlinkTraceRecord;

_Static_assert(sizeof(BootlinkTraceRecord) == 64, "layout shared with the page");

/*
 * Written by the page, at any time, except for @rings.  A change of @images
 * is followed by a change of @generation.
 */
typedef struct BootlinkTraceControl {
    uint32_t on;            /* tracing, 0 or 1 */
    uint32_t kinds;         /* bit n: records of kind n are wanted */
    uint32_t burst;         /* alike in a window and written; 0: all are */
    uint32_t window;        /* microseconds */
    uint32_t ring_size;     /* bytes, of rings made from now on; power of two */
    uint32_t generation;
    uint32_t image_count;
    uint32_t reserved;
    /* Bit n of [m]: from place m to place n is wanted; 4 * state + EL. */
    uint16_t pairs[16];
    /* Address of the BootlinkRing of a vCPU, from its first record on. */
    uint32_t rings[BOOTLINK_TRACE_CPUS];
    struct {
        uint64_t base;      /* physical address, of any address space */
        uint64_t size;
    } images[BOOTLINK_TRACE_IMAGES];
} BootlinkTraceControl;

_Static_assert(sizeof(BootlinkTraceControl) == 832,
               "layout shared with the page");

extern BootlinkTraceControl bootlink_trace;

typedef struct CPUState CPUState;

/*
 * Start a record: false if it is filtered out, or was only counted.  Called
 * by the thread of @cpu, or while that does not run.
 * @from, @to: places, 0 for none
 * @key: what a summary tells events by, besides kind and places; -1 if such
 *       events are never summarised
 * @pc: for a summary
 *
 * On success the header, time and icount of @record are set and the rest is 0.
 */
bool bootlink_trace_begin(CPUState *cpu, BootlinkTraceRecord *record, int kind,
                          uint8_t from, uint8_t to, int64_t key, uint64_t pc);

/*
 * INTID of the highest priority interrupt that a GICv2 signals to a vCPU, or
 * -1: there is none, or no single GICv2.  @virtual: of the hypervisor's guest.
 */
int64_t bootlink_gicv2_pending(int cpu, bool virtual);

/* Write @count records that belong together, all or none. */
void bootlink_trace_write(CPUState *cpu, const BootlinkTraceRecord *records,
                          int count);

#endif
