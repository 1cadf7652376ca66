/* moat: the ring of the collector's last events, for the fault record and for traces. Internal to core.
 *
 * MOAT_CONFIG_EVENTS is how many it holds; with 0 there is no ring and MOAT_EVENT is no code.
 *
 *     MOAT_EVENT(MOAT_EVENT_SLICE_BEGIN, units);
 *
 * SPDX-License-Identifier: MIT */
#ifndef MOAT_EVENT_H
#define MOAT_EVENT_H

#include "include/moat_defaults.h"

#include <stddef.h>
#include <stdint.h>

/* docs/fault-record.md lists them for what reads a record. */
enum moat_event_kind {
    MOAT_EVENT_NONE = 0,
    MOAT_EVENT_CYCLE_BEGIN = 1, /* number of the cycle; marking begins */
    MOAT_EVENT_SWEEP_BEGIN = 2, /* units of work that marking took */
    MOAT_EVENT_CYCLE_END = 3,   /* bytes free */
    MOAT_EVENT_SLICE_BEGIN = 4, /* units of work asked for */
    MOAT_EVENT_SLICE_END = 5,   /* bytes free */
    MOAT_EVENT_ALLOCATE = 6,    /* bytes: a slow allocation, of a chunk or a large object */
    MOAT_EVENT_FINALIZE = 8,    /* the object, low 32 bits */
    MOAT_EVENT_EXHAUSTED = 9,   /* bytes that could not be had */
};

struct moat_event {
    uint32_t clock;    /* moat_port_clock */
    uint32_t kind;     /* enum moat_event_kind */
    uint32_t argument;
};

#if MOAT_CONFIG_EVENTS > 0
#define MOAT_EVENT(kind, argument) moat_event_add((kind), (uint32_t)(argument))

/* Adds an event; the oldest goes. Context: any. Cost: constant, one reading of the clock. */
void moat_event_add(enum moat_event_kind kind, uint32_t argument);

/* How many events the ring holds, at most MOAT_CONFIG_EVENTS. Context: any. */
uint32_t moat_event_count(void);

/* The event that is `ago` before the newest, which is 0. ago < moat_event_count(). Context: interrupts masked. */
const struct moat_event *moat_event_at(uint32_t ago);
#else
#define MOAT_EVENT(kind, argument) ((void)sizeof(kind), (void)sizeof(argument))

static inline uint32_t moat_event_count(void) {
    return 0;
}

static inline const struct moat_event *moat_event_at(uint32_t ago) {
    (void)ago;
    return NULL;
}
#endif

#endif
