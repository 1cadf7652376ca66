/* moat: running finalizers where they matter most. Internal to core.
 *
 * SPDX-License-Identifier: MIT */
#ifndef MOAT_FINALIZERS_H
#define MOAT_FINALIZERS_H

#include <stdbool.h>

/* Runs those that are due, which share a cycle (moat_cycle_share). Thread mode. Linked for types that have one. */
void moat_finalizers_run(void);

/* An object of a finalized type has been made. Context: any. */
void moat_finalizers_enter(void *object);

/* For an allocation that found no memory: runs them too, and then finishes the cycle that they may have begun. False:
 * one is running, so that none was called. */
bool moat_finalizers_let_go(void);

#endif
