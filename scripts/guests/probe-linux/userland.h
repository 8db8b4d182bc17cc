/* probe-linux: what its files share. */
#ifndef USERLAND_H
#define USERLAND_H

#include <stdbool.h>
#include <stdint.h>
#include "../probe/fold.h"
#include "../probe/values.h"

enum { THREADS = 4, PAGE_SIZE = 4096, WINDOW_PAGES = 16 };

/*
 * Where memory is: not where the kernel would put it, which differs from boot to boot, as some of
 * it lands in digests.
 */
enum : uint64_t {
    SIGNALS_AT = 0x200000000, CODE_AT = 0x210000000, CHANGES_AT = 0x220000000,
    TAGGED_AT = 0x230000000, WINDOWS_AT = 0x240000000,
};
void *fixed_pages(uint64_t address, unsigned pages, int protection);

/* 0, or 1 to THREADS */
extern _Thread_local unsigned this_thread;

/* How often each operation runs. */
extern unsigned rounds;

/* A digest under its name. */
void report(const char *name, uint64_t digest);
/* Prints what is wrong, in a line that native QEMU does not print. */
void differs(const char *what);
/* Ends the probe with the errno of `what`. */
__attribute__((noreturn)) void fail(const char *what);

/* ---- signals.c ---- */

/* What this thread does about a signal that an instruction raises. */
enum reaction {
    SKIP,    /* goes on behind the instruction */
    RETURN,  /* goes on where the link register says: the instruction is a function's */
    UNLOCK,  /* makes the page at the address writable and runs the instruction again */
};
extern _Thread_local volatile enum reaction reaction;
/* What the signals of this thread said: number, code, syndrome, address less `fault_base`. */
extern _Thread_local volatile uint64_t faults, fault_count;
extern _Thread_local uint64_t fault_base;

void catch_signals(void);
/* Each thread has a stack for its signals. */
void give_signal_stack(void);

void signals_of_each_kind(void);
void signal_in_a_loop(void);

/* ---- the families ---- */

/* Each operation of operations.S, `times` times; digests by family. */
void run_operations(unsigned times, uint64_t digests[MAX_FAMILIES]);
void threads(void);
void memory_changes(void);
void code_changes(void);
void system_calls(void);
void pointer_authentication(void);
void memory_tags(void);

#endif
