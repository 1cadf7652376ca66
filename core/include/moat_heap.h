/* moat: the heap's state, in one struct, so that tests, a debugger and the fault record can see it.
 *
 * Some state is kept elsewhere, because a firmware that does not use it links none of it: the tables of roots, pins and
 * handles, to which `tables` points; the list of persistent blocks; the regions that were added at run time; the level
 * of MOAT_CALL's checks; the rings of events and of faults; where the fault log and the audit stand. The last error is
 * in base/result.c.
 *
 * Firmware reads moat_stats_get() instead. Only the barrier macros look in here. docs/design.md explains the fields and
 * states the invariants (INV-n) that moat_heap_check() verifies.
 *
 * SPDX-License-Identifier: MIT */
#ifndef MOAT_HEAP_H
#define MOAT_HEAP_H

#include "moat_defaults.h"
#include "moat_type.h"

#include <stdbool.h>

MOAT_C_BEGIN_

/* A slot as core reads and writes it: may alias, so that `struct node *` members can be accessed through it. */
typedef void *__attribute__((may_alias)) moat_slot;

/* A word of memory whose type is the firmware's business: headers, stacks, what is cleared. */
typedef moat_word __attribute__((may_alias)) moat_raw;

/* 32 granules of an arena, one bit each: start mark
 *   0 0  free                        1 1  an object's first granule, white: not reached yet, or no cycle marks
 *   0 1  the rest of an object       1 0  an object's first granule, grey or black */
struct moat_bits {
    uint32_t start;
    uint32_t mark;
};

/* An arena. This struct and the bitmap are at the start of the memory that was given. The objects follow. */
struct moat_arena {
    uintptr_t base;         /* address of granule 0: a multiple of 32 granules and one word; may lie before `low` */
    uintptr_t low, span;    /* the granules that objects can use, and the closing fence */
    struct moat_bits *bits; /* one for 32 granules, and one more */
    uintptr_t bias;         /* what the address of a granule's bits is counted from: moat_bits_at */
    uint8_t *back;     /* one for each of the bits: in a word without a start, words back towards its object's start */
    uint32_t *full;    /* bit i: of bits [32 i, 32 i + 32) no granule is free */
    uint32_t granules; /* from base; the fence is the last */
    uint32_t first;    /* the granule at `low` */
    uint32_t grey;     /* head of the grey list: a granule; the fence ends it */
    uint32_t longest;  /* no object that it has held takes more granules */
    uint32_t order;    /* its index in moat_heap.arenas.table */
    struct moat_arena *next; /* the one behind it in there, or NULL */
    uintptr_t start, end;    /* the memory that was given */
};

/* A free run that the search has passed: an object that nothing refers to, with a header of its own kind. */
struct __attribute__((may_alias)) moat_hole {
    moat_word header;
    struct moat_hole *next; /* in its list */
    moat_word granules;     /* only where there are more than MOAT_EXACT_HOLES: else the list tells it */
};

/* One list for each of the shorter sizes of holes, and two for the others (MOAT_EXACT_HOLES, MOAT_LONG_HOLES). */
#define MOAT_LISTS 32

enum moat_phase {
    MOAT_PHASE_IDLE,  /* nothing to do until the search for free memory reaches its stop */
    MOAT_PHASE_MARK,  /* barrier on; roots, stacks and grey objects are being scanned */
    MOAT_PHASE_SWEEP, /* barrier off; white objects become free memory */
};

/* The stages of marking once the grey lists are empty. */
enum moat_mark_stage {
    MOAT_STAGE_ROOTS,    /* scan the next range of roots */
    MOAT_STAGE_STACKS,   /* scan the next registered stack: thread mode only */
    MOAT_STAGE_DECIDE,   /* from the next step on, weak references to white objects read NULL; */
    MOAT_STAGE_WEAK,     /* walk the weak references, clear those */
    MOAT_STAGE_CONDEMN,  /* walk the finalizable objects, set the white ones apart */
    MOAT_STAGE_DOOM,     /* shade those, one by one */
    MOAT_STAGE_FINISHED, /* wait for thread mode to end marking */
};

/* A task's stack, registered with moat_stack_add; owned by the caller while registered. */
struct moat_stack {
    uintptr_t low;    /* lowest address of the stack's memory */
    uintptr_t high;   /* one past its highest */
    uintptr_t sp;     /* the task's stack pointer while it is not running, all registers pushed that callees preserve */
    const char *name; /* for messages; may be NULL */
    struct moat_stack *next; /* core's */
    uint32_t cycle;          /* core's: the cycle that scanned it last */
#if MOAT_CONFIG_TASKS
    uint32_t runs;              /* core's: how often the task was switched away */
    const uintptr_t *registers; /* where the kernel keeps registers of the task, if it is not the stack; */
    uintptr_t register_words;   /* so many; 0: nowhere else */
#endif
};

