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
/* MAIR attributes; 0 is Normal, write-back */
#define DEVICE (1ull << 2)
#define TAGGED (2ull << 2)

/* SCTLR_EL1 (D24.2.175) */
#define SCTLR_ATA (1ull << 43)
#define SCTLR_TCF_SYNCHRONOUS (1ull << 40)

/* Each CPU has tables of its own, so that all see their window at the same address. */
static uint64_t level1[CPUS][512] __attribute__((aligned(4096)));
static uint64_t level2[CPUS][512] __attribute__((aligned(4096)));
static uint64_t level3[CPUS][512] __attribute__((aligned(4096)));
static uint64_t level3_tagged[CPUS][512] __attribute__((aligned(4096)));

static uint8_t tagged_windows[CPUS][WINDOW_PAGES * PAGE_SIZE] __attribute__((aligned(4096)));
uint8_t windows[CPUS][WINDOW_PAGES * PAGE_SIZE] __attribute__((aligned(4096)));

static void map_window(uint64_t *entries, const uint8_t *window, uint64_t attributes)
{
    for (unsigned page = 0; page < WINDOW_PAGES; page++) {
        /* Neighbours in virtual memory are not neighbours in physical memory. */
        uint64_t physical = (uintptr_t)window + page * 5 % WINDOW_PAGES * PAGE_SIZE;

        entries[page] = physical | attributes | PAGE;
    }
    entries[WINDOW_PAGES] = (uintptr_t)window | attributes | READ_ONLY | PAGE;
    /* The entries behind stay invalid. */
}

static void map(unsigned cpu)
{
    const uint64_t normal = ACCESSED | INNER_SHAREABLE;

    level1[cpu][0] = 0 | ACCESSED | DEVICE | BLOCK;
    level1[cpu][1] = (1ull << 30) | normal | BLOCK;
    level1[cpu][2] = (uintptr_t)level2[cpu] | TABLE;
    level2[cpu][0] = (uintptr_t)level3[cpu] | TABLE;
    level2[cpu][1] = (uintptr_t)level3_tagged[cpu] | TABLE;
    map_window(level3[cpu], windows[cpu], normal);
    map_window(level3_tagged[cpu], tagged_windows[cpu], normal | TAGGED);
}

void turn_mmu_on(unsigned cpu)
{
    map(cpu);
    /*
     * T0SZ 25: 39 bits from level 1; inner and outer write-back; 40-bit physical addresses;
     * TBI0, as the top byte holds the tag.
     */
    WRITE_REGISTER(mair_el1, 0xf000ff);
    WRITE_REGISTER(tcr_el1, 25 | 1u << 8 | 1u << 10 | 3u << 12 | 1u << 23 | 2ull << 32 |
                                1ull << 37);
    WRITE_REGISTER(ttbr0_el1, (uintptr_t)level1[cpu]);
    __asm__ volatile("tlbi vmalle1\n\tdsb sy\n\tisb" ::: "memory");
    /* M, C, I, the four pointer-authentication keys and allocation tags enabled. */
    WRITE_REGISTER(sctlr_el1, READ_REGISTER(sctlr_el1) | 1 | 1 << 2 | 1 << 12 | 1u << 31 |
                                  1u << 30 | 1u << 27 | 1u << 13 | SCTLR_ATA);
    /* GCR_EL1: IRG excludes no tag and takes them from RGSR_EL1's generator (D24.2.53, D24.2.158). */
    WRITE_REGISTER(S3_0_C1_C0_6, 0);
    WRITE_REGISTER(S3_0_C1_C0_5, 0x1234 << 8);
}

void check_tags(bool on)
{
    uint64_t sctlr = READ_REGISTER(sctlr_el1) & ~SCTLR_TCF_SYNCHRONOUS;

    WRITE_REGISTER(sctlr_el1, on ? sctlr | SCTLR_TCF_SYNCHRONOUS : sctlr);
    __asm__ volatile("isb" ::: "memory");
}
