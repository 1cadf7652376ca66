/* moat: running finalizers where they matter most. Internal to core.
 *
 * SPDX-License-Identifier: MIT */
#ifndef MOAT_FINALIZERS_H
#define MOAT_FINALIZERS_H

/* Runs those that are due, which share a cycle (moat_cycle_share). Thread mode. Linked for types that have one. */
void moat_finalizers_run(void);

#endif
