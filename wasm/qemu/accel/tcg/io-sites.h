/*
 * Bootlink: instructions that were seen to access a device.
 *
 * An access may reach a device only as the last one of its TB (can_do_io).
 * Elsewhere cpu_io_recompile() leaves the TB by a longjmp, which is a throw
 * in WebAssembly and takes microseconds, and runs the instruction again in a
 * TB of its own: each time.  So the instruction is remembered here, its TB
 * dropped, and the next translation ends behind it.
 *
 * An address that is here without need only makes a TB shorter.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ACCEL_TCG_IO_SITES_H
#define ACCEL_TCG_IO_SITES_H

#include "exec/vaddr.h"

/*
 * Remember the instruction at @pc, which must not be 0.  False when there is
 * no place left for it until the next flush of all TBs: it goes the long way.
 */
bool io_sites_add(vaddr pc);
bool io_sites_has(vaddr pc);
/* No vCPU translates meanwhile. */
void io_sites_clear(void);

#endif
