/*
 * Bootlink: trace records from the state of an Arm CPU
 *
 * What each record holds: src/inspect/events/layout.ts.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "cpu.h"
#include "cpregs.h"
#include "internals.h"
#include "syndrome.h"
#include "exec/exec-all.h"
#include "exec/cpu-common.h"
#include "tcg/insn-start-words.h"
#include "bootlink-trace.h"

/* SMCCC function ids of the Realm Management Interface (DEN0137, B4.3). */
#define RMI_GRANULE_DELEGATE 0xc4000151
#define RMI_GRANULE_UNDELEGATE 0xc4000152

#define PSCI_CPU_SUSPEND 0x84000001
#define PSCI_CPU_OFF 0x84000002
#define PSCI_SYSTEM_OFF 0x84000008
#define PSCI_SYSTEM_RESET 0x84000009
#define SMC64 0x40000000

enum { RESET_NONE, RESET_COLD, RESET_WARM, RESET_CPU_ON };

/* What a vCPU's records need to know of its past. */
static struct {
    uint64_t psci[4];       /* x0 to x3 of a call that QEMU answers */
    uint64_t rmi_base;
    uint64_t return_pc;     /* where the last return or exception led, */
    unsigned rmi_changes;
    uint8_t rmi;            /* new GPI if the RMI call succeeds, or 0 */
    uint8_t before;         /* place before the exception being taken */
    uint8_t return_from;    /* ... and from which place */
    uint8_t reset;          /* RESET_* that has not been recorded */
    bool started;
    bool psci_pending;
} past[BOOTLINK_TRACE_CPUS];

static int index_of(CPUARMState *env)
{
    return env_cpu(env)->cpu_index & (BOOTLINK_TRACE_CPUS - 1);
}

static uint8_t place(int el, ARMSecuritySpace space, bool aarch32)
{
    return 0x80 | aarch32 << 4 | space << 2 | el;
}

static ARMSecuritySpace space_of(CPUARMState *env, int el)
{
    if (el < 3) {
        return arm_security_space_below_el3(env);
    }
    return cpu_isar_feature(aa64_rme, env_archcpu(env)) ? ARMSS_Root
                                                        : ARMSS_Secure;
}

static uint8_t place_now(CPUARMState *env)
{
    return place(arm_current_el(env), arm_security_space(env), !is_a64(env));
}

static uint64_t pc_now(CPUARMState *env)
{
    return is_a64(env) ? env->pc : env->regs[15];
}

static uint64_t xreg(CPUARMState *env, int n)
{
    return is_a64(env) ? env->xregs[n] : n < 15 ? env->regs[n] : 0;
}

/*
 * Address of the instruction that called the helper we are in.  env->pc is
 * only brought up to date where a translation needs it.
 */
static uint64_t unwind_pc(CPUARMState *env, uint64_t pc, uintptr_t ra)
{
    uint64_t data[TARGET_INSN_START_WORDS];

    if (!cpu_unwind_state_data(env_cpu(env), ra, data)) {
        return pc;
    }
    /* As in arm_restore_state_to_opc(). */
    return tcg_cflags_has(env_cpu(env), CF_PCREL)
           ? (pc & TARGET_PAGE_MASK) | data[0] : data[0];
}

static uint64_t pc_of_helper(CPUARMState *env)
{
    return unwind_pc(env, pc_now(env), GETPC());
}

static void write_one(CPUARMState *env, BootlinkTraceRecord *record)
{
    bootlink_trace_write(env_cpu(env), record, 1);
}

void bootlink_trace_before_exception_on(CPUState *cs)
{
    CPUARMState *env = cpu_env(cs);

    past[index_of(env)].before = place_now(env);
}

/* Index into INTERRUPTS of layout.ts, or -1 for a synchronous exception. */
static int interrupt_of(int excp)
{
    switch (excp) {
    case EXCP_IRQ:
        return 0;
    case EXCP_FIQ:
        return 1;
    case EXCP_VIRQ:
        return 3;
    case EXCP_VFIQ:
        return 4;
    case EXCP_VSERR:
        return 5;
    case EXCP_NMI:
        return 6;
    case EXCP_VINMI:
    case EXCP_VFNMI:
        return 7;
    default:
        return -1;
    }
}

static void elr_and_spsr(CPUARMState *env, uint64_t *elr, uint64_t *spsr)
{
    int el = arm_current_el(env);

    if (is_a64(env)) {
        *elr = env->elr_el[el];
        *spsr = env->banked_spsr[aarch64_banked_spsr_index(el)];
    } else {
        *elr = el == 2 ? env->elr_el[2] : env->regs[14];
        *spsr = env->spsr;
    }
}

/*
 * What the interrupt controller signals now.  A hypervisor may also raise a
 * virtual interrupt by HCR_EL2 alone, which has no number.
 */
