/* moat: finalizers. Internal to core.
 *
 * The last word of a finalized object, behind its payload, links it into one of three lists: `finalizable`, `condemned`
 * or `doomed`; in none once its finalizer has been called, so that it is called once.
 *
 * SPDX-License-Identifier: MIT */
#ifndef MOAT_FINALIZE_H
#define MOAT_FINALIZE_H

#include "moat_heap.h"

/* The link of a finalized object. */
moat_slot *moat_finalize_link(void *object);

/* Interrupts masked. Enters a new object. */
void moat_finalize_enter(void *object);

/* Interrupts masked. One step of the walk that sets white objects apart; false: the walk is over. */
bool moat_finalize_condemn(void);

/* Interrupts masked. Shades one condemned object and moves it to the doomed; false: none is left. */
bool moat_finalize_doom(void);

/* Interrupts masked. Shades one object that was doomed when the cycle began; false: none is left. */
bool moat_finalize_shade_doomed(void);

/* Thread mode, interrupts on, no slice under way. Calls one finalizer that is due, unless one is running. False: none
 * is. */
bool moat_finalize_run(void);

/* As moat_finalize_run for all that are due when it is called. */
void moat_finalize_run_all(void);

#endif
