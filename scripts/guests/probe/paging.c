/*
 * probe: stage 1 tables at EL1 (Arm ARM D8.3), so that memory is Normal and accesses can
 * fault.
 */
#include "probe.h"

#define BLOCK 1ull
#define TABLE 3ull
#define PAGE 3ull
#define ACCESSED (1ull << 10)
#define INNER_SHAREABLE (3ull << 8)
#define READ_ONLY (1ull << 7)
#define DEVICE (1ull << 2) /* MAIR attribute 1; attribute 0 is Normal, write-back */

/* Each CPU has tables of its own, so that all see their window at the same address. */
static uint64_t level1[CPUS][512] __attribute__((aligned(4096)));
static uint64_t level2[CPUS][512] __attribute__((aligned(4096)));
static uint64_t level3[CPUS][512] __attribute__((aligned(4096)));

uint8_t windows[CPUS][WINDOW_PAGES * PAGE_SIZE] __attribute__((aligned(4096)));

static void map(unsigned cpu)
{
    const uint64_t normal = ACCESSED | INNER_SHAREABLE;

    level1[cpu][0] = 0 | ACCESSED | DEVICE | BLOCK;
    level1[cpu][1] = (1ull << 30) | normal | BLOCK;
    level1[cpu][2] = (uintptr_t)level2[cpu] | TABLE;
    level2[cpu][0] = (uintptr_t)level3[cpu] | TABLE;
    for (unsigned page = 0; page < WINDOW_PAGES; page++) {
        /* Neighbours in virtual memory are not neighbours in physical memory. */
        uint64_t physical = (uintptr_t)windows[cpu] + page * 5 % WINDOW_PAGES * PAGE_SIZE;

        level3[cpu][page] = physical | normal | PAGE;
    }
    level3[cpu][WINDOW_PAGES] = (uintptr_t)windows[cpu] | normal | READ_ONLY | PAGE;
    /* The entries behind stay invalid. */
}

void turn_mmu_on(unsigned cpu)
{
    map(cpu);
    /* T0SZ 25: 39 bits from level 1; inner and outer write-back; 40-bit physical addresses. */
    WRITE_REGISTER(mair_el1, 0x00ff);
    WRITE_REGISTER(tcr_el1, 25 | 1u << 8 | 1u << 10 | 3u << 12 | 1u << 23 | 2ull << 32);
    WRITE_REGISTER(ttbr0_el1, (uintptr_t)level1[cpu]);
    __asm__ volatile("tlbi vmalle1\n\tdsb sy\n\tisb" ::: "memory");
    /* M, C, I, and the four pointer-authentication keys enabled (D24.2.175). */
    WRITE_REGISTER(sctlr_el1, READ_REGISTER(sctlr_el1) | 1 | 1 << 2 | 1 << 12 | 1u << 31 |
                                  1u << 30 | 1u << 27 | 1u << 13);
}
