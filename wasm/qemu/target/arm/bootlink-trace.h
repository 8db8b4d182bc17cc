/*
 * Bootlink: where the Arm CPU tells the trace what it does
 *
 * Each hook is a test of one word while tracing is off, and nothing on other
 * hosts than WebAssembly.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TARGET_ARM_BOOTLINK_TRACE_H
#define TARGET_ARM_BOOTLINK_TRACE_H

#include "cpu.h"

struct ARMMMUFaultInfo;

#ifdef __EMSCRIPTEN__

#include "bootlink/trace.h"

#define BOOTLINK_TRACE_HOOK(name, params, args)             \
    void bootlink_trace_##name##_on params;                 \
    static inline void bootlink_trace_##name params         \
    {                                                       \
        if (unlikely(bootlink_trace.on)) {                  \
            bootlink_trace_##name##_on args;                \
        }                                                   \
    }

#else
#define BOOTLINK_TRACE_HOOK(name, params, args)             \
    static inline void bootlink_trace_##name params { }
#endif

/* An exception is about to be taken, then: it was taken. */
BOOTLINK_TRACE_HOOK(before_exception, (CPUState *cs), (cs))
BOOTLINK_TRACE_HOOK(exception, (CPUState *cs), (cs))

/* ERET from @from_el, where env->pc was @from_pc, is done. */
BOOTLINK_TRACE_HOOK(return, (CPUARMState *env, int from_el, uint64_t from_pc,
                             uint32_t spsr, uint64_t elr),
                    (env, from_el, from_pc, spsr, elr))

/* The same of an AArch32 return, which has written the new PC by now. */
BOOTLINK_TRACE_HOOK(return32, (CPUARMState *env, int from_el, uint32_t spsr),
                    (env, from_el, spsr))

/* SCR_EL3 had the value @old. */
BOOTLINK_TRACE_HOOK(scr, (CPUARMState *env, uint64_t old), (env, old))

/* SCTLR_ELx, at @reg in @env, had the value @old. */
BOOTLINK_TRACE_HOOK(sctlr, (CPUARMState *env, const uint64_t *reg,
                            uint64_t old),
                    (env, reg, old))

/* A fault @fi of an access is about to be raised; maybe one of granules. */
BOOTLINK_TRACE_HOOK(gpf, (CPUARMState *env, uint64_t va, int access,
                          const struct ARMMMUFaultInfo *fi, uint32_t syndrome),
                    (env, va, access, fi, syndrome))

/* TLBI by PA with this operand; @all: of the whole GPT.  Or GPCCR written. */
BOOTLINK_TRACE_HOOK(tlbi_pa, (CPUARMState *env, uint64_t operand, bool all),
                    (env, operand, all))
BOOTLINK_TRACE_HOOK(gpccr, (CPUARMState *env), (env))

/* @kind: index into WAITS of layout.ts. */
BOOTLINK_TRACE_HOOK(wait, (CPUARMState *env, int kind, int insn_len),
                    (env, kind, insn_len))

/* QEMU's own PSCI is about to answer, then: it did. */
BOOTLINK_TRACE_HOOK(before_psci, (CPUARMState *env), (env))
BOOTLINK_TRACE_HOOK(psci, (CPUARMState *env), (env))

/* The first instruction of this TB is about to run for the first time. */
BOOTLINK_TRACE_HOOK(block, (CPUState *cs, const TranslationBlock *tb),
                    (cs, tb))

#ifdef __EMSCRIPTEN__

/* Reset, noted also while tracing is off: the record waits for a start. */
void bootlink_trace_reset(CPUState *cs, bool cpu_on);

/* TCGCPUOps.cpu_exec_enter */
void bootlink_trace_start(CPUState *cs);

/*
 * The next image behind number @after whose first instruction lies at @at, in
 * QEMU's RAM: each is told once.  -1: none; also what to begin with.
 */
int bootlink_image_begun(CPUState *cs, ram_addr_t at, int after);

/* GPT of the CPU: a record for each run of granules that changed. */
void bootlink_gpt_changed(CPUARMState *env, uint8_t place, int cause,
                          uint64_t base, uint64_t size, uint64_t pc);

/* What the GPT says of @pa; false if it cannot be read. */
bool bootlink_gpt_entry(CPUARMState *env, uint64_t pa, uint64_t *entry,
                        int *gpi);

/* Number of granule records written so far, of any vCPU. */
unsigned bootlink_gpt_changes(void);

/*
 * INTID of the highest priority pending interrupt of a GICv3CPUState, or -1.
 * @virtual: of those in its list registers.
 */
int64_t bootlink_gicv3_pending(const void *gicv3state, bool virtual);

#else
static inline void bootlink_trace_reset(CPUState *cs, bool cpu_on) { }
#endif

#endif
