/* moat: how much is free, for events. Internal to core.
 *
 * SPDX-License-Identifier: MIT */
#ifndef MOAT_FREE_H
#define MOAT_FREE_H

#include <stdint.h>

/* The free_bytes of moat_stats_get: the argument of most events that end something. Context: any. */
uint32_t moat_event_free_bytes(void);

#endif
