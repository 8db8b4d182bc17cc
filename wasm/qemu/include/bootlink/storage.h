/*
 * Bootlink: disk images that the page's storage worker keeps
 *
 * Requests go through a mailbox in shared memory.  The layout is that of
 * src/storage/common/mailbox.ts, its twin: change both.  A slot is the
 * driver's while its state is FREE or DONE, and the worker's in between.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef BOOTLINK_STORAGE_H
#define BOOTLINK_STORAGE_H

#include <stdbool.h>
#include <stdint.h>

#define BOOTLINK_STORAGE_SLOTS 64

enum {
    BOOTLINK_SLOT_FREE = 0,
    BOOTLINK_SLOT_REQUEST = 1,
    BOOTLINK_SLOT_BUSY = 2,
    BOOTLINK_SLOT_DONE = 3,
};

enum {
    BOOTLINK_STORAGE_READ = 1,
    BOOTLINK_STORAGE_WRITE = 2,
    BOOTLINK_STORAGE_FLUSH = 3,
    BOOTLINK_STORAGE_ZERO = 4,
};

typedef struct BootlinkSlot {
    uint32_t state;
    uint32_t operation;
    uint32_t offset_low;
    uint32_t offset_high;
    uint32_t length;
    uint32_t buffer;    /* address of the bytes */
    int32_t result;     /* 0 or -errno */
    uint32_t reserved;
} BootlinkSlot;

typedef struct BootlinkMailbox {
    uint32_t doorbell;  /* goes up with every request; the worker waits on it */
    uint32_t n_slots;
    uint32_t event;     /* address of the event word that wakes the driver */
    uint32_t closed;    /* the worker has stopped serving */
    BootlinkSlot slots[BOOTLINK_STORAGE_SLOTS];
} BootlinkMailbox;

_Static_assert(sizeof(BootlinkSlot) == 32, "layout shared with the page");
_Static_assert(offsetof(BootlinkMailbox, slots) == 16,
               "layout shared with the page");

typedef struct BootlinkStorage {
    char name[64];      /* empty: this entry is not taken */
    uint64_t size;
    bool read_only;
    bool open;
    BootlinkMailbox mailbox;
} BootlinkStorage;

/* The image that the page announced under @name, or NULL. */
BootlinkStorage *bootlink_storage_find(const char *name);

#endif
