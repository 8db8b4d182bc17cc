/*
 * probe: every instruction family that the translator must get right, as one digest each.
 *
 * Each operation runs many times, on edge values and on pseudo-random ones, under all
 * rounding modes, on aligned, unaligned, page-crossing and faulting addresses. What QEMU
 * prints natively is what every other way of running it must print.
 */
#include "contend.h"
#include "probe.h"
#include "values.h"

/* How often each operation runs; QEMU's generic loader puts it at the end of RAM (recipe.ts). */
#define ROUNDS (*(volatile uint64_t *)0x47fffff8)

extern char secondary[];
int64_t psci(uint64_t function, uint64_t a, uint64_t b, uint64_t c);

static uint64_t digests[CPUS][MAX_FAMILIES + 1];
static uint64_t faults[CPUS];
static volatile uint64_t done[CPUS];

/* Aligned, unaligned, crossing into the next page, read-only, and not mapped. */
static uint64_t address(uint64_t r, uint64_t family)
{
    /* With one of two tags, so that accesses pass as well as fail. */
    const uint64_t window = family == TAG_FAMILY ? TAGGED_WINDOW | (r >> 40 & 1) << 56 : WINDOW;

    /*
     * Whether a compare-and-swap that does not swap needs write permission is left open by
     * the architecture, and QEMU answers by host and by the number of CPUs.
     */
    if (family == ATOMIC_FAMILY && (r & 15) < 2) {
        r += 5;
    }

    switch (r & 15) {
    case 0:
        return window + WINDOW_PAGES * PAGE_SIZE + (r >> 8) % 4000; /* read-only */
    case 1:
        return window + (WINDOW_PAGES + 2) * PAGE_SIZE + (r >> 8) % 4000; /* not mapped */
    case 2: case 3: case 4:
        return window + (1 + (r >> 8) % 14) * PAGE_SIZE - (r >> 16) % 64; /* crossing */
    case 5: case 6: case 7: case 8:
        return window + 256 + (r >> 8) % 8192;
    default:
        return window + 256 + ((r >> 8) % 8192 & ~15ull);
    }
}

static unsigned this_cpu(void)
{
    return READ_REGISTER(mpidr_el1) & 0xff;
}

uint64_t exception_taken(unsigned el, uint64_t esr, uint64_t elr, uint64_t spsr, uint64_t far)
{
    unsigned cpu = this_cpu();

    (void)el;
    faults[cpu] = fold(faults[cpu], esr);
    faults[cpu] = fold(faults[cpu], far - WINDOW);
    faults[cpu] = fold(faults[cpu], spsr);
    return elr + 4;
}

static uint64_t fold_window(uint64_t at, uint64_t digest)
{
    uint64_t base = at & ~15ull;

    if (at < WINDOW + 64 || at >= WINDOW + WINDOW_PAGES * PAGE_SIZE - 128) {
        return digest;
    }
    for (int i = -4; i < 12; i++) {
        digest = fold(digest, *(volatile uint64_t *)(base + i * 8));
    }
    return digest;
}

/* Tags and data round an address of the tagged window. */
static uint64_t fold_tags(uint64_t at, uint64_t digest)
{
    uint64_t base = at << 8 >> 8 & ~15ull;

    if (base < TAGGED_WINDOW + 64 || base >= TAGGED_WINDOW + WINDOW_PAGES * PAGE_SIZE - 128) {
        return digest;
    }
    for (int i = -2; i < 4; i++) {
        uint64_t granule = base + i * 16;
        uint64_t tag = granule;

        __asm__ volatile(".arch_extension memtag\n\tldg %0, [%1]" : "+r"(tag) : "r"(granule));
        digest = fold(digest, tag);
        digest = fold(digest, *(volatile uint64_t *)granule);
        digest = fold(digest, *(volatile uint64_t *)(granule + 8));
    }
    return digest;
}

