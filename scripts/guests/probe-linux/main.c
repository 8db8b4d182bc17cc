/*
 * probe-linux: the instruction probe in Linux's user space, as the only program of its machine.
 *
 * The same operations as bare metal's, at EL0 and under a kernel that interrupts them, and what
 * only user space has: signals, threads, processes, pages that change under running code. What
 * QEMU prints natively is what every other way of running it must print.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/reboot.h>
#include <unistd.h>
#include "userland.h"

unsigned rounds = 20;
_Thread_local unsigned this_thread;

void report(const char *name, uint64_t digest)
{
    printf("%-24s0x%016llx\n", name, (unsigned long long)digest);
}

void differs(const char *what)
{
    printf("%s: results differ\n", what);
}

void *fixed_pages(uint64_t address, unsigned pages, int protection)
{
    void *at = mmap((void *)address, pages * PAGE_SIZE, protection,
                    MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);

    if (at == MAP_FAILED) {
        fail("mmap");
    }
    return at;
}

static __attribute__((noreturn)) void end(void)
{
    puts("probe-linux: the end");
    reboot(RB_POWER_OFF);
    for (;;) {
        pause();
    }
}

void fail(const char *what)
{
    printf("%s: %s; results differ\n", what, strerror(errno));
    end();
}

int main(void)
{
    /* The kernel hands what it does not know on its command line to us. */
    const char *wanted = getenv("rounds");
    uint64_t digests[MAX_FAMILIES] = { 0 };

    if (wanted) {
        rounds = strtoul(wanted, NULL, 0);
    }
    setvbuf(stdout, NULL, _IOLBF, 0);
    catch_signals();
    give_signal_stack();
    printf("probe-linux: %u rounds\n", rounds);

    run_operations(rounds, digests);
    for (unsigned i = 0; families[i]; i++) {
        if (i != PAUTH_FAMILY && i != TAG_FAMILY) {
            report(families[i], digests[i]);
        }
    }
    signals_of_each_kind();
    signal_in_a_loop();
    memory_changes();
    code_changes();
    system_calls();
    pointer_authentication();
    memory_tags();
    threads();
    end();
}
