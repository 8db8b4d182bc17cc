/* probe-linux: pages that change under running code. */
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>
#include "userland.h"

enum { PAGES = 16 };

/* Stores with write-back over pages that are unlocked one by one, each in its own fault. */
static uint64_t store_over(uint8_t *pages, uint64_t value)
{
    uint64_t at = (uintptr_t)pages, end = at + PAGES * PAGE_SIZE;

    /* The first is 4 bytes before a page's end, so that an 8-byte store needs two pages. */
    at += PAGE_SIZE - 4;
    end -= PAGE_SIZE;
    __asm__ volatile("1:\tstr %1, [%0], #8\n\t"
                     "stp %1, %1, [%0, #16]!\n\t"
                     "add %1, %1, #1\n\tcmp %0, %2\n\tb.lo 1b"
                     : "+r"(at), "+r"(value) : "r"(end) : "memory", "cc");
    return at + value;
}

static uint64_t digest_of(const uint8_t *pages)
{
    uint64_t digest = 0;

    for (unsigned i = 0; i < PAGES * PAGE_SIZE / 8; i++) {
        digest = fold(digest, ((const volatile uint64_t *)pages)[i]);
    }
    return digest;
}

static uint64_t unlocking(uint8_t *pages)
{
    uint64_t digest = 0;

    reaction = UNLOCK;
    fault_base = (uintptr_t)pages;
    faults = fault_count = 0;
    for (unsigned i = 0; i < 40; i++) {
        if (mprotect(pages, PAGES * PAGE_SIZE, i & 1 ? PROT_READ : PROT_NONE)) {
            fail("mprotect");
        }
        digest = fold(digest, store_over(pages, i * 1000));
        if (mprotect(pages, PAGES * PAGE_SIZE, PROT_READ | PROT_WRITE)) {
            fail("mprotect");
        }
        digest = fold(digest, digest_of(pages));
    }
    digest = fold(digest, fault_count);
    reaction = SKIP;
    return fold(digest, faults);
}

/* A child and its parent write to what was one page each. */
static uint64_t copying(uint8_t *pages)
{
    uint64_t digest = 0, childs;

    for (unsigned i = 0; i < 6; i++) {
        int ends[2], status;

        if (pipe(ends)) {
            fail("pipe");
        }
        const pid_t child = fork();

        if (child < 0) {
            fail("fork");
        }
        if (child == 0) {
            store_over(pages, i * 77);
            childs = digest_of(pages);
            _exit(write(ends[1], &childs, sizeof(childs)) == sizeof(childs) ? i : 99);
        }
        store_over(pages, i * 99);
        if (read(ends[0], &childs, sizeof(childs)) != sizeof(childs) ||
            waitpid(child, &status, 0) != child) {
            fail("the child");
        }
        digest = fold(digest, childs);
        digest = fold(digest, digest_of(pages));
        digest = fold(digest, status);
        close(ends[0]);
        close(ends[1]);
    }
    return digest;
}

/* Memory that goes and comes back at the same address must not be seen as it was. */
static uint64_t replacing(uint8_t *pages)
{
    uint64_t digest = 0;

    for (unsigned i = 0; i < 40; i++) {
        uint8_t *page = pages + i % PAGES * PAGE_SIZE;

        digest = fold(digest, *(volatile uint64_t *)(page + i * 8));
        if (mmap(page, PAGE_SIZE, PROT_READ | PROT_WRITE,
                 MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) != page) {
            fail("mmap");
        }
        digest = fold(digest, *(volatile uint64_t *)(page + i * 8));
        *(volatile uint64_t *)(page + i * 8) = i;
    }
    return fold(digest, digest_of(pages));
}

void memory_changes(void)
{
    uint8_t *pages = fixed_pages(CHANGES_AT, PAGES, PROT_READ | PROT_WRITE);

    report("pages unlocked", unlocking(pages));
    report("pages copied on write", copying(pages));
    report("pages replaced", replacing(pages));
    if (munmap(pages, PAGES * PAGE_SIZE)) {
        fail("munmap");
    }
}
