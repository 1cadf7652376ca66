/* moat: the heap's whole state, one struct, so that tests, a debugger and the fault record can see it.
 *
 * Firmware reads moat_stats_get() instead; only the barrier macros look in here. docs/design.md explains the
 * fields and gives the invariants (INV-n) that moat_heap_check() verifies.
 *
 * SPDX-License-Identifier: MIT */
#ifndef MOAT_HEAP_H
#define MOAT_HEAP_H

#include "moat_defaults.h"
#include "moat_type.h"

#include <stdbool.h>

/* A slot as core reads and writes it: may alias, so that `struct node *` members can be accessed through it. */
typedef void *__attribute__((may_alias)) moat_slot;

/* 32 granules of an arena, one bit each: start mark
 *   0 0  free, or beneath the cover bitmaps     1 0, 1 1  an object's first granule; mark ^ live = white
 *   0 1  the rest of an object                                                              */
struct moat_bits {
    uint32_t start;
    uint32_t mark;
};

#define MOAT_COVER_LEVELS 3

/* An arena: this struct and the bitmaps stand at the start of the memory that was given, the objects follow. */
struct moat_arena {
    uintptr_t base;                     /* address of the first granule; one word before a payload's alignment */
    uintptr_t span;                     /* bytes of granules, the closing fence included */
    struct moat_bits *bits;             /* one for 32 granules */
    uint32_t *cover[MOAT_COVER_LEVELS]; /* level k: one bit for 32^(k+1) granules wholly inside one object */
    uint32_t granules;                  /* the fence at the end is the last */
    uint32_t grey;                      /* head of the grey list: a granule, or MOAT_LINK_NONE */
    uintptr_t start, end;               /* the memory that was given */
};

/* A free run of two or more granules: a node of a bin's circular list, in the free memory itself. */
struct moat_hole {
    struct moat_hole *next;
    struct moat_hole *prev;
    moat_word granules;
};

/* Bins: sizes 2..15 have one each, then four to a doubling. */
#define MOAT_BINS 80
#define MOAT_BIN_WORDS ((MOAT_BINS + 31) / 32)

enum moat_phase {
    MOAT_PHASE_IDLE,  /* nothing to do until free memory falls to the trigger */
    MOAT_PHASE_MARK,  /* barrier on; roots, stacks and grey objects are being scanned */
    MOAT_PHASE_SWEEP, /* barrier off; white objects become holes */
};

/* A task's stack, registered with moat_stack_add; owned by the caller while registered. */
struct moat_stack {
    uintptr_t low;                /* lowest address of the stack's memory */
    uintptr_t high;               /* one past its highest */
    uintptr_t sp;                 /* the task's stack pointer while it is not running, registers pushed */
    const char *name;             /* for messages; may be NULL */
    struct moat_stack *next;      /* core's */
    uint32_t cycle;               /* core's: the cycle that scanned it last */
};

/* Counters. Bytes are of whole objects, header and padding included. Those marked (+) never decrease. */
struct moat_stats {
    uint32_t cycles;           /* (+) collections finished */
    uint32_t allocations;      /* (+) slow allocations: chunk refills and large objects */
    uint32_t slices;           /* (+) slices run */
    uint32_t slice_units_max;  /* (+) most work units in one slice */
    uint32_t barrier_flushes;  /* (+) times a full barrier buffer was drained by a store */
    uint32_t out_of_memory;    /* (+) allocations that failed */
    uint32_t finalized;        /* (+) finalizers run */
    uint32_t marked;           /* objects marked in this cycle, or in the last if none runs */
    size_t arena_bytes;        /* bytes objects can use, over all arenas */
    size_t free_bytes;         /* bytes in known holes; exact when no sweep is under way */
    enum moat_phase phase;     /* where the collector is */
    uint32_t slice_clock_max;  /* (+) longest slice in units of moat_port_clock(), 0 where the port has none */
};

