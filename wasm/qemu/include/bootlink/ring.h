/*
 * Bootlink: byte rings between QEMU and the page, in shared memory
 *
 * One producer, one consumer.  The layout and the rules are those of
 * src/engine/common/ring.ts, its twin: change both.  All fields are 32-bit
 * little-endian words; head and tail count bytes modulo 2^32, so the number
 * of bytes in the ring is head - tail and the position is taken modulo size.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef BOOTLINK_RING_H
#define BOOTLINK_RING_H

#include <stdint.h>
#include <string.h>

typedef struct BootlinkRing {
    uint32_t head;      /* bytes ever written; the producer's */
    uint32_t tail;      /* bytes ever read; the consumer's */
    uint32_t size;      /* power of two */
    uint32_t data;      /* address of the first byte */
    uint32_t dropped;   /* bytes the producer threw away: ring was full */
    uint32_t event;     /* address of the event word that wakes QEMU, or 0 */
} BootlinkRing;

static inline uint32_t bootlink_ring_used(const BootlinkRing *ring)
{
    return __atomic_load_n(&ring->head, __ATOMIC_ACQUIRE) -
           __atomic_load_n(&ring->tail, __ATOMIC_ACQUIRE);
}

static inline uint32_t bootlink_ring_space(const BootlinkRing *ring)
{
    return ring->size - bootlink_ring_used(ring);
}

/* Write what fits; returns the number of bytes written. */
static inline uint32_t bootlink_ring_write(BootlinkRing *ring,
                                           const uint8_t *buf, uint32_t len)
{
    uint8_t *data = (uint8_t *)(uintptr_t)ring->data;
    uint32_t space = bootlink_ring_space(ring);
    uint32_t at = ring->head & (ring->size - 1);
    uint32_t first;

    if (len > space) {
        len = space;
    }
    first = len < ring->size - at ? len : ring->size - at;
    memcpy(data + at, buf, first);
    memcpy(data, buf + first, len - first);
    __atomic_store_n(&ring->head, ring->head + len, __ATOMIC_SEQ_CST);
    return len;
}

/* Read up to @len bytes; returns the number of bytes read. */
static inline uint32_t bootlink_ring_read(BootlinkRing *ring,
                                          uint8_t *buf, uint32_t len)
{
    const uint8_t *data = (const uint8_t *)(uintptr_t)ring->data;
    uint32_t used = bootlink_ring_used(ring);
    uint32_t at = ring->tail & (ring->size - 1);
    uint32_t first;

    if (len > used) {
        len = used;
    }
    first = len < ring->size - at ? len : ring->size - at;
    memcpy(buf, data + at, first);
    memcpy(buf + first, data, len - first);
    __atomic_store_n(&ring->tail, ring->tail + len, __ATOMIC_SEQ_CST);
    return len;
}

#endif
