/* probe-linux: four threads, on one CPU or more, with memory in common. */
#include <pthread.h>
#include "userland.h"

static struct {
    uint64_t exclusive, added, swapped, locked, lock, guarded, waves;
} shared __attribute__((aligned(64)));

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t turned = PTHREAD_COND_INITIALIZER;
static uint64_t digests[THREADS + 1][MAX_FAMILIES];

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

/* In turns: a futex each, and the kernel's scheduler between them. */
static void take_turns(unsigned me, unsigned times)
{
    for (unsigned i = 0; i < times; i++) {
        pthread_mutex_lock(&mutex);
        while (shared.waves % THREADS != me - 1) {
            pthread_cond_wait(&turned, &mutex);
        }
        shared.waves++;
        shared.guarded = fold(shared.guarded, me);
        pthread_cond_broadcast(&turned);
        pthread_mutex_unlock(&mutex);
    }
}

static void *thread(void *number)
{
    this_thread = (uintptr_t)number;
    give_signal_stack();
    contend(rounds * 64);
    take_turns(this_thread, 50);
    run_operations(1 + rounds / 8, digests[this_thread]);
    return NULL;
}

void threads(void)
{
    pthread_t all[THREADS];

    for (uintptr_t i = 0; i < THREADS; i++) {
        if (pthread_create(&all[i], NULL, thread, (void *)(i + 1))) {
            fail("pthread_create");
        }
    }
    for (unsigned i = 0; i < THREADS; i++) {
        if (pthread_join(all[i], NULL)) {
            fail("pthread_join");
        }
    }
    for (unsigned i = 0; families[i]; i++) {
        for (unsigned k = 2; k <= THREADS; k++) {
            if (digests[k][i] != digests[1][i]) {
                differs(families[i]);
            }
        }
    }
    uint64_t digest = 0;

    for (unsigned i = 0; i < MAX_FAMILIES; i++) {
        digest = fold(digest, digests[1][i]);
    }
    report("threads", digest);
    digest = fold(fold(fold(0, shared.exclusive), shared.added), shared.swapped);
    report("shared by threads", fold(digest, shared.locked));
    report("in turns", shared.guarded);
}
