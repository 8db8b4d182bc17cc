/* probe: the operations of operations.S, and what they are given; for bare metal and for Linux. */
#ifndef PROBE_VALUES_H
#define PROBE_VALUES_H

#include <stdint.h>

struct state {
    uint64_t x[4];
    uint64_t v[4][2];
    uint64_t flags; /* NZCV in; out: NZCV, and FPSR in the next */
    uint64_t address;
};

struct operation {
    void (*run)(const struct state *in, struct state *out);
    uint64_t family;
};

extern const struct operation operations[];
extern const char *const families[];

/* Families of operations.S; from the memory one on, they access memory */
enum { PAUTH_FAMILY = 3, MEMORY_FAMILY = 7, ATOMIC_FAMILY = 8, TAG_FAMILY = 9, MAX_FAMILIES = 16 };

/* FPCR (Arm ARM C5.2.8): RMode, FZ, DN, FZ16 */
enum { FPCRS = 7 };
extern const uint64_t fpcr[FPCRS];

uint64_t random64(uint64_t *seed);

/* An edge value or a random one */
uint64_t value(uint64_t *seed);

#endif
