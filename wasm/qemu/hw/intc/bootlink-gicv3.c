/*
 * Bootlink: which interrupt a vCPU is taking
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "gicv3_internal.h"
#include "target/arm/bootlink-trace.h"

int64_t bootlink_gicv3_pending(const void *gicv3state)
{
    const GICv3CPUState *cs = gicv3state;

    return cs->hppi.prio == 0xff ? -1 : cs->hppi.irq;
}
