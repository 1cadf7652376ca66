/* moat: the late stages of marking: weak references and finalizers. Internal to core.
 *
 * SPDX-License-Identifier: MIT */
#ifndef MOAT_LATE_H
#define MOAT_LATE_H

/* Interrupts masked, nothing grey, all stacks scanned: a step of the stages from DECIDE to DOOM. Those are passed over
 * for which there is nothing to do. Linked where there are finalizers or weak references. */
void moat_late_step(void);

#endif