static int64_t pending_interrupt(CPUState *cs, int interrupt)
{
    CPUARMState *env = cpu_env(cs);
    bool virtual = interrupt == 3 || interrupt == 4 || interrupt == 7;

    if (interrupt == 2 || interrupt == 5) {
        return -1;              /* SError has none */
    }
    if (env->gicv3state) {
        return bootlink_gicv3_pending(env->gicv3state, virtual);
    }
    return bootlink_gicv2_pending(cs->cpu_index, virtual);
}

static void take_interrupt(CPUState *cs, int interrupt, uint8_t from,
                           uint8_t to)
{
    CPUARMState *env = cpu_env(cs);
    int64_t intid = pending_interrupt(cs, interrupt);
    BootlinkTraceRecord r;

    if (!bootlink_trace_begin(cs, &r, BOOTLINK_TRACE_INTERRUPT, from, to,
                              intid & INT64_MAX, pc_now(env))) {
        return;
    }
    r.detail = interrupt;
    r.a = intid;
    elr_and_spsr(env, &r.b, &r.c);
    r.d = pc_now(env);
    write_one(env, &r);
}

/* A call into EL3 from Non-secure state may be one of the RMI's. */
static void note_rmi(CPUARMState *env, int cpu, uint32_t ec, uint8_t from)
{
    uint64_t id = xreg(env, 0);

    past[cpu].rmi = 0;
    if ((ec == EC_AA64_SMC) && (from >> 2 & 3) == ARMSS_NonSecure &&
        (id == RMI_GRANULE_DELEGATE || id == RMI_GRANULE_UNDELEGATE)) {
        past[cpu].rmi = id == RMI_GRANULE_DELEGATE ? 0xb : 0x9;
        past[cpu].rmi_base = xreg(env, 1);
        past[cpu].rmi_changes = bootlink_gpt_changes();
    }
}

void bootlink_trace_exception_on(CPUState *cs)
{
    CPUARMState *env = cpu_env(cs);
    int cpu = index_of(env);
    int interrupt = interrupt_of(cs->exception_index);
    uint8_t from = past[cpu].before, to = place_now(env);
    uint32_t ec = syn_get_ec(env->exception.syndrome);
    uint64_t pc = pc_now(env);
    bool call;
    BootlinkTraceRecord r[2];

    past[cpu].return_pc = pc;
    past[cpu].return_from = from;
    if (interrupt >= 0) {
        take_interrupt(cs, interrupt, from, to);
        return;
    }
    call = (ec >= EC_AA32_SVC && ec <= EC_AA32_SMC) ||
           (ec >= EC_AA64_SVC && ec <= EC_AA64_SMC);
    if (call && arm_current_el(env) == 3) {
        note_rmi(env, cpu, ec, from);
    }
    if (!bootlink_trace_begin(cs, r, BOOTLINK_TRACE_EXCEPTION, from, to, ec,
                              pc)) {
        return;
    }
    r->flags |= call ? BOOTLINK_TRACE_CALL : 0;
    r->detail = pc & (is_a64(env) ? 0x7ff : 0x1f);
    r->a = env->exception.syndrome;
    r->b = call ? xreg(env, 0) : env->exception.vaddress;
    elr_and_spsr(env, &r->c, &r->e);
    r->d = pc;
    if (call) {
        r[1] = r[0];
        r[1].kind = BOOTLINK_TRACE_ARGUMENTS;
        for (int i = 0; i < 7; i++) {
            r[1].words[i] = xreg(env, i + 1);
        }
    }
    bootlink_trace_write(cs, r, call ? 2 : 1);
}

static void write_return(CPUARMState *env, uint8_t from, uint64_t from_pc,
                         uint32_t spsr, uint64_t elr)
{
    int cpu = index_of(env);
    uint64_t pc = pc_now(env);
    BootlinkTraceRecord r;

    past[cpu].return_pc = pc;
    past[cpu].return_from = from;
    if (bootlink_trace_begin(env_cpu(env), &r, BOOTLINK_TRACE_RETURN, from,
                             place_now(env), 0, pc)) {
        r.a = elr;
        r.b = spsr;
        r.c = xreg(env, 0);
        r.d = xreg(env, 1);
        r.e = from_pc;
        write_one(env, &r);
    }
}

void bootlink_trace_return32_on(CPUARMState *env, int from_el, uint32_t spsr)
{
    write_return(env, place(from_el, space_of(env, from_el), true), 0, spsr,
                 pc_now(env));
}

