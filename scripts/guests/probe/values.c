/* probe: values that operations are given. */
#include "values.h"

static const uint64_t edges[] = {
    0, 1, 2, -1ull, -2ull, 1ull << 63, (1ull << 63) - 1, 1ull << 31, (1ull << 31) - 1,
    0xffffffff, 0x100000000, 0x8000, 0x7fff, 0x80, 0x7f, 63, 64, 32, 31,
    0x3ff0000000000000, 0xbff0000000000000, 0x7ff0000000000000, 0xfff0000000000000,
    0x7ff8000000000000, 0x7ff4000000000001, 0xfff8dead00000001, 0x0010000000000000,
    0x000fffffffffffff, 0x0000000000000001, 0x7fefffffffffffff, 0x43e0000000000000,
    0x41dfffffffc00000, 0x3fe0000000000000, 0x4004000000000000,
    0x3f8000003f800000, 0x7f8000007f800000, 0x7fc000007fa00001, 0x0080000000000001,
    0x7f7fffff4f000000, 0x3c003c003c003c00, 0x7c007e007d010001, 0x0400fbff03ff7bff,
    0x0123456789abcdef, 0x8080808080808080, 0x7f7f7f7f7f7f7f7f, 0x00ff00ff00ff00ff,
};
enum { EDGES = sizeof(edges) / sizeof(edges[0]) };

const uint64_t fpcr[FPCRS] = { 0, 1 << 22, 2 << 22, 3 << 22, 1 << 24, 1 << 25, 1 << 19 };

uint64_t random64(uint64_t *seed)
{
    *seed ^= *seed << 13;
    *seed ^= *seed >> 7;
    *seed ^= *seed << 17;
    return *seed;
}

uint64_t value(uint64_t *seed)
{
    uint64_t r = random64(seed);

    return r & 1 ? edges[(r >> 8) % EDGES] : random64(seed) >> (r & 2 ? 0 : r >> 58);
}
