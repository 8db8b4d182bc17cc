/*
 * Bootlink: bytes of a WebAssembly module under construction.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TCG_WASM_BUFFER_H
#define TCG_WASM_BUFFER_H

typedef struct TrBuf {
    uint8_t *data;
    size_t len, size;
} TrBuf;

static inline void trb_need(TrBuf *b, size_t n)
{
    if (unlikely(b->len + n > b->size)) {
        b->size = MAX(b->size * 2, b->len + n + 4096);
        b->data = g_realloc(b->data, b->size);
    }
}

static inline void trb_byte(TrBuf *b, uint8_t v)
{
    trb_need(b, 1);
    b->data[b->len++] = v;
}

static inline void trb_bytes(TrBuf *b, const void *p, size_t n)
{
    trb_need(b, n);
    memcpy(b->data + b->len, p, n);
    b->len += n;
}

/* Unsigned LEB128 */
static inline void trb_u(TrBuf *b, uint64_t v)
{
    trb_need(b, 10);
    do {
        uint8_t c = v & 127;
        v >>= 7;
        b->data[b->len++] = c | (v ? 128 : 0);
    } while (v);
}

/* Signed LEB128 */
static inline void trb_s(TrBuf *b, int64_t v)
{
    trb_need(b, 10);
    for (;;) {
        uint8_t c = v & 127;
        v >>= 7;
        if (v == (c & 64 ? -1 : 0)) {
            b->data[b->len++] = c;
            return;
        }
        b->data[b->len++] = c | 128;
    }
}

/* Unsigned LEB128 of fixed length, to be set later by trb_patch5() */
static inline void trb_hole5(TrBuf *b)
{
    static const uint8_t hole[5];
    trb_bytes(b, hole, sizeof(hole));
}

static inline void trb_patch5(TrBuf *b, size_t at, uint32_t v)
{
    for (int i = 0; i < 5; i++) {
        b->data[at + i] = (v >> (7 * i) & 127) | (i < 4 ? 128 : 0);
    }
}

static inline void trb_free(TrBuf *b)
{
    g_free(b->data);
    memset(b, 0, sizeof(*b));
}

#endif