static void probe(unsigned cpu)
{
    uint64_t seed = 88172645463325252ull;
    const uint64_t rounds = ROUNDS;
    volatile uint64_t *window = (volatile uint64_t *)WINDOW;

    for (unsigned i = 0; i < WINDOW_PAGES * PAGE_SIZE / 8; i++) {
        window[i] = random64(&seed);
    }
    for (unsigned round = 0; round < rounds; round++) {
        uint64_t control = fpcr[round % FPCRS];

        for (const struct operation *o = operations; o->run; o++) {
            struct state in, out = { 0 };
            uint64_t *digest = &digests[cpu][o->family];

            for (int i = 0; i < 4; i++) {
                in.x[i] = value(&seed);
                in.v[i][0] = value(&seed);
                in.v[i][1] = value(&seed);
            }
            in.flags = random64(&seed) & 0xf0000000;
            in.address = address(random64(&seed), o->family);
            faults[cpu] = 0;
            if (o->family == TAG_FAMILY) {
                check_tags(true);
            }
            __asm__ volatile("msr fpcr, %0" ::"r"(control));
            o->run(&in, &out);
            __asm__ volatile("msr fpcr, xzr");
            if (o->family == TAG_FAMILY) {
                check_tags(false);
                *digest = fold_tags(in.address, *digest);
            } else if (o->family >= MEMORY_FAMILY) {
                *digest = fold_window(in.address, *digest);
            }
            for (unsigned i = 0; i < sizeof(out) / 8; i++) {
                *digest = fold(*digest, ((uint64_t *)&out)[i]);
            }
            *digest = fold(*digest, faults[cpu]);
        }
    }
    digests[cpu][MAX_FAMILIES] = self_modifying(cpu, 1);
}

static void set_keys(void)
{
    /* APIAKey, APIBKey, APDAKey, APDBKey, APGAKey: low and high halves */
    WRITE_REGISTER(S3_0_C2_C1_0, 0x0123456789abcdef);
    WRITE_REGISTER(S3_0_C2_C1_1, 0xfedcba9876543210);
    WRITE_REGISTER(S3_0_C2_C1_2, 0x1111111122222222);
    WRITE_REGISTER(S3_0_C2_C1_3, 0x3333333344444444);
    WRITE_REGISTER(S3_0_C2_C2_2, 0x5555555566666666);
    WRITE_REGISTER(S3_0_C2_C2_3, 0x7777777788888888);
    WRITE_REGISTER(S3_0_C2_C3_0, 0x99999999aaaaaaaa);
    WRITE_REGISTER(S3_0_C2_C3_1, 0xbbbbbbbbcccccccc);
}

void main_other(uint64_t cpu)
{
    turn_mmu_on(cpu);
    set_keys();
    contend(ROUNDS * 64);
    probe(cpu);
    __atomic_store_n(&done[cpu], 1, __ATOMIC_RELEASE);
}

static void print_result(const char *name, uint64_t digest)
{
    print_padded(name, 24);
    print_hex(digest);
    print("\n");
}

void main_first(void)
{
    unsigned cpus = 1;

    turn_mmu_on(0);
    set_keys();
    /* PSCI CPU_ON, 64-bit (DEN0022, 5.6): the CPUs that are not there refuse. */
    while (cpus < CPUS && psci(0xc4000003, cpus, (uintptr_t)secondary, cpus) == 0) {
        cpus++;
    }
    contend(ROUNDS * 64);
    probe(0);
    for (unsigned cpu = 1; cpu < cpus; cpu++) {
        while (!__atomic_load_n(&done[cpu], __ATOMIC_ACQUIRE)) {
        }
        for (unsigned i = 0; i <= MAX_FAMILIES; i++) {
            if (digests[cpu][i] != digests[0][i]) {
                print("CPUs differ in family ");
                print_hex(i);
                print("\n");
            }
        }
    }
    for (unsigned i = 0; families[i]; i++) {
        print_result(families[i], digests[0][i]);
    }
    print_result("self-modifying", digests[0][MAX_FAMILIES]);
    print("shared by CPUs          ");
    print_hex(shared.exclusive / cpus);
    print(" ");
    print_hex(shared.added / cpus);
    print(" ");
    print_hex(shared.swapped / cpus);
    print(" ");
    print_hex(shared.locked / cpus);
    print("\nprobe: the end\n");
    power_off();
}
