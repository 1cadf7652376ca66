/* moat: pins. Internal to core.
 *
 * SPDX-License-Identifier: MIT */
#ifndef MOAT_PIN_H
#define MOAT_PIN_H

#include <stdbool.h>

/* Whether the object whose payload begins at `start` is pinned, or a persistent block. Context: any. Cost: a search of
 * the pins and the persistent blocks. */
bool moat_pin_holds(const void *start);

/* Whether an object is a persistent block: persistent.c's, NULL until one is made, so that firmware without them does
 * not link that file. */
extern bool (*moat_pin_is_persistent)(const void *start);

#endif
