/* probe: what all CPUs, or threads, do to the same memory; for bare metal and for Linux. */
#ifndef PROBE_CONTEND_H
#define PROBE_CONTEND_H

#include <stdint.h>

static struct {
    uint64_t exclusive, added, swapped, locked, lock;
} shared __attribute__((aligned(64)));

static void contend(uint64_t times)
{
    for (uint64_t i = 0; i < times; i++) {
        uint64_t old, status;

        do {
            __asm__ volatile("ldxr %0, %2\n\tadd %0, %0, #1\n\tstxr %w1, %0, %2"
                             : "=&r"(old), "=&r"(status), "+Q"(shared.exclusive)::"memory");
        } while (status);
        __asm__ volatile(".arch_extension lse\n\tldaddal %1, %0, %2"
                         : "=r"(old) : "r"(3ull), "Q"(shared.added) : "memory");
        do {
            old = __atomic_load_n(&shared.swapped, __ATOMIC_RELAXED);
            status = old;
            __asm__ volatile(".arch_extension lse\n\tcasal %0, %1, %2"
                             : "+r"(status) : "r"(old + 5), "Q"(shared.swapped) : "memory");
        } while (status != old);
        do {
            __asm__ volatile(".arch_extension lse\n\tswpal %1, %0, %2"
                             : "=r"(old) : "r"(1ull), "Q"(shared.lock) : "memory");
        } while (old);
        shared.locked += 7;
        __asm__ volatile("stlr xzr, %0" : "=Q"(shared.lock)::"memory");
    }
}

#endif