struct moat_pin {
    void *object;   /* payload start, or NULL */
    uint32_t count; /* pins minus unpins */
};

struct moat_handle_entry {
    void *object;        /* NULL: free */
    uint32_t generation; /* of the handle that is valid now */
};

/* Where the scan of one object, root range or array stands. */
struct moat_scan {
    moat_slot *at;               /* the element's or piece's first word */
    uintptr_t end;               /* one past the last byte that may hold slots */
    moat_word map;               /* slots still to look at, from `at` */
    moat_word element_map;       /* of each piece */
    uintptr_t stride;            /* bytes to the next piece; 0: none follows */
    uint32_t pieces;             /* pieces left after this one */
    uint32_t run;                /* next run of the type */
    const struct moat_type *type; /* NULL: every word is a slot */
    uintptr_t element;           /* start of the element being scanned */
    uintptr_t object_end;        /* end of the whole object */
    bool array;                  /* elements of `type` follow each other up to object_end */
};

struct moat_heap {
    /* the border: what barrier macros test inline */
    uint32_t marking;      /* not 0: the barrier is on */
    uintptr_t low, span;   /* hull of all arenas: payload addresses p with p - low < span */
    uintptr_t home, home_span; /* the first arena's, for the fast half of the store check */

    /* the cursor: [cursor, limit) is zeroed, claimed and fenced; [limit, hole_end) is free and nobody else's */
    uintptr_t cursor, limit, hole_end;
    struct moat_arena *cursor_arena;
    uint32_t live;         /* 0 or ~0: mark bit of a live object's first granule; flips when a cycle starts */

    enum moat_phase phase;
    bool ready;            /* moat_init has finished */
    bool requested;        /* a handler needs a cycle that thread mode must start or end */
    bool finalizing;       /* a finalizer is running */
    uint32_t cycle;        /* number of the cycle that runs or ran last */

    uint32_t arena_count;
    struct moat_arena *arenas[MOAT_CONFIG_ARENAS_MAX];

    struct moat_hole *bins[MOAT_BINS];
    uint32_t bin_map[MOAT_BIN_WORDS]; /* bit i: bins[i] may be non-empty */
    uint32_t free_granules;           /* in bins, pending and cursor's hole */

    /* marking */
    uint32_t buffered;
    void *buffer[MOAT_CONFIG_BARRIER_ENTRIES];
    struct moat_scan scan;             /* the object or root range under way */
    uint32_t root_step;                /* which root range comes next */
    struct moat_stack *stacks;         /* registered */
    struct moat_stack *stack_next;     /* next to scan */
    bool stacks_grey;                  /* some stack is not scanned yet: stores shade the new value too */
    uint32_t work, last_work;          /* units done in this cycle's marking, and in the last one's */
    uint32_t since;                    /* granules allocated since the last marking ended */

    /* sweeping */
    uint32_t sweep_arena, sweep_word;  /* next to sweep */
    uint32_t sweep_carry;              /* 1: a dead object reaches into the next word */
    uintptr_t pending, pending_end;    /* free run that ends where the sweep stands; in no bin */

    struct moat_root roots[MOAT_CONFIG_ROOTS_MAX];
    struct moat_pin pins[MOAT_CONFIG_PINS_MAX];
    struct moat_handle_entry handles[MOAT_CONFIG_HANDLES_MAX];

    /* finalizers: lists through the last word of the objects */
    void *finalizable;     /* reachable when last looked at */
    void *doomed;          /* unreachable: finalizer to be run; roots until then */
    moat_slot *finalizable_at; /* the walk at the end of marking: the link it stands at */
    void *doomed_at;       /* the scan of `doomed` as roots */

    bool (*out_of_memory_hook)(size_t bytes);
    struct moat_stats stats;
#if MOAT_CONFIG_STRESS_FAIL
    uint32_t fail_countdown;
#endif
};

extern struct moat_heap moat_heap;

#endif