void bootlink_trace_return_on(CPUARMState *env, int from_el, uint64_t from_pc,
                              uint32_t spsr, uint64_t elr)
{
    int cpu = index_of(env);
    uint8_t from = place(from_el, space_of(env, from_el), false);
    BootlinkTraceRecord r;

    write_return(env, from, unwind_pc(env, from_pc, GETPC()), spsr, elr);
    if (past[cpu].rmi && from_el == 3 &&
        arm_security_space(env) == ARMSS_NonSecure) {
        uint8_t gpi = past[cpu].rmi;

        past[cpu].rmi = 0;
        /* RMI_SUCCESS, and no TLBI has shown the change. */
        if (xreg(env, 0) == 0 &&
            past[cpu].rmi_changes == bootlink_gpt_changes() &&
            bootlink_trace_begin(env_cpu(env), &r, BOOTLINK_TRACE_GRANULE,
                                 from, 0, -1, 0)) {
            r.detail = gpi | 2 << 8;
            r.a = past[cpu].rmi_base;
            r.b = 4096;
            write_one(env, &r);
        }
    }
}

void bootlink_trace_scr_on(CPUARMState *env, uint64_t old)
{
    uint64_t new = env->cp15.scr_el3;
    bool rme = cpu_isar_feature(aa64_rme, env_archcpu(env));
    int el = arm_feature(env, ARM_FEATURE_EL2) ? 2 : 1;
    ARMSecuritySpace before;
    BootlinkTraceRecord r;
    uint64_t pc;

    if (!((old ^ new) & (SCR_NS | SCR_NSE)) || current_cpu != env_cpu(env)) {
        return;
    }
    /* As in arm_security_space_below_el3(). */
    if (!(old & SCR_NS)) {
        before = ARMSS_Secure;
    } else {
        before = rme && (old & SCR_NSE) ? ARMSS_Realm : ARMSS_NonSecure;
    }
    pc = pc_of_helper(env);
    if (bootlink_trace_begin(env_cpu(env), &r, BOOTLINK_TRACE_WORLD,
                             place(el, before, false),
                             place(el, arm_security_space_below_el3(env),
                                   false), -1, pc)) {
        r.a = new;
        r.b = old;
        r.c = pc;
        write_one(env, &r);
    }
}

void bootlink_trace_sctlr_on(CPUARMState *env, const uint64_t *reg,
                             uint64_t old)
{
    int el = reg - env->cp15.sctlr_el;
    ARMSecuritySpace space;
    BootlinkTraceRecord r;

    if (el < 0 || el > 3 || !((old ^ *reg) & SCTLR_M) ||
        current_cpu != env_cpu(env)) {
        return;
    }
    el = MAX(el, 1);        /* [0] is the AArch32 bank of Secure EL1 */
    space = space_of(env, el);
    if (bootlink_trace_begin(env_cpu(env), &r, BOOTLINK_TRACE_MMU,
                             place(el, space, !arm_el_is_aa64(env, el)), 0,
                             -1, 0)) {
        r.detail = *reg & SCTLR_M;
        r.a = *reg;
        r.b = old;
        r.c = env->cp15.ttbr0_el[el];
        r.d = env->cp15.tcr_el[el];
        r.e = pc_of_helper(env);
        write_one(env, &r);
    }
}

/* GPCSC: the status in ESR_EL3's ISS (Arm ARM D24.2, "GPC exception"). */
static int gpcsc_of(const ARMMMUFaultInfo *fi)
{
    switch (fi->gpcf) {
    case GPCF_Walk:
        return 0x04 | fi->level;
    case GPCF_Fail:
        return 0x0c | fi->level;
    case GPCF_EABT:
        return 0x14 | fi->level;
    default:
        return fi->level;
    }
}

void bootlink_trace_gpf_on(CPUARMState *env, uint64_t va, int access,
                           const ARMMMUFaultInfo *fi, uint32_t syndrome)
{
    BootlinkTraceRecord r;
    int gpi;

    if (fi->gpcf == GPCF_None ||
        !bootlink_trace_begin(env_cpu(env), &r, BOOTLINK_TRACE_GPF,
                              place_now(env), 0, -1, 0)) {
        return;
    }
    r.flags |= BOOTLINK_TRACE_VA;
    r.detail = gpcsc_of(fi) | fi->paddr_space << 8 |
               (access == MMU_DATA_STORE) << 10 |
               (access == MMU_INST_FETCH) << 11 |
               (fi->type == ARMFault_GPCFOnWalk) << 12;
    r.a = fi->paddr;
    r.b = va;
    r.c = pc_now(env);      /* cpu_restore_state() was called */
    r.d = syndrome;
    if (bootlink_gpt_entry(env, fi->paddr, &r.e, &gpi)) {
        r.flags |= BOOTLINK_TRACE_ENTRY;
    }
    write_one(env, &r);
}