/* Counters. Bytes are of whole objects, header and padding included. Those marked (+) never decrease. */
struct moat_stats {
    uint32_t cycles;          /* (+) collections finished */
    uint32_t slices;          /* (+) slices run */
    uint32_t out_of_memory;   /* (+) allocations that failed */
    uint32_t finalized;       /* (+) finalizers run */
    size_t arena_bytes;       /* bytes objects can use, over all arenas */
    size_t free_bytes;        /* bytes that are free */
    bool free_is_least;       /* a sweep is under way: those that it has found so far */
    enum moat_phase phase;    /* where the collector is */
    uint32_t slice_clock_max; /* (+) longest slice by moat_port_clock(); 0 without MOAT_CONFIG_SLICE_CLOCK */
};

struct moat_pin {
    void *object;   /* payload start, or NULL */
    uint32_t count; /* pins minus unpins */
};

struct moat_handle_entry {
    void *object;        /* NULL: free */
    uint32_t generation; /* of the handle that is valid now */
};

/* Where the scan of an object or a root range stands. The slots [at, dense_end) come first. Then come the runs of slots
 * that `map` still names, the inner pieces of the piece, the pieces of the run, the type's further runs, and the next
 * element. */
struct moat_scan {
    moat_slot *at;
    moat_slot *dense_end;
    moat_word map;                /* slots of the piece that follow dense_end: bit i is the i-th word from there */
    const struct moat_type *type; /* of the elements; NULL: no more than map */
    uintptr_t piece;              /* start of the piece under way */
    uint32_t pieces;              /* pieces that follow it */
    uint32_t inner;               /* inner pieces of it that are still to come */
    uint32_t run;                 /* next run of the type */
    uintptr_t element;            /* start of the element under way */
    uintptr_t end;                /* end of the object or range */
    bool array;                   /* elements follow each other up to `end` */
    bool doubtful;                /* [at, dense_end) and map: words that may be numbers (MOAT_RUN_DOUBTFUL) */
    bool extends;                 /* the array, or tail, may go on behind it: its end is looked for meanwhile */
};

#if MOAT_CONFIG_SLICE_CLOCK
/* How many lengths of windows there are; into how many parts a window is divided, at whose ends the collector's time is
 * noted; and the room for these notes. */
#define MOAT_UTILISATION_WINDOWS 3
#define MOAT_UTILISATION_PARTS 20
#define MOAT_UTILISATION_SAMPLES (MOAT_UTILISATION_PARTS + 2)

struct moat_sample {
    uint32_t at;   /* by moat_port_clock */
    uint32_t busy; /* the collector's time up to then */
};

/* Windows of one length. */
struct moat_window {
    uint32_t most;          /* of the collector's time in any */
    uint32_t oldest, count; /* of the ring */
    struct moat_sample samples[MOAT_UTILISATION_SAMPLES];
};

struct moat_utilisation {
    uint32_t busy; /* the collector's time so far */
    struct moat_window windows[MOAT_UTILISATION_WINDOWS];
};
#endif

/* ---- the heap's state, grouped by owner: the part of core that writes it. Unless a group says more, it is written
 * with interrupts masked, and read in core/ under the mask, in thread mode without it where no handler writes. Offsets
 * up to 124 bytes take the short loads: what allocations and stores use stands first. ---- */

/* Written by heap/arena.c when an arena is added. Read by anybody, at any time: it only grows. */
struct moat_border {
    uintptr_t low, span;       /* hull of all arenas: payload addresses p with p - low < span */
    uintptr_t home, home_span; /* the first arena's, for the fast half of the store check */
};

/* Written by space/take.c, and by heap/alloc.h, whose fast path advances `at`. Read in base/, space/ and inspect/.
 * [at, limit) is zeroed and its mark bits are set. at == limit: there is none, as while a cycle runs. */
struct moat_chunk {
    uintptr_t at, limit;
    uintptr_t bias; /* its arena's */
};

/* Holes by size. Written by space/holes.[ch], and by heap/raw_bytes.c, whose fast path takes the first. Read in space/
 * and inspect/. */
struct moat_lists {
    struct moat_hole *holes[MOAT_LISTS]; /* by granules; holes[0] is never used */
    uint32_t map;                        /* bit i: holes[i] may be non-empty */
};

