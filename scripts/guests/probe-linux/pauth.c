/* probe-linux: pointer authentication, where the kernel gives it keys (which are random). */
#include <sys/auxv.h>
#include <asm/hwcap.h>
#include "userland.h"

/* In raisers.S */
uint64_t instruction_key_a(uint64_t pointer, uint64_t modifier, uint64_t bits);
uint64_t instruction_key_b(uint64_t pointer, uint64_t modifier, uint64_t bits);
uint64_t data_key_a(uint64_t pointer, uint64_t modifier, uint64_t bits);
uint64_t data_key_b(uint64_t pointer, uint64_t modifier, uint64_t bits);

void pointer_authentication(void)
{
    static uint64_t (*const trips[])(uint64_t, uint64_t, uint64_t) = {
        instruction_key_a, instruction_key_b, data_key_a, data_key_b,
    };
    uint64_t digest = 0, seed = 815;

    if (!(getauxval(AT_HWCAP) & HWCAP_PACA)) {
        report("pointer authentication", 0);
        return;
    }
    reaction = RETURN;
    fault_base = 0;
    for (unsigned i = 0; i < 400; i++) {
        const uint64_t pointer = random64(&seed) & 0xffffffffffff, modifier = random64(&seed);
        /* Bit 54 belongs to the code (Arm ARM D8.10), whatever the size of addresses here. */
        const uint64_t bits = i & 1 ? 1ull << 54 : 0;

        faults = 0;
        const uint64_t result = trips[i / 2 % 4](pointer, modifier, bits);

        digest = fold(digest, result == pointer);
        digest = fold(digest, faults);
    }
    reaction = SKIP;
    report("pointer authentication", digest);
}
