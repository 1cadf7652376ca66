/* moat: running finalizers where they matter most. Internal to core.
 *
 * SPDX-License-Identifier: MIT */
#ifndef MOAT_FINALIZERS_H
#define MOAT_FINALIZERS_H

/* Runs those that are due, which share a cycle (moat_cycle_share). Thread mode. Linked for types that have one. */
void moat_finalizers_run(void);

/* Interrupts masked. A step of marking's stages CONDEMN and DOOM, which are skipped where no object has a finalizer.
 * Linked as the other. */
void moat_finalizers_step(void);

#endif
