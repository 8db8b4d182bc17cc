/* probe: how results become a digest. */
#ifndef PROBE_FOLD_H
#define PROBE_FOLD_H

#include <stdint.h>

static inline uint64_t fold(uint64_t digest, uint64_t value)
{
    digest = (digest ^ value) * 0x9e3779b97f4a7c15ull;
    return digest ^ digest >> 29;
}

#endif
