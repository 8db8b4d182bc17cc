/*
 * Bootlink: events that wake QEMU's pollers, and the poll() that knows them
 *
 * Emscripten's pipes and eventfds are JavaScript objects of the thread that
 * started the module: each read, write and poll() from another thread is a
 * call to that thread, and poll() returns at once instead of sleeping.  An
 * event here is a word in shared memory, and a poller sleeps in
 * memory.atomic.wait32 on one counter that every event_set increments.
 *
 * There are two or three pollers (main loop, iothreads), so one counter for
 * all of them is cheaper than a list of waiters per event.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qemu/atomic.h"
#include "qemu/bitmap.h"
#include "qemu/thread.h"
#include "qemu/timer.h"
#include "bootlink/events.h"
#include <emscripten/em_macros.h>

#define MAX_EVENTS 4096

static uint32_t wake;
static uint32_t pollers;
static uint32_t pending[MAX_EVENTS];

/*
 * A plain spin word and not a QemuMutex: GLib makes its first event before
 * QEMU's constructors have run.
 */
static int alloc_lock;
static DECLARE_BITMAP(allocated, MAX_EVENTS);

static void alloc_lock_acquire(void)
{
    while (qatomic_xchg(&alloc_lock, 1)) {
        /* held for a few instructions, by one of a handful of threads */
    }
}

static void alloc_lock_release(void)
{
    qatomic_store_release(&alloc_lock, 0);
}

int bootlink_event_new(void)
{
    long index;

    alloc_lock_acquire();
    index = find_first_zero_bit(allocated, MAX_EVENTS);
    if (index < MAX_EVENTS) {
        set_bit(index, allocated);
    }
    alloc_lock_release();

    if (index >= MAX_EVENTS) {
        errno = EMFILE;
        return -1;
    }
    qatomic_set(&pending[index], 0);
    return BOOTLINK_EVENT_FD + index;
}

static bool is_event(int fd)
{
    return fd >= BOOTLINK_EVENT_FD && fd < BOOTLINK_EVENT_FD + MAX_EVENTS;
}

void bootlink_event_free(int fd)
{
    assert(is_event(fd));
    alloc_lock_acquire();
    clear_bit(fd - BOOTLINK_EVENT_FD, allocated);
    alloc_lock_release();
}

uint32_t *bootlink_event_word(int fd)
{
    assert(is_event(fd));
    return &pending[fd - BOOTLINK_EVENT_FD];
}

void bootlink_event_set(int fd)
{
    qatomic_set(bootlink_event_word(fd), 1);
    /* Full barrier: the flag is visible before the counter moves. */
    qatomic_fetch_inc(&wake);
    if (qatomic_read(&pollers)) {
        __builtin_wasm_memory_atomic_notify((int *)&wake, -1);
    }
}

int bootlink_event_clear(int fd)
{
    return qatomic_xchg(bootlink_event_word(fd), 0);
}

EMSCRIPTEN_KEEPALIVE
uint32_t bootlink_wake_word(void)
{
    return (uintptr_t)&wake;
}

static int scan(struct pollfd *fds, unsigned long nfds)
{
    int ready = 0;

    for (unsigned long i = 0; i < nfds; i++) {
        int fd = fds[i].fd;

        fds[i].revents = 0;
        if (is_event(fd)) {
            if (qatomic_read(&pending[fd - BOOTLINK_EVENT_FD])) {
                fds[i].revents = fds[i].events & POLLIN;
            }
        } else if (fd >= 0) {
            fds[i].revents = fds[i].events & POLLOUT;
        }
        ready += fds[i].revents != 0;
    }
    return ready;
}

int bootlink_poll_ns(struct pollfd *fds, unsigned long nfds,
                     int64_t timeout_ns)
{
    int64_t deadline = timeout_ns > 0 ? get_clock() + timeout_ns : 0;
    int ready;

    ready = scan(fds, nfds);
    if (ready || timeout_ns == 0) {
        return ready;
    }

    qatomic_fetch_inc(&pollers);
    for (;;) {
        /* Read before the scan: an event set after it changes the word. */
        uint32_t seen = qatomic_read(&wake);

        smp_mb();
        ready = scan(fds, nfds);
        if (ready) {
            break;
        }
        if (timeout_ns > 0) {
            timeout_ns = deadline - get_clock();
            if (timeout_ns <= 0) {
                break;
            }
        }
        __builtin_wasm_memory_atomic_wait32((int *)&wake, seen, timeout_ns);
    }
    qatomic_fetch_dec(&pollers);
    return ready;
}

/* What GLib's main contexts call; takes the place of Emscripten's. */
int poll(struct pollfd *fds, nfds_t nfds, int timeout_ms)
{
    return bootlink_poll_ns(fds, nfds,
                            timeout_ms < 0 ? -1 : timeout_ms * 1000000LL);
}
