/* probe-linux: allocation tags, checked by the kernel's settings for this thread. */
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <asm/hwcap.h>
#include "userland.h"

#ifndef PROT_MTE
#define PROT_MTE 0x20
#endif

enum { PAGES = 4 };

static uint64_t with_tag(uint64_t address, uint64_t tag)
{
    return address | tag << 56;
}

/* One access of `size` bytes; what it loaded or that it failed. */
static uint64_t access_at(uint64_t address, unsigned kind)
{
    uint64_t result = 0;

    switch (kind) {
    case 0:
        __asm__ volatile("ldr %0, [%1]" : "+r"(result) : "r"(address) : "memory");
        break;
    case 1:
        __asm__ volatile("str %1, [%0]" ::"r"(address), "r"(0x1234ull) : "memory");
        break;
    case 2:
        __asm__ volatile("ldp %0, xzr, [%1, #8]" : "+r"(result) : "r"(address) : "memory");
        break;
    default:
        __asm__ volatile(".arch_extension lse\n\tldadd %1, %0, [%2]"
                         : "+r"(result) : "r"(3ull), "r"(address) : "memory");
    }
    return result;
}

void memory_tags(void)
{
    uint64_t digest = 0, seed = 99;

    if (!(getauxval(AT_HWCAP2) & HWCAP2_MTE)) {
        report("memory tags", 0);
        return;
    }
    if (prctl(PR_SET_TAGGED_ADDR_CTRL, PR_TAGGED_ADDR_ENABLE | PR_MTE_TCF_SYNC, 0, 0, 0)) {
        fail("prctl");
    }
    const uint64_t pages =
        (uintptr_t)fixed_pages(TAGGED_AT, PAGES, PROT_READ | PROT_WRITE | PROT_MTE);

    for (uint64_t at = pages; at < pages + PAGES * PAGE_SIZE; at += 16) {
        __asm__ volatile(".arch_extension memtag\n\tstg %0, [%0]"
                         ::"r"(with_tag(at, at >> 4 & 3)) : "memory");
    }
    reaction = SKIP;
    fault_base = pages;
    for (unsigned i = 0; i < 4000; i++) {
        const uint64_t r = random64(&seed);
        const uint64_t at = pages + 64 + (r >> 8) % (PAGES * PAGE_SIZE - 128) / 8 * 8;

        faults = 0;
        digest = fold(digest, access_at(with_tag(at, r & 3), r >> 4 & 3));
        digest = fold(digest, faults);
    }
    if (munmap((void *)pages, PAGES * PAGE_SIZE) ||
        prctl(PR_SET_TAGGED_ADDR_CTRL, 0, 0, 0, 0)) {
        fail("prctl");
    }
    report("memory tags", digest);
}
