/* probe-linux: four threads, on one CPU or more, with memory in common. */
#include <pthread.h>
#include "../probe/contend.h"
#include "userland.h"

static uint64_t guarded, waves;

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t turned = PTHREAD_COND_INITIALIZER;
static uint64_t digests[THREADS + 1][MAX_FAMILIES];

/* In turns: a futex each, and the kernel's scheduler between them. */
static void take_turns(unsigned me, unsigned times)
{
    for (unsigned i = 0; i < times; i++) {
        pthread_mutex_lock(&mutex);
        while (waves % THREADS != me - 1) {
            pthread_cond_wait(&turned, &mutex);
        }
        waves++;
        guarded = fold(guarded, me);
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
    report("in turns", guarded);
}
