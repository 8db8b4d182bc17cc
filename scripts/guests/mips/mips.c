/*
 * mips: how many million instructions a second each kind of code runs at, by the generic timer.
 *
 * At EL1 with the MMU on and everything mapped flat, so that memory is Normal. A loop's first
 * few rounds are printed by themselves where they are the point (many blocks, run rarely);
 * then it runs until it has taken long enough to be measured, doubling the rounds.
 */
#include "../bare-metal/console.h"

struct loop {
    void (*run)(uint64_t rounds, void *memory);
    const char *name;
    uint64_t instructions;
};

extern const struct loop loops[];
extern char vectors_el1[], vectors_el2[], returning_el3[], vectors_el3[];
__attribute__((noreturn)) void enter_el1(void);

/* Loops of this many instructions a round and more are measured for few rounds, too. */
enum { MANY = 10000, FEW_ROUNDS = 4 };

static uint64_t level1[512] __attribute__((aligned(4096)));
static uint8_t memory[64 * 4096] __attribute__((aligned(4096)));

static uint64_t now(void)
{
    uint64_t count;

    __asm__ volatile("isb\n\tmrs %0, cntpct_el0" : "=r"(count)::"memory");
    return count;
}

static void print_decimal(uint64_t number)
{
    char digits[24];
    int i = sizeof(digits) - 1;

    digits[i] = 0;
    do {
        digits[--i] = '0' + number % 10;
        number /= 10;
    } while (number);
    print(digits + i);
}

/* Instructions for each microsecond, with two digits behind the point */
static void print_rate(const char *name, const char *suffix, uint64_t instructions,
                       uint64_t ticks)
{
    uint64_t hundredths = ticks ? instructions * (READ_REGISTER(cntfrq_el0) / 1000) / ticks / 10
                                : 0;

    print("mips ");
    print(name);
    print(suffix);
    print(" ");
    print_decimal(hundredths / 100);
    print(".");
    print_decimal(hundredths / 10 % 10);
    print_decimal(hundredths % 10);
    print("\n");
}

static uint64_t measure(const struct loop *loop, uint64_t rounds)
{
    uint64_t start = now();

    loop->run(rounds, memory);
    return now() - start;
}

static void map_flat(void)
{
    const uint64_t block = 1, accessed = 1 << 10, inner_shareable = 3 << 8, device = 1 << 2;

    level1[0] = accessed | device | block;
    level1[1] = 1ull << 30 | accessed | inner_shareable | block;
    /* As in probe/paging.c: 39-bit addresses from level 1, 40-bit physical ones (D8.3). */
    WRITE_REGISTER(mair_el1, 0x00ff);
    WRITE_REGISTER(tcr_el1, 25 | 1u << 8 | 1u << 10 | 3u << 12 | 1u << 23 | 2ull << 32);
    WRITE_REGISTER(ttbr0_el1, (uintptr_t)level1);
    __asm__ volatile("tlbi vmalle1\n\tdsb sy\n\tisb" ::: "memory");
    WRITE_REGISTER(sctlr_el1, 0x30d00800 | 1 | 1 << 2 | 1 << 12);
}

void main_el3(void)
{
    /* As in el-walk: Non-secure, AArch64 and HVC below EL3; then AArch64 below EL2. */
    WRITE_REGISTER(SCR_EL3, 1u << 10 | 1u << 8 | 3u << 4 | 1u << 0);
    WRITE_REGISTER(VBAR_EL3, (uintptr_t)returning_el3);
    WRITE_REGISTER(VBAR_EL2, (uintptr_t)vectors_el2);
    WRITE_REGISTER(VBAR_EL1, (uintptr_t)vectors_el1);
    WRITE_REGISTER(SCTLR_EL2, 0x30c50830);
    WRITE_REGISTER(HCR_EL2, 1u << 31);
    WRITE_REGISTER(cnthctl_el2, 3); /* EL1 reads the physical counter */
    WRITE_REGISTER(CPTR_EL3, 0);
    WRITE_REGISTER(CPTR_EL2, 0x33ff);
    WRITE_REGISTER(CPACR_EL1, 3u << 20);
    enter_el1();
}

void main_el1(void)
{
    const uint64_t long_enough = READ_REGISTER(cntfrq_el0) / 1000 * 300;

    map_flat();
    for (const struct loop *loop = loops; loop->run; loop++) {
        uint64_t rounds = 1, ticks;

        if (loop->instructions >= MANY) {
            ticks = measure(loop, FEW_ROUNDS);
            print_rate(loop->name, "Few", loop->instructions * FEW_ROUNDS, ticks);
        }
        do {
            rounds *= 2;
            ticks = measure(loop, rounds);
        } while (ticks < long_enough);
        print_rate(loop->name, "", loop->instructions * rounds, ticks);
    }
    print("mips: the end\n");
    power_off();
}

/* Nothing at EL3 but this machine's own mistakes: say which. */
uint64_t exception_taken(unsigned el, uint64_t esr, uint64_t elr, uint64_t spsr, uint64_t far)
{
    (void)el;
    (void)spsr;
    print("An exception nobody asked for: ESR=");
    print_hex(esr);
    print(" ELR=");
    print_hex(elr);
    print(" FAR=");
    print_hex(far);
    print("\n");
    for (;;) {
    }
}
