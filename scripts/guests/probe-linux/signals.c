/* probe-linux: what instructions raise, as Linux tells it by signals. */
#include <setjmp.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <ucontext.h>
#include "userland.h"

_Thread_local volatile enum reaction reaction;
_Thread_local volatile uint64_t faults, fault_count;
_Thread_local uint64_t fault_base;

/* The syndrome, where the kernel gives one (arch/arm64's sigcontext.h). */
static uint64_t syndrome(const ucontext_t *context)
{
    const uint8_t *at = context->uc_mcontext.__reserved;

    for (;;) {
        const struct _aarch64_ctx *head = (const struct _aarch64_ctx *)at;

        if (head->magic == ESR_MAGIC) {
            return ((const struct esr_context *)at)->esr;
        }
        if (head->magic == 0 || head->size == 0) {
            return 0;
        }
        at += head->size;
    }
}

static void on_fault(int number, siginfo_t *info, void *more)
{
    ucontext_t *context = more;
    mcontext_t *state = &context->uc_mcontext;

    fault_count++;
    faults = fold(faults, number);
    faults = fold(faults, info->si_code);
    faults = fold(faults, syndrome(context));
    if (number == SIGSEGV || number == SIGBUS) {
        faults = fold(faults, (uintptr_t)info->si_addr - fault_base);
    }
    switch (reaction) {
    case SKIP:
        state->pc += 4;
        break;
    case RETURN:
        state->pc = state->regs[30];
        state->regs[0] = 0x0dd;
        break;
    case UNLOCK:
        if (mprotect((void *)((uintptr_t)info->si_addr & -PAGE_SIZE), PAGE_SIZE,
                     PROT_READ | PROT_WRITE)) {
            fail("mprotect in a signal");
        }
        break;
    }
}

void catch_signals(void)
{
    static const int numbers[] = { SIGSEGV, SIGBUS, SIGILL, SIGTRAP, SIGFPE };
    struct sigaction action = { .sa_sigaction = on_fault, .sa_flags = SA_SIGINFO | SA_ONSTACK };

    for (unsigned i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
        if (sigaction(numbers[i], &action, NULL)) {
            fail("sigaction");
        }
    }
}

void give_signal_stack(void)
{
    static uint8_t stacks[THREADS + 1][64 << 10];
    static unsigned given;
    stack_t stack = { .ss_size = sizeof(stacks[0]) };

    stack.ss_sp = stacks[__atomic_fetch_add(&given, 1, __ATOMIC_RELAXED)];
    if (sigaltstack(&stack, NULL)) {
        fail("sigaltstack");
    }
}

/* ---- Each kind ---- */

/* In raisers.S: functions of an instruction that may raise something. */
extern const struct raiser {
    uint64_t (*run)(uint64_t address);
    uint64_t has_address;
} raisers[];
uint64_t load_by_odd_stack(void);

void signals_of_each_kind(void)
{
    uint8_t *pages = fixed_pages(SIGNALS_AT, 4, PROT_NONE);
    uint64_t digest = 0;

    if (mprotect(pages, PAGE_SIZE, PROT_READ | PROT_WRITE) ||
        mprotect(pages + PAGE_SIZE, PAGE_SIZE, PROT_READ)) {
        fail("mprotect");
    }
    const uintptr_t base = (uintptr_t)pages;
    const struct {
        uint64_t address, from;
    } places[] = {
        { base + 64, base },                       /* to write */
        { base + 67, base },                       /* the same, not aligned */
        { base + PAGE_SIZE - 4, base },            /* into what can be read only */
        { base + PAGE_SIZE + 64, base },           /* to read only */
        { base + 2 * PAGE_SIZE - 4, base },        /* into what cannot be read */
        { base + 3 * PAGE_SIZE, base },            /* neither */
        { 0, 0 }, { 8, 0 },
        { 0xffff800080000000ull, 0 },              /* the kernel's */
        { 0x0123456789abcdefull, 0 },              /* no address */
    };

    /* Each many times, so that it is translated code that raises them. */
    for (unsigned times = 0; times < 60; times++) {
        for (const struct raiser *r = raisers; r->run; r++) {
            const unsigned n = r->has_address ? sizeof(places) / sizeof(places[0]) : 1;

            for (unsigned p = 0; p < n; p++) {
                memset(pages, times + p, PAGE_SIZE);
                fault_base = places[p].from;
                faults = 0;
                reaction = RETURN;
                uint64_t result = r->run(places[p].address);

                digest = fold(digest, result == places[p].address ? 0 : result - fault_base);
                digest = fold(digest, faults);
                for (unsigned k = 0; k < 32; k++) {
                    digest = fold(digest, ((volatile uint64_t *)pages)[k]);
                }
            }
        }
        fault_base = 0;
        reaction = SKIP;
        faults = 0;
        load_by_odd_stack();
        digest = fold(digest, faults);
    }
    report("signals of each kind", digest);
    if (munmap(pages, 4 * PAGE_SIZE)) {
        fail("munmap");
    }
}

/* ---- A timer's signals in the middle of a loop ---- */

static volatile uint64_t ticks;

static void on_tick(int number)
{
    uint64_t a = number, b = ticks + 1;

    /* Other values in the registers that the loop uses */
    __asm__ volatile("dup v0.2d, %0\n\tdup v1.2d, %1\n\tfmul v0.2d, v0.2d, v1.2d\n\t"
                     "msr fpsr, xzr\n\tadds %0, %1, #1"
                     : "+r"(a) : "r"(b) : "v0", "v1", "cc");
    ticks = b;
}

static uint64_t long_loop(uint64_t n)
{
    uint64_t sum = 1, lanes;

    __asm__ volatile("movi v0.2d, #0\n\tdup v1.2d, %1\n"
                     "1:\tadd v0.2d, v0.2d, v1.2d\n\t"
                     "mul %0, %0, %3\n\tadd %0, %0, %1\n\t"
                     "ror %0, %0, #7\n\tsubs %1, %1, #1\n\tb.ne 1b\n\t"
                     "addp d0, v0.2d\n\tfmov %2, d0"
                     : "+r"(sum), "+r"(n), "=&r"(lanes)
                     : "r"(0x5851f42d4c957f2dull) : "v0", "v1", "cc");
    return fold(sum, lanes);
}

void signal_in_a_loop(void)
{
    const struct itimerval often = { { 0, 500 }, { 0, 500 } }, never = { { 0, 0 }, { 0, 0 } };
    struct sigaction action = { .sa_handler = on_tick, .sa_flags = SA_RESTART };
    uint64_t digest = 0;

    if (sigaction(SIGALRM, &action, NULL) || setitimer(ITIMER_REAL, &often, NULL)) {
        fail("setitimer");
    }
    for (unsigned i = 0; i < 12 || ticks < 4; i++) {
        const uint64_t result = long_loop(50000);

        digest = digest == 0 ? result : digest;
        if (result != digest) {
            differs("a loop with signals");
        }
    }
    setitimer(ITIMER_REAL, &never, NULL);
    report("signals in a loop", digest);
}
