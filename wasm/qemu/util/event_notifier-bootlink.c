/*
 * Event notifiers on Bootlink's events
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qemu/event_notifier.h"
#include "qemu/main-loop.h"
#include "bootlink/events.h"

int event_notifier_init(EventNotifier *e, int active)
{
    int fd = bootlink_event_new();

    if (fd < 0) {
        return -errno;
    }
    e->rfd = e->wfd = fd;
    e->initialized = true;
    if (active) {
        event_notifier_set(e);
    }
    return 0;
}

void event_notifier_cleanup(EventNotifier *e)
{
    if (!e->initialized) {
        return;
    }
    bootlink_event_free(e->rfd);
    e->rfd = e->wfd = -1;
    e->initialized = false;
}

int event_notifier_get_fd(const EventNotifier *e)
{
    return e->rfd;
}

int event_notifier_get_wfd(const EventNotifier *e)
{
    return e->wfd;
}

int event_notifier_set(EventNotifier *e)
{
    if (!e->initialized) {
        return -1;
    }
    bootlink_event_set(e->wfd);
    return 0;
}

int event_notifier_test_and_clear(EventNotifier *e)
{
    return e->initialized && bootlink_event_clear(e->rfd);
}
