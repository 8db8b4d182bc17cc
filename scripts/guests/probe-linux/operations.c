/* probe-linux: bare metal's operations, at EL0. */
#include <sys/mman.h>
#include "userland.h"

/* WINDOW_PAGES to write, one to read, and then none: as bare metal's window. */
static uint8_t *make_window(uint64_t *seed)
{
    uint8_t *window = fixed_pages(WINDOWS_AT + ((uint64_t)this_thread << 24), WINDOW_PAGES + 8,
                                  PROT_READ | PROT_WRITE);

    for (unsigned i = 0; i < WINDOW_PAGES * PAGE_SIZE / 8; i++) {
        ((volatile uint64_t *)window)[i] = random64(seed);
    }
    if (mprotect(window + WINDOW_PAGES * PAGE_SIZE, PAGE_SIZE, PROT_READ) ||
        mprotect(window + (WINDOW_PAGES + 1) * PAGE_SIZE, 7 * PAGE_SIZE, PROT_NONE)) {
        fail("mprotect");
    }
    return window;
}

/* An offset in the window: see address() of ../probe/probe.c. */
static uint64_t offset(uint64_t r, uint64_t family)
{
    if (family == ATOMIC_FAMILY && (r & 15) < 2) {
        r += 5;
    }
    switch (r & 15) {
    case 0:
        return WINDOW_PAGES * PAGE_SIZE + (r >> 8) % 4000;
    case 1:
        return (WINDOW_PAGES + 2) * PAGE_SIZE + (r >> 8) % 4000;
    case 2: case 3: case 4:
        return (1 + (r >> 8) % 14) * PAGE_SIZE - (r >> 16) % 64;
    case 5: case 6: case 7: case 8:
        return 256 + (r >> 8) % 8192;
    default:
        return 256 + ((r >> 8) % 8192 & ~15ull);
    }
}

static bool is_inside(uint64_t at)
{
    return at >= 64 && at < WINDOW_PAGES * PAGE_SIZE - 128;
}

/* One run, and what it did to registers and to memory round the address. */
static uint64_t run(const struct operation *o, const struct state *in, uint64_t control,
                    volatile uint64_t *near)
{
    struct state out = { 0 };
    uint64_t digest = 0;

    faults = 0;
    /* What an operation before has left of the exclusive monitor must not matter. */
    __asm__ volatile("clrex\n\tmsr fpcr, %0" ::"r"(control));
    o->run(in, &out);
    __asm__ volatile("msr fpcr, xzr");
    if (out.x[3] == in->x[3]) {
        out.x[3] = 0;
    }
    for (unsigned i = 0; i < sizeof(out) / 8; i++) {
        digest = fold(digest, ((uint64_t *)&out)[i]);
    }
    for (int i = -4; near && i < 12; i++) {
        digest = fold(digest, near[i]);
    }
    return fold(digest, faults);
}

void run_operations(unsigned times, uint64_t digests[MAX_FAMILIES])
{
    uint64_t seed = 88172645463325252ull;
    uint8_t *window = make_window(&seed);

    fault_base = (uintptr_t)window;
    reaction = SKIP;
    for (unsigned round = 0; round < times; round++) {
        const uint64_t control = fpcr[round % FPCRS];

        for (const struct operation *o = operations; o->run; o++) {
            volatile uint64_t *near = nullptr;
            struct state in;

            for (int i = 0; i < 4; i++) {
                in.x[i] = value(&seed);
                in.v[i][0] = value(&seed);
                in.v[i][1] = value(&seed);
            }
            in.flags = random64(&seed) & 0xf0000000;
            in.address = offset(random64(&seed), o->family);
            /* The kernel's keys are random, and tags want memory of their own. */
            if (o->family == PAUTH_FAMILY || o->family == TAG_FAMILY) {
                continue;
            }
            if (o->family >= MEMORY_FAMILY && is_inside(in.address)) {
                near = (volatile uint64_t *)(window + (in.address & ~15ull));
            }
            in.address += (uintptr_t)window;
            if (o->family == MEMORY_FAMILY) {
                /* These subtract x5 from addresses, and each thread has others. */
                in.x[3] = (uintptr_t)window;
            }

            digests[o->family] = fold(digests[o->family], run(o, &in, control, near));
        }
    }
    if (munmap(window, (WINDOW_PAGES + 8) * PAGE_SIZE)) {
        fail("munmap");
    }
}
