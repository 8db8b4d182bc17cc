/*
 * Bootlink: a character device whose other end is the page
 *
 * -chardev bootlink,id=NAME joins the channel that the page has claimed
 * under NAME.  Bytes go through two rings in shared memory; see
 * include/bootlink/channel.h.  The main loop is woken by an event when input
 * has come, or when the page has made room for more output.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qemu/main-loop.h"
#include "qemu/module.h"
#include "qapi/error.h"
#include "chardev/char.h"
#include "chardev/char-fe.h"
#include "bootlink/channel.h"
#include "bootlink/events.h"

#define TYPE_CHARDEV_BOOTLINK "chardev-bootlink"
OBJECT_DECLARE_SIMPLE_TYPE(BootlinkChardev, CHARDEV_BOOTLINK)

struct BootlinkChardev {
    Chardev parent;
    BootlinkChannel *channel;
    int input_event;
    int room_event;
};

static int bootlink_chr_write(Chardev *chr, const uint8_t *buf, int len)
{
    BootlinkChannel *channel = CHARDEV_BOOTLINK(chr)->channel;
    uint32_t written = bootlink_ring_write(&channel->out, buf, len);

    __builtin_wasm_memory_atomic_notify((int *)&channel->out.head, -1);
    if (channel->flags & BOOTLINK_CHANNEL_LOSSY) {
        qatomic_add(&channel->out.dropped, len - written);
        return len;
    }
    if (written == 0 && len > 0) {
        errno = EAGAIN;
        return -1;
    }
    return written;
}

/* ---- the watch that a front end sets when write() took less than it had */

typedef struct RoomSource {
    GSource parent;
    BootlinkChardev *chr;
} RoomSource;

static gboolean room_source_ready(GSource *source)
{
    BootlinkChardev *s = ((RoomSource *)source)->chr;

    bootlink_event_clear(s->room_event);
    return bootlink_ring_space(&s->channel->out) > 0;
}

static gboolean room_source_prepare(GSource *source, gint *timeout)
{
    *timeout = -1;
    return room_source_ready(source);
}

static gboolean room_source_dispatch(GSource *source, GSourceFunc callback,
                                     gpointer opaque)
{
    FEWatchFunc func = (FEWatchFunc)callback;

    return func(NULL, G_IO_OUT, opaque);
}

static GSourceFuncs room_source_funcs = {
    .prepare = room_source_prepare,
    .check = room_source_ready,
    .dispatch = room_source_dispatch,
};

static GSource *bootlink_chr_add_watch(Chardev *chr, GIOCondition cond)
{
    BootlinkChardev *s = CHARDEV_BOOTLINK(chr);
    GSource *source = g_source_new(&room_source_funcs, sizeof(RoomSource));

    ((RoomSource *)source)->chr = s;
    g_source_add_unix_fd(source, s->room_event, G_IO_IN);
    return source;
}

/* ---- input */

static void bootlink_chr_input(void *opaque)
{
    Chardev *chr = opaque;
    BootlinkChardev *s = CHARDEV_BOOTLINK(chr);
    uint8_t buf[CHR_READ_BUF_LEN];
    int room;

    bootlink_event_clear(s->input_event);
    while (bootlink_ring_used(&s->channel->in) > 0) {
        room = qemu_chr_be_can_write(chr);
        if (room <= 0) {
            /* chr_accept_input() sets the event again */
            return;
        }
        room = bootlink_ring_read(&s->channel->in, buf,
                                  MIN(room, sizeof(buf)));
        qemu_chr_be_write(chr, buf, room);
    }
}

static void bootlink_chr_accept_input(Chardev *chr)
{
    BootlinkChardev *s = CHARDEV_BOOTLINK(chr);

    if (bootlink_ring_used(&s->channel->in) > 0) {
        bootlink_event_set(s->input_event);
    }
}

/* ---- life */

static void bootlink_chr_open(Chardev *chr, ChardevBackend *backend,
                              bool *be_opened, Error **errp)
{
    BootlinkChardev *s = CHARDEV_BOOTLINK(chr);
    BootlinkChannel *channel = bootlink_channel_find(chr->label);

    if (!channel) {
        error_setg(errp, "the page has no console named '%s'", chr->label);
        return;
    }
    if (channel->state == BOOTLINK_CHANNEL_OPEN) {
        error_setg(errp, "console '%s' is in use by another chardev",
                   chr->label);
        return;
    }

    s->input_event = bootlink_event_new();
    s->room_event = bootlink_event_new();
    if (s->input_event < 0 || s->room_event < 0) {
        error_setg_errno(errp, errno, "console '%s'", chr->label);
        return;
    }
    s->channel = channel;
    channel->in.event = (uintptr_t)bootlink_event_word(s->input_event);
    channel->out.event = (uintptr_t)bootlink_event_word(s->room_event);
    qemu_set_fd_handler(s->input_event, bootlink_chr_input, NULL, chr);
    qatomic_set(&channel->state, BOOTLINK_CHANNEL_OPEN);
    /* Bytes typed before QEMU came up are waiting. */
    bootlink_event_set(s->input_event);
    *be_opened = true;
}

static void bootlink_chr_finalize(Object *obj)
{
    BootlinkChardev *s = CHARDEV_BOOTLINK(obj);

    if (!s->channel) {
        return;
    }
    qemu_set_fd_handler(s->input_event, NULL, NULL, NULL);
    s->channel->in.event = s->channel->out.event = 0;
    bootlink_event_free(s->input_event);
    bootlink_event_free(s->room_event);
    qatomic_set(&s->channel->state, BOOTLINK_CHANNEL_CLOSED);
}

static void bootlink_chr_class_init(ObjectClass *oc, void *data)
{
    ChardevClass *cc = CHARDEV_CLASS(oc);

    cc->open = bootlink_chr_open;
    cc->chr_write = bootlink_chr_write;
    cc->chr_add_watch = bootlink_chr_add_watch;
    cc->chr_accept_input = bootlink_chr_accept_input;
}

static const TypeInfo bootlink_chr_info = {
    .name = TYPE_CHARDEV_BOOTLINK,
    .parent = TYPE_CHARDEV,
    .instance_size = sizeof(BootlinkChardev),
    .instance_finalize = bootlink_chr_finalize,
    .class_init = bootlink_chr_class_init,
};

static void bootlink_chr_register(void)
{
    type_register_static(&bootlink_chr_info);
}

type_init(bootlink_chr_register);
