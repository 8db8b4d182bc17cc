/*
 * Bootlink: which interrupt a vCPU is taking, of a GICv3
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "gicv3_internal.h"
#include "target/arm/bootlink-trace.h"

static bool group_enabled(const GICv3CPUState *cs, bool group1)
{
    return cs->ich_vmcr_el2 & (group1 ? ICH_VMCR_EL2_VENG1
                                      : ICH_VMCR_EL2_VENG0);
}

/* As hppvi_index() of arm_gicv3_cpuif.c, which nothing else can call. */
static int64_t pending_virtual(const GICv3CPUState *cs)
{
    int64_t intid = -1;
    int prio = 0xff;
    bool nmi = false;

    for (int i = 0; i < cs->num_list_regs; i++) {
        uint64_t lr = cs->ich_lr_el2[i];
        int its = (lr & ICH_LR_EL2_PRIORITY_MASK) >> ICH_LR_EL2_PRIORITY_SHIFT;
        bool its_nmi = lr & ICH_LR_EL2_NMI;

        if ((lr & ICH_LR_EL2_STATE_MASK) != ICH_LR_EL2_STATE_PENDING_BIT ||
            !group_enabled(cs, lr & ICH_LR_EL2_GROUP)) {
            continue;
        }
        if (its < prio || (its == prio && its_nmi && !nmi)) {
            prio = its;
            nmi = its_nmi;
            intid = lr & ICH_LR_EL2_VINTID_MASK;
        }
    }
    if (cs->hppvlpi.prio < prio &&
        group_enabled(cs, cs->hppvlpi.grp != GICV3_G0)) {
        intid = cs->hppvlpi.irq;
    }
    return intid;
}

int64_t bootlink_gicv3_pending(const void *gicv3state, bool virtual)
{
    const GICv3CPUState *cs = gicv3state;

    if (virtual) {
        return pending_virtual(cs);
    }
    return cs->hppi.prio == 0xff ? -1 : cs->hppi.irq;
}
