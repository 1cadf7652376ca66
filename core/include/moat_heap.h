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

/* A word of memory whose type is the firmware's business: headers, stacks, what is cleared. */
typedef moat_word __attribute__((may_alias)) moat_raw;

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
    uint32_t covered;                   /* objects with covered words */
    uint32_t grey;                      /* head of the grey list: a granule, or MOAT_LINK_NONE */
    uintptr_t start, end;               /* the memory that was given */
};

/* A free run of two or more granules: a node of a bin's circular list, in the free memory itself. */
struct __attribute__((may_alias)) moat_hole {
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

/* What marking does once the grey lists are empty. */
enum moat_mark_stage {
    MOAT_STAGE_ROOTS,    /* scan the next range of roots */
    MOAT_STAGE_STACKS,   /* scan the next registered stack: thread mode only */
    MOAT_STAGE_CONDEMN,  /* walk the finalizable objects, set the white ones apart */
    MOAT_STAGE_DOOM,     /* shade those, one by one */
    MOAT_STAGE_FINISHED, /* wait for thread mode to end marking */
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
    uint32_t slice_units_max;  /* (+) most work units asked of one slice */
    uint32_t barrier_flushes;  /* (+) times a full barrier buffer was drained by a store */
    uint32_t out_of_memory;    /* (+) allocations that failed */
    uint32_t finalized;        /* (+) finalizers run */
    uint32_t marked;           /* objects marked in this cycle, or in the last if none runs */
    size_t arena_bytes;        /* bytes objects can use, over all arenas */
    size_t free_bytes;         /* bytes in known holes; exact when no sweep is under way */
    enum moat_phase phase;     /* where the collector is */
    uint32_t slice_clock_max;  /* (+) longest slice by moat_port_clock(); 0 without MOAT_CONFIG_SLICE_CLOCK */
};

struct moat_pin {
    void *object;   /* payload start, or NULL */
    uint32_t count; /* pins minus unpins */
};

struct moat_handle_entry {
    void *object;        /* NULL: free */
    uint32_t generation; /* of the handle that is valid now */
};

/* Where the scan of an object or a root range stands: first the slots of `map`, counted from `at`, then slots up to
 * dense_end, then the pieces of the run, then the type's further runs, then the next element. */
struct moat_scan {
    moat_slot *at;
    moat_word map;               /* slots still to look at: bit i is at[i] */
    uintptr_t dense_end;         /* from `at`, once map is empty, every word up to here is a slot */
    uintptr_t piece;             /* start of the piece under way */
    uint32_t pieces;             /* pieces that follow it */
    uint32_t run;                /* next run of the type */
    uintptr_t element;           /* start of the element under way */
    uintptr_t end;               /* end of the object or range */
    const struct moat_type *type; /* of the elements; NULL: no more than the words up to dense_end */
    bool array;                  /* elements follow each other up to `end` */
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
    uintptr_t largest_arena; /* bytes of granules that the largest has for objects */
    struct moat_arena *arenas[MOAT_CONFIG_ARENAS_MAX];

    struct moat_hole *bins[MOAT_BINS];
    uint32_t bin_map[MOAT_BIN_WORDS]; /* bit i: bins[i] may be non-empty */
    uint32_t free_granules;           /* in the bins and in [limit, hole_end) */

    /* marking */
    uint32_t buffered;
    void *buffer[MOAT_CONFIG_BARRIER_ENTRIES];
    struct moat_scan scan;             /* the object or root range under way */
    uint32_t root_step;                /* the root range that comes next */
    enum moat_mark_stage stage;
    struct moat_stack *stacks;         /* registered */
    bool stacks_grey;                  /* some stack is not scanned yet: stores shade the new value too */
    uint32_t work;                     /* units done in this cycle's marking, or the last's if none runs */
    uint32_t expected_work;            /* this cycle's guess of them */
    uint32_t owed;                     /* granules claimed that no work has been done for yet */
    uint32_t since;                    /* granules allocated since this cycle, or the last, started */

    /* sweeping */
    uint32_t sweep_arena, sweep_word;  /* next to sweep */
    uint32_t sweep_carry;              /* 1: a dead object reaches into the next word */
    bool sweep_free;                   /* the granule before was free before the sweep came to it */
    uintptr_t pending, pending_end;    /* the free run, maybe empty, that ends where the sweep stands; 0: in use there */

    struct moat_root roots[MOAT_CONFIG_ROOTS_MAX];
    struct moat_pin pins[MOAT_CONFIG_PINS_MAX];
    struct moat_handle_entry handles[MOAT_CONFIG_HANDLES_MAX];

    /* finalizers: lists through the last word of the objects */
    void *finalizable;         /* reachable when last looked at */
    void *condemned;           /* found unreachable by the cycle that runs, not shaded yet */
    void *doomed;              /* unreachable, kept until their finalizer has run */
    uint32_t doomed_count;     /* length of that list */
    moat_slot *finalizable_at; /* the walk at the end of marking: the link it stands at; NULL: not begun */
    void *doomed_at;           /* next of `doomed` to shade as a root */

    bool (*out_of_memory_hook)(size_t bytes);
    bool asking_hook;          /* it is running */
    struct moat_stats stats;
#if MOAT_CONFIG_STRESS_FAIL
    uint32_t fail_countdown;
#endif
};

extern struct moat_heap moat_heap;

#endif
