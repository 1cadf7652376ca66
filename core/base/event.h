/* moat: the ring of the collector's last events, for the fault record and for traces. Internal to core.
 *
 * MOAT_CONFIG_EVENTS is how many it holds; with 0 there is no ring and MOAT_EVENT is no code.
 *
 *     MOAT_EVENT(MOAT_EVENT_SLICE_BEGIN, units);
 *
 * SPDX-License-Identifier: MIT */
#ifndef MOAT_EVENT_H
#define MOAT_EVENT_H

#include "moat_defaults.h"

#include <stddef.h>
#include <stdint.h>

/* docs/trace.md lists them for what reads them: a number keeps its meaning for good. Begin and end
 * events nest like brackets, unless the firmware's own do not. */
enum moat_event_kind {
    MOAT_EVENT_NONE = 0,
    MOAT_EVENT_CYCLE_BEGIN = 1,    /* number of the cycle; marking begins */
    MOAT_EVENT_SWEEP_BEGIN = 2,    /* units of work that marking took */
    MOAT_EVENT_CYCLE_END = 3,      /* bytes free */
    MOAT_EVENT_SLICE_BEGIN = 4,    /* units of work asked for; interrupts are masked up to its end */
    MOAT_EVENT_SLICE_END = 5,      /* bytes free */
    MOAT_EVENT_ALLOCATE_BEGIN = 6, /* bytes; docs/trace.md says which allocations */
    MOAT_EVENT_FINALIZE_BEGIN = 8, /* the object, low 32 bits */
    MOAT_EVENT_EXHAUSTED = 9,      /* bytes that could not be had */
    MOAT_EVENT_ALLOCATE_END = 10,  /* bytes free */
    MOAT_EVENT_FINALIZE_END = 11,  /* bytes free */
    MOAT_EVENT_SCAN_BEGIN = 12,    /* bytes of a stack: no slice, interrupts are open but for what it hits */
    MOAT_EVENT_SCAN_END = 13,      /* bytes free */
    MOAT_EVENT_COLLECT_BEGIN = 14, /* number of the cycle before: moat_gc_collect */
    MOAT_EVENT_COLLECT_END = 15,   /* bytes free */
};

struct moat_event {
    uint32_t clock; /* moat_port_clock */
    uint32_t kind;  /* enum moat_event_kind */
    uint32_t argument;
};

#if MOAT_CONFIG_EVENTS > 0
#define MOAT_EVENT(kind, argument) moat_event_add((kind), (uint32_t)(argument))

/* One object, for what finds it by its name in a dump of memory. */
struct moat_event_ring {
    uint32_t next;   /* where in `events` the next one goes */
    uint32_t count;  /* of those that it holds */
    uint32_t number; /* of the next one: mod 2^32, of all there were */
    struct moat_event events[MOAT_CONFIG_EVENTS];
};

extern struct moat_event_ring moat_event_ring;

/* Adds an event; the oldest goes. Context: any. Cost: constant, one reading of the clock. */
void moat_event_add(enum moat_event_kind kind, uint32_t argument);

/* How many events the ring holds, at most MOAT_CONFIG_EVENTS. Context: any. */
uint32_t moat_event_count(void);

/* The event that is `ago` before the newest, which is 0. ago < moat_event_count(). Context: interrupts masked. */
const struct moat_event *moat_event_at(uint32_t ago);

/* The number of the next event: of all there were, mod 2^32. Context: any. */
uint32_t moat_event_next(void);

/* Copies events from a number on, at most `most`; *number becomes that of the oldest where it has gone. Returns how
 * many. Context: any. Cost: interrupts are masked for `most` copies. */
uint32_t moat_event_read(uint32_t *number, struct moat_event *to, uint32_t most);
#else
#define MOAT_EVENT(kind, argument) ((void)sizeof(kind), (void)sizeof(argument))

static inline uint32_t moat_event_count(void) {
    return 0;
}

static inline const struct moat_event *moat_event_at(uint32_t ago) {
    (void)ago;
    return NULL;
}

static inline uint32_t moat_event_next(void) {
    return 0;
}

static inline uint32_t moat_event_read(uint32_t *number, struct moat_event *to, uint32_t most) {
    return (void)number, (void)to, (void)most, 0;
}
#endif

#endif
