/* probe-linux: code that changes, by a program that may not write where it runs. */
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include "../probe/modify.h"
#include "userland.h"

typedef uint64_t Function(uint64_t x);

/* add x0, x0, #value (12 bits) */
static uint32_t add(unsigned value)
{
    return 0x91000000u | (value & 0xfff) << 10;
}

enum { RET = 0xd65f03c0, WORDS = 64 };

/* Written at one address, run at another: a just-in-time compiler's two mappings. */
static uint64_t two_mappings(void)
{
    const int file = memfd_create("code", 0);
    uint64_t digest = 0;

    if (file < 0 || ftruncate(file, PAGE_SIZE)) {
        fail("memfd_create");
    }
    uint32_t *written = mmap((void *)CODE_AT, PAGE_SIZE, PROT_READ | PROT_WRITE,
                             MAP_SHARED | MAP_FIXED_NOREPLACE, file, 0);
    uint32_t *run = mmap((void *)(CODE_AT + (1 << 20)), PAGE_SIZE, PROT_READ | PROT_EXEC,
                         MAP_SHARED | MAP_FIXED_NOREPLACE, file, 0);

    if (written == MAP_FAILED || run == MAP_FAILED) {
        fail("mmap");
    }
    for (unsigned i = 0; i < 60; i++) {
        for (unsigned k = 0; k < WORDS; k++) {
            written[k] = add(i * k + 1);
        }
        written[WORDS] = RET;
        __builtin___clear_cache((char *)written, (char *)(written + WORDS + 1));
        __builtin___clear_cache((char *)run, (char *)(run + WORDS + 1));
        for (unsigned k = 0; k < 1 + i * 4; k++) {
            digest = ((Function *)run)(digest);
        }
        digest = fold(digest, i);
    }
    munmap(written, PAGE_SIZE);
    munmap(run, PAGE_SIZE);
    close(file);
    return digest;
}

/* Writable or executable in turns, and a call into it while it is not executable. */
static uint64_t flipping(void)
{
    uint32_t *page = fixed_pages(CODE_AT, 1, PROT_READ | PROT_WRITE);
    uint64_t digest = 0;

    reaction = RETURN;
    fault_base = (uintptr_t)page;
    faults = 0;
    for (unsigned i = 0; i < 60; i++) {
        for (unsigned k = 0; k < WORDS; k++) {
            page[k] = add(i + k);
        }
        page[WORDS] = RET;
        __builtin___clear_cache((char *)page, (char *)(page + WORDS + 1));
        digest = fold(digest, ((Function *)page)(digest));
        if (mprotect(page, PAGE_SIZE, PROT_READ | PROT_EXEC)) {
            fail("mprotect");
        }
        for (unsigned k = 0; k < 50; k++) {
            digest = fold(digest, ((Function *)page)(digest));
        }
        if (mprotect(page, PAGE_SIZE, PROT_READ | PROT_WRITE)) {
            fail("mprotect");
        }
    }
    reaction = SKIP;
    munmap(page, PAGE_SIZE);
    return fold(digest, faults);
}

void code_changes(void)
{
    if (mprotect(self_modifying_code, sizeof(self_modifying_code),
                 PROT_READ | PROT_WRITE | PROT_EXEC)) {
        fail("mprotect");
    }
    report("self-modifying", self_modifying(0, 1));
    report("code of two mappings", two_mappings());
    report("code page flipped", flipping());
}