void bootlink_trace_tlbi_pa_on(CPUARMState *env, uint64_t operand, bool all)
{
    /* SIZE, bits [47:44] of TLBI RPAOS (Arm ARM C5.5); others are reserved. */
    static const uint8_t size_bits[] = {
        12, 14, 16, 21, 25, 29, 30, 34, 36, 39,
    };
    unsigned code = extract64(operand, 44, 4);
    uint64_t size = code < ARRAY_SIZE(size_bits) ? 1ull << size_bits[code] : 0;
    uint64_t base = extract64(operand, 0, 40) << 12;

    if (!all && !size) {
        return;
    }
    bootlink_gpt_changed(env, place_now(env), 1, all ? 0 : base,
                         all ? UINT64_MAX : size,
                         pc_of_helper(env));
}

void bootlink_trace_gpccr_on(CPUARMState *env)
{
    if (current_cpu == env_cpu(env) &&
        FIELD_EX64(env->cp15.gpccr_el3, GPCCR, GPC)) {
        bootlink_gpt_changed(env, place_now(env), 0, 0, UINT64_MAX,
                             pc_of_helper(env));
    }
}

static void write_psci(CPUARMState *env, bool answered)
{
    int cpu = index_of(env);
    BootlinkTraceRecord r;

    past[cpu].psci_pending = false;
    if (bootlink_trace_begin(env_cpu(env), &r, BOOTLINK_TRACE_PSCI,
                             place_now(env), 0, -1, 0)) {
        r.a = past[cpu].psci[0];
        r.b = past[cpu].psci[1];
        r.c = past[cpu].psci[2];
        r.d = past[cpu].psci[3];
        if (answered) {
            r.flags |= BOOTLINK_TRACE_RESULT;
            r.e = xreg(env, 0);
        }
        write_one(env, &r);
    }
}

void bootlink_trace_before_psci_on(CPUARMState *env)
{
    int cpu = index_of(env);

    for (int i = 0; i < 4; i++) {
        past[cpu].psci[i] = xreg(env, i);
    }
    past[cpu].psci_pending = true;
    switch (past[cpu].psci[0] & ~SMC64) {
    case PSCI_CPU_SUSPEND:
    case PSCI_CPU_OFF:
    case PSCI_SYSTEM_OFF:
    case PSCI_SYSTEM_RESET:
        /* These may not come back. */
        write_psci(env, false);
    }
}

void bootlink_trace_psci_on(CPUARMState *env)
{
    if (past[index_of(env)].psci_pending) {
        write_psci(env, true);
    }
}

void bootlink_trace_wait_on(CPUARMState *env, int kind, int insn_len)
{
    BootlinkTraceRecord r;
    uint64_t pc = pc_now(env) - insn_len;

    if (bootlink_trace_begin(env_cpu(env), &r, BOOTLINK_TRACE_WAIT,
                             place_now(env), 0, kind, pc)) {
        r.detail = kind;
        r.a = pc;
        write_one(env, &r);
    }
}

void bootlink_trace_reset(CPUState *cs, bool cpu_on)
{
    int cpu = index_of(cpu_env(cs));

    past[cpu].reset = cpu_on ? RESET_CPU_ON
                             : past[cpu].started ? RESET_WARM : RESET_COLD;
    past[cpu].psci_pending = false;
    past[cpu].rmi = 0;
}

/* Here and not at reset: only now PC and EL are what the machine made them. */
void bootlink_trace_start(CPUState *cs)
{
    CPUARMState *env = cpu_env(cs);
    int cpu = index_of(env);
    int reset = past[cpu].reset;
    BootlinkTraceRecord r;

    if (likely(reset == RESET_NONE)) {
        return;
    }
    past[cpu].reset = RESET_NONE;
    past[cpu].started = true;
    past[cpu].return_pc = pc_now(env);
    past[cpu].return_from = place_now(env);
    if (bootlink_trace.on &&
        bootlink_trace_begin(cs, &r, BOOTLINK_TRACE_RESET, 0, place_now(env),
                             -1, 0)) {
        r.detail = reset - RESET_COLD;
        r.a = pc_now(env);
        write_one(env, &r);
    }
}

void bootlink_trace_block_on(CPUState *cs, const TranslationBlock *tb)
{
    CPUARMState *env = cpu_env(cs);
    int cpu = index_of(env), image = -1;

    while ((image = bootlink_image_begun(cs, tb_page_addr0(tb), image)) >= 0) {
        bool after_return = past[cpu].return_pc == pc_now(env);
        BootlinkTraceRecord r;

        if (bootlink_trace_begin(cs, &r, BOOTLINK_TRACE_IMAGE,
                                 after_return ? past[cpu].return_from
                                              : place_now(env),
                                 place_now(env), -1, 0)) {
            r.detail = image;
            r.a = pc_now(env);
            r.b = bootlink_trace.images[image].base;
            r.c = bootlink_trace.images[image].size;
            r.d = xreg(env, 0);
            r.e = xreg(env, 1);
            write_one(env, &r);
        }
    }
}
