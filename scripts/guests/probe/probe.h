/* probe: what its files share. */
#ifndef PROBE_H
#define PROBE_H

#include <stdbool.h>
#include "../bare-metal/console.h"
#include "fold.h"
#include "modify.h"

enum { CPUS = 4, WINDOW_PAGES = 16, PAGE_SIZE = 4096 };

/* Where each CPU sees memory of its own; a read-only page and then nothing follow it. */
#define WINDOW (2ull << 30)
/* The same layout in memory with allocation tags (Arm ARM D10) */
#define TAGGED_WINDOW (WINDOW + (2ull << 20))

/* Makes the CPU's tables and turns stage 1 translation on. */
void turn_mmu_on(unsigned cpu);

/* Whether accesses to the tagged window are checked, synchronously. */
void check_tags(bool on);

#endif
