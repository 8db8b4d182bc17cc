/*
 * Bootlink: the table of channels that the page has claimed
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qemu/host-utils.h"
#include "bootlink/channel.h"
#include <emscripten/em_macros.h>

#define MAX_CHANNELS 32
#define MAX_NAME 32

static struct {
    char name[MAX_NAME];
    BootlinkChannel channel;
} channels[MAX_CHANNELS];

BootlinkChannel *bootlink_channel_find(const char *name)
{
    for (int i = 0; i < MAX_CHANNELS; i++) {
        if (channels[i].channel.state && !strcmp(channels[i].name, name)) {
            return &channels[i].channel;
        }
    }
    return NULL;
}

static bool ring_init(BootlinkRing *ring, uint32_t size)
{
    void *data = is_power_of_2(size) ? malloc(size) : NULL;

    *ring = (BootlinkRing) { .size = size, .data = (uintptr_t)data };
    return data != NULL;
}

/* Called from JavaScript only. */
uint32_t bootlink_channel(uint32_t name, uint32_t out_size,
                          uint32_t in_size, uint32_t flags);

/*
 * Called by the engine worker before main(): claim a channel.
 * @name: address of a NUL-terminated name, under 32 bytes, not yet claimed
 * @out_size, @in_size: ring sizes in bytes, powers of two
 * @flags: BOOTLINK_CHANNEL_*
 *
 * Returns the address of the BootlinkChannel, or 0 if the name or a size is
 * bad, or there is no room.
 */
EMSCRIPTEN_KEEPALIVE
uint32_t bootlink_channel(uint32_t name, uint32_t out_size,
                          uint32_t in_size, uint32_t flags)
{
    const char *id = (const char *)(uintptr_t)name;

    if (strlen(id) >= MAX_NAME || bootlink_channel_find(id)) {
        return 0;
    }
    for (int i = 0; i < MAX_CHANNELS; i++) {
        BootlinkChannel *channel = &channels[i].channel;

        if (channel->state) {
            continue;
        }
        if (!ring_init(&channel->out, out_size) ||
            !ring_init(&channel->in, in_size)) {
            return 0;
        }
        strcpy(channels[i].name, id);
        channel->flags = flags;
        channel->state = BOOTLINK_CHANNEL_CLAIMED;
        return (uintptr_t)channel;
    }
    return 0;
}
