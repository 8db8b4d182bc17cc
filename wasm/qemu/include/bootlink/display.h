/*
 * Bootlink: where the machine's picture lies, for the page to read
 *
 * The page copies pixels out of shared memory by itself; nothing in QEMU
 * waits for it.  Layout: src/engine/common/display.ts.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef BOOTLINK_DISPLAY_H
#define BOOTLINK_DISPLAY_H

#define BOOTLINK_DISPLAY_PLACEHOLDER 1  /* QEMU's own words, not the guest's */

typedef struct BootlinkDisplay {
    uint32_t consoles;      /* graphic consoles; the first of them is shown */
    uint32_t sequence;      /* odd while what follows up to @flags is written */
    uint32_t width;
    uint32_t height;
    uint32_t stride;        /* in bytes */
    uint32_t format;        /* pixman's code */
    uint32_t data;          /* address of the first row */
    uint32_t flags;
    uint32_t damage;        /* counts changes of the picture */
    uint32_t interval;      /* by the page: ms between looks, 0 for none */
} BootlinkDisplay;

_Static_assert(sizeof(BootlinkDisplay) == 40, "layout shared with the page");

#endif
