/*
 * Bootlink: which interrupt a vCPU is taking, of a GICv2
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "qom/object.h"
#include "hw/intc/arm_gic_common.h"
#include "bootlink/trace.h"

int64_t bootlink_gicv2_pending(int cpu, bool virtual)
{
    static GICState *gic;
    static bool looked;
    int irq;

    if (!looked) {
        /* NULL too when there are several: then whose interrupt it is? */
        Object *found = object_resolve_path_type("", TYPE_ARM_GIC_COMMON, NULL);

        gic = found ? ARM_GIC_COMMON(found) : NULL;
        looked = true;
    }
    if (!gic || cpu >= gic->num_cpu || cpu >= GIC_NCPU) {
        return -1;
    }
    /* Interfaces of virtual CPUs come behind those of the CPUs. */
    irq = gic->current_pending[virtual ? cpu + GIC_NCPU : cpu];
    return irq < 1020 ? irq : -1;       /* 1020 to 1023 are special */
}
