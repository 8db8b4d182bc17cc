/*
 * Bootlink: channels, the pair of rings behind a console, QMP or a monitor
 *
 * The page claims a channel by name before QEMU starts; the chardev whose id
 * is that name opens it.  Layout: src/engine/common/channel.ts.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef BOOTLINK_CHANNEL_H
#define BOOTLINK_CHANNEL_H

#include "bootlink/ring.h"

enum {
    BOOTLINK_CHANNEL_CLAIMED = 1,
    BOOTLINK_CHANNEL_OPEN = 2,
    BOOTLINK_CHANNEL_CLOSED = 3,
};

/*
 * A full output ring drops bytes and counts them, so that no vCPU ever waits
 * for the page.  Without it the front end is told to wait (QMP, monitor).
 */
#define BOOTLINK_CHANNEL_LOSSY 1

typedef struct BootlinkChannel {
    uint32_t state;
    uint32_t flags;
    uint32_t reserved[2];
    BootlinkRing out;   /* QEMU -> page, at byte 16 */
    BootlinkRing in;    /* page -> QEMU, at byte 40 */
} BootlinkChannel;

_Static_assert(sizeof(BootlinkChannel) == 64, "layout shared with the page");

/* The channel claimed under @name, or NULL. */
BootlinkChannel *bootlink_channel_find(const char *name);

#endif
