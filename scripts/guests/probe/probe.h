/* probe: what its files share. */
#ifndef PROBE_H
#define PROBE_H

#include <stdbool.h>
#include "../bare-metal/console.h"

enum { CPUS = 4, WINDOW_PAGES = 16, PAGE_SIZE = 4096 };

/* Where each CPU sees memory of its own; a read-only page and then nothing follow it. */
#define WINDOW (2ull << 30)
/* The same layout in memory with allocation tags (Arm ARM D10) */
#define TAGGED_WINDOW (WINDOW + (2ull << 20))

/* Makes the CPU's tables and turns stage 1 translation on. */
void turn_mmu_on(unsigned cpu);

/* Whether accesses to the tagged window are checked, synchronously. */
void check_tags(bool on);

/* Runs what modifies itself; folds the results into a digest. */
uint64_t self_modifying(unsigned cpu, uint64_t digest);

static inline uint64_t fold(uint64_t digest, uint64_t value)
{
    digest = (digest ^ value) * 0x9e3779b97f4a7c15ull;
    return digest ^ digest >> 29;
}

#endif
