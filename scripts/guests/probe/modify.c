/* probe: code that is written while it runs (Arm ARM B2.7.4.2). */
#include "fold.h"
#include "modify.h"

uint32_t self_modifying_code[CODE_PAGES][1024] __attribute__((aligned(4096)));

static void publish(const uint32_t *word)
{
    __asm__ volatile("dc cvau, %0\n\tdsb ish\n\tic ivau, %0\n\tdsb ish\n\tisb" ::"r"(word)
                     : "memory");
}

static void write(uint32_t *word, uint32_t instruction)
{
    *(volatile uint32_t *)word = instruction;
    publish(word);
}

static uint32_t movz(unsigned reg, unsigned value)
{
    return 0xd2800000u | (value & 0xffff) << 5 | reg;
}

uint64_t self_modifying(unsigned page, uint64_t digest)
{
    uint32_t *c = self_modifying_code[page];
    uint64_t (*function)(void) = (uint64_t(*)(void))(uintptr_t)c;

    /* A function whose constant changes after some runs, few and many. */
    write(&c[1], 0xd65f03c0u); /* ret */
    for (unsigned i = 0; i < 40; i++) {
        write(&c[0], movz(0, i * 77));
        for (unsigned k = 0; k < 1 + i * i; k++) {
            digest = fold(digest, function());
        }
    }
    /*
     * A loop that changes its own next instruction:
     *   0: mov x0, #0          3: movz x4, #n (changes)   6: subs x3, x3, #1
     *   1: mov x3, #300        4: add x0, x0, x4          7: b.ne 2
     *   2: (see below)         5: nop                     8: ret
     * where 2 to 5 store the word of x1 to [x2], made for each round.
     */
    uint32_t *loop = &c[64];
    const uint32_t words[] = {
        0xd2800000u,            /* 0: movz x0, #0 */
        0xd2802583u,            /* 1: movz x3, #300 */
        0x0b030025u,            /* 2: add w5, w1, w3 (movz x4, #n differs by n << 5) */
        0xb9000045u,            /* 3: str w5, [x2] */
        0xd50b7b22u,            /* 4: dc cvau, x2 */
        0xd5033b9fu,            /* 5: dsb ish */
        0xd50b7522u,            /* 6: ic ivau, x2 */
        0xd5033b9fu,            /* 7: dsb ish */
        0xd5033fdfu,            /* 8: isb */
        0xd2800004u,            /* 9: movz x4, #0, overwritten */
        0x8b040000u,            /* 10: add x0, x0, x4 */
        0xf1000463u,            /* 11: subs x3, x3, #1 */
        0x54fffee1u,            /* 12: b.ne -36: to 3, w5 unchanged; see below */
        0xd65f03c0u,            /* 13: ret */
    };

    for (unsigned i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        write(&loop[i], words[i]);
    }
    /* Register 4, and x3's lowest bits land in the register field unless shifted: w5 = w1 + w3 << 5. */
    write(&loop[2], 0x0b031425u); /* add w5, w1, w3, lsl #5 */
    write(&loop[12], 0x54fffec1u); /* b.ne -40: to 2 */
    uint64_t (*changing)(uint64_t, uint64_t, uint64_t) =
        (uint64_t(*)(uint64_t, uint64_t, uint64_t))(uintptr_t)loop;
    for (unsigned i = 0; i < 5; i++) {
        digest = fold(digest, changing(0, movz(4, i * 1000), (uintptr_t)&loop[9]));
    }
    return digest;
}