/* Where the search for free memory stands, and where it stops. Written by space/search.[ch]; by space/take.c the run
 * and `ahead`; by space/large.c all but the stop; by heap/pace.c `ahead`, which it forgets; by heap/arena.c run_words.
 * Read in space/, heap/ and inspect/. */
struct moat_place {
    struct moat_bits *word;      /* next to look at */
    struct moat_bits *group_end; /* of the words that can be looked at one after the other */
    uint32_t mask;               /* free granules of the word before that are not passed yet */
    uintptr_t at;                /* the address of that word's first granule */
};

struct moat_search {
    struct moat_place place;
    struct moat_arena *arena; /* of these words; NULL: there is no arena */
    struct moat_arena *stop;  /* the search stops in this arena, */
    uint32_t stop_word;       /* before this word */
    bool follows;             /* SWEEP: the stop is where the sweep stands */
    bool used;                /* memory was taken since the last cycle began */
    uint8_t ahead;            /* granules of the largest small request of late: in MARK, room for it is found ahead */
    uint8_t run_words;        /* bitmap words that a run may take more than the one that it begins in */
#if MOAT_CONFIG_TASKS
    bool behind;       /* it stands behind a large object that is being claimed */
    uint32_t restarts; /* it has begun anew so often */
#endif
    uintptr_t run_at, run_end;      /* MARK, SWEEP: the free run that it has come to, not claimed; 0 and 0: none */
    struct moat_arena *run_arena;   /* of the run */
    struct moat_arena *large_arena; /* where a large object is looked for first; NULL: at the search's place */
    uint32_t large_word;            /* in there */
};

/* When the collector works. Written by heap/pace.[ch], and by heap/arena*.c when an arena is added; `work` and `spent`
 * by heap/cycle.c too; `usable` and `spent` by space/ too. Read in heap/ and space/. */
struct moat_pace {
    uint32_t reserve;       /* free granules that are to lie behind the stop: for the next marking and its sweep */
    uint32_t sweep_reserve; /* those of them that are for the sweep */
    uint32_t usable;        /* while marking: free granules that the search has still to come to, in runs worth it */
    uint32_t work;          /* units done in this cycle's marking, or the last's if none runs */
    uint32_t expected_work; /* the guess of them: of this cycle's, and from where marking ends on of the next one's */
    uint32_t spent;         /* units that the request under way took to find memory: a part of what it pays */
    uint32_t payments;      /* in this cycle, in eighths: a request counts its granules, 8 at least */
    uint32_t paid_for;      /* granules that they were for */
    uint16_t mean;          /* granules that a payment is for, in sixteenths: 8 granules at most */
    uint16_t size;          /* payments that a request of late is for, in 512ths */
#if MOAT_CONFIG_TASKS
    bool helped; /* there is a task that works ahead (moat_gc_task). Written by heap/gc_task.c */
#endif
};

/* Written by heap/cycle.c. Read by anybody in core. */
struct moat_cycle {
    enum moat_phase phase;
    bool requested;        /* thread mode must start a cycle as soon as none runs, whatever is free */
    uint32_t number;       /* of the cycle that runs or ran last */
    uintptr_t shared_on;   /* the stack on which what shares a cycle runs (moat_cycle_share); 0: nothing does */
    uint32_t shared_after; /* that cycle is the one after this */
};

/* Written by heap/arena.c. Read by anybody in core, any time: the table only grows. */
struct moat_arenas {
    struct moat_arena *table[MOAT_CONFIG_ARENAS_MAX];
    uint32_t count;
    uintptr_t largest; /* bytes of granules that the largest has for objects */
};

/* The section of types. Written by moat_init (heap/heap.c), constant from then on: read by anybody. */
struct moat_types {
    moat_word count;
    moat_word first_header; /* of objects of the first */
    moat_word bytes_header; /* of objects of raw bytes */
};

/* Where the sweep stands: first it goes over all words, then it places the search's stop. Written by space/sweep.c.
 * Read in space/, heap/ and inspect/. */
struct moat_sweep {
    struct moat_arena *arena; /* NULL: done */
    uint32_t word;            /* next to sweep */
    uint32_t carry;           /* 1: a dead object reaches into the next word */
    uint32_t free;            /* bit i: granule i of some word of the group so far is free */
    bool placed;              /* the stop has its place */
    struct moat_arena *place; /* it lies here, or before: */
    uint32_t place_word;      /* here */
    uint32_t usable;          /* free granules behind that place, in runs that are worth it */
};

