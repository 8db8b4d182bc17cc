/*
 * How fast the bench's "one hot block" can be at all: its loop (loops.S, loop_alu) in C.
 *
 * Each round's operations wait for one another, so that no translator can make a round shorter than
 * this takes on the same processor, whatever it does about everything around them:
 *
 *   gcc -O2 -o /tmp/alu-floor scripts/bench/alu-floor.c && /tmp/alu-floor
 *
 * Prints million instructions a second as the bench counts them (10 a round), to be compared with its
 * row "one hot block", and the nanoseconds of a round.
 */
#include <stdint.h>
#include <stdio.h>
#include <time.h>

#define ROUNDS 200000000l
#define INSTRUCTIONS 10

static double now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec + t.tv_nsec * 1e-9;
}

int main(void)
{
    uint64_t a = 1, b = 2;

    for (int run = 0; run < 5; run++) {
        double start = now(), seconds;

        for (long i = 0; i < ROUNDS; i++) {
            uint64_t x4, x5, x6;

            a += 3;
            b ^= a << 5;
            b -= a;
            x4 = b | 0xff;
            x5 = a & x4;
            b += x5 >> 3;
            x6 = a * b;
            a ^= x6 >> 7;
            /* As in the guest, a round is a round: no vectors, no unrolling that reorders. */
            __asm__ volatile("" : "+r"(a), "+r"(b));
        }
        seconds = now() - start;
        printf("%.0f MIPS, %.2f ns a round (%lx)\n",
               ROUNDS * INSTRUCTIONS / seconds / 1e6, seconds / ROUNDS * 1e9,
               (unsigned long)(a ^ b));
    }
    return 0;
}
