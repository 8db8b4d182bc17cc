/*
 * Bootlink: events that wake QEMU's pollers, and the poll() that knows them
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef BOOTLINK_EVENTS_H
#define BOOTLINK_EVENTS_H

#include <poll.h>
#include <stdbool.h>
#include <stdint.h>

/*
 * Events have file descriptor numbers of their own, above any that
 * Emscripten hands out, so that GPollFD and AioHandler carry them unchanged.
 */
#define BOOTLINK_EVENT_FD 0x100000

/* A new event, not set; -1 and errno = EMFILE when there are too many. */
int bootlink_event_new(void);
void bootlink_event_free(int fd);

/* Set the event and wake every poller.  Any thread. */
void bootlink_event_set(int fd);

/* Clear the event; returns 1 if it was set.  (int: GLib declares it so.) */
int bootlink_event_clear(int fd);

/*
 * The 32-bit word that is 1 while the event is set: JavaScript sets it, then
 * adds 1 to bootlink_wake_word() and notifies that.
 */
uint32_t *bootlink_event_word(int fd);

/* Address of the word on which every poller sleeps. */
uint32_t bootlink_wake_word(void);

/*
 * poll() with a timeout in nanoseconds; negative waits for ever.  A file
 * descriptor that is not an event is always writable and never readable.
 */
int bootlink_poll_ns(struct pollfd *fds, unsigned long nfds,
                     int64_t timeout_ns);

#endif
