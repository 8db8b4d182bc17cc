/* probe-linux: what a system call leaves alone, which is all but x0. */
#include <stddef.h>
#include <string.h>
#include <sys/syscall.h>
#include "userland.h"

struct registers {
    uint64_t x[31], v[32][2], nzcv;
};

/* In call.S: makes system call `number` with the registers of `in` but x0, x8, x18, x29, x30. */
void call_with(const struct registers *in, struct registers *out, uint64_t number);

void system_calls(void)
{
    uint64_t seed = 4711, digest = 1;

    _Static_assert(offsetof(struct registers, v) == 248, "as in call.S");
    _Static_assert(offsetof(struct registers, nzcv) == 760, "as in call.S");
    for (unsigned i = 0; i < 3000; i++) {
        struct registers in, out;

        for (unsigned k = 0; k < sizeof(in) / 8; k++) {
            ((uint64_t *)&in)[k] = random64(&seed);
        }
        in.nzcv &= 0xf0000000;
        out = in;
        /* sched_yield gives another thread, and the kernel, the registers. */
        const uint64_t number = i & 1 ? __NR_sched_yield : __NR_getppid;

        call_with(&in, &out, number);
        digest = fold(digest, out.x[0]);
        in.x[0] = out.x[0];
        in.x[8] = number;
        if (memcmp(&in, &out, sizeof(in))) {
            differs("registers behind a system call");
        }
    }
    report("system calls", digest);
}