/* Where marking stands. Written by heap/cycle.c, `stage` by mark/late.c too, `scan` by mark/grey.c and
 * mark/root*.c, `busy` and `turns` by mark/grey.c, root_step by mark/root*.c, `waiting` by mark/stack.c, stack... by
 * mark/task.c, and others by mark/stacks.c when one is added; waiting_... by heap/arena.c with the first arena. Read in
 * heap/, mark/, and store/ (stacks_grey). */
struct moat_marking {
    bool busy;        /* handlers must not mark: thread mode does, and lets them run for an instant */
    bool stacks_grey; /* some stack is not scanned yet: stores shade the new value too */
    enum moat_mark_stage stage;
#if MOAT_CONFIG_TASKS
    uint32_t turns;           /* of the marking loop: another context has marked if it is another number */
    struct moat_stack *stack; /* the stack whose scan is under way, or NULL; */
    uintptr_t stack_at;       /* here; */
    uint32_t stack_runs;      /* of its task, when the scan began; */
    uint32_t stack_restarts;  /* it began again so often, since the task ran meanwhile */
#endif
    uint16_t waiting;        /* words of stacks that have been found near objects and not yet been looked up */
    uint16_t waiting_most;   /* room for so many, in the first arena: */
    moat_raw *waiting_words; /* thread mode's, no mask */
    uint32_t root_step;      /* the root range that comes next */
    uint32_t patience;       /* units of marking, after which the grey lists are looked at for a circle */
    struct moat_scan scan;   /* the object or root range under way */
};

/* Written by mark/finalize.c, and condemn_at and shade_at by heap/cycle.c when a cycle starts. Read in heap/ and
 * inspect/. The lists are linked through the last word of the objects. */
struct moat_finalizers {
    bool running;          /* a finalizer is: thread mode's, no mask */
    uint32_t doomed_count; /* length of that list */
    void *finalizable;     /* reachable when last looked at */
    void *condemned;       /* found unreachable by the cycle that runs, not shaded yet */
    void *doomed;          /* unreachable, kept until their finalizer has run */
    moat_slot *condemn_at; /* the walk at the end of marking: the link it stands at; NULL: not begun */
    void *shade_at;        /* next of `doomed` to shade as a root */
};

/* The front door. Written by heap/heap.c (ready), mark/stack*.[ch] (inside, caller, stack_...), mark/owner.h (waiting)
 * and heap/ (the others). Read in heap/ and mark/, and `ready` by anybody. */
struct moat_front {
    uintptr_t inside; /* the stack pointer with which thread mode entered the slow path or the collector; 0: outside */
    uintptr_t caller; /* who called what is inside, for its traps */
    uintptr_t stack_low, stack_span; /* the stack that thread mode entered on last */
#if MOAT_CONFIG_TASKS
    uint32_t waiting; /* tasks that wait to be the collector's owner (mark/owner.h) */
#endif
    bool ready;                               /* moat_init has finished */
    bool asking_hook;                         /* it is running: thread mode's, no mask */
    bool (*out_of_memory_hook)(size_t bytes); /* anybody's, no mask: read once */
#if MOAT_CONFIG_STRESS_FAIL
    uint32_t fail_countdown;
#endif
};

/* Each has MOAT_CONFIG_..._MAX entries and is linked if it is used. NULL until the first entry. Each is written by the
 * file of mark/ that has its name. Read there and in inspect/. */
struct moat_tables {
    struct moat_stack *stacks; /* registered: a list */
    struct moat_root *roots;
    struct moat_pin *pins;
    struct moat_handle_entry *handles;
};

struct moat_heap {
    uint32_t marking; /* not 0: the barrier is on. Written by heap/cycle.c, read by the barrier macros without a mask */
    struct moat_chunk chunk;
    struct moat_cycle cycle;
    uint32_t listed; /* granules in the lists and in `aside`. Written as they are */
    struct moat_search search;
    struct moat_arenas arenas;
    struct moat_sweep sweep;
    struct moat_pace pace;
    struct moat_marking mark;
    struct moat_border border;
    struct moat_front front;
    struct moat_types types;
    struct moat_finalizers finalizers;
    struct moat_tables tables;
    struct moat_stats stats; /* each counter is written where the thing counted happens */
#if MOAT_CONFIG_EVENTS > 0
    uint32_t free_granules; /* that are 00 in the bitmaps. Written in space/ and by heap/arena.c */
#endif
    struct moat_lists lists; /* IDLE */
    struct moat_lists aside; /* MARK: the holes, where the fast path does not find them */
#if MOAT_CONFIG_SLICE_CLOCK
    struct moat_utilisation utilisation; /* written by heap/utilisation.c, read there */
#endif
};

extern struct moat_heap moat_heap;

MOAT_C_END_

#endif
