/* moat: what the device itself can say about its heap. docs/answers.md has an example and the cost of each.
 *
 *   static struct moat_usage_row rows[16];
 *   static struct moat_usage usage;
 *
 *   if (moat_usage_begin(&usage, rows, 16) == MOAT_OK) {
 *       while (moat_usage_step(&usage, 100)) {
 *       }                                       the firmware may work between two steps
 *       moat_usage_print(&usage);
 *   }
 *
 * All work in slices: a step is a look at 32 granules or at an object, some hundred instructions, and a call does so
 * many and, of the last object, one more for each 32 granules that it has. Interrupts are masked for one step at a
 * time. No memory is taken from the heap: tables are the caller's, in static memory. All are for thread mode.
 *
 * While the firmware runs between two calls, it makes objects and the collector frees some: each is seen as it is when
 * the walk comes to it. One call with UINT32_MAX steps sees one moment, but for what handlers do meanwhile.
 *
 * SPDX-License-Identifier: MIT */
#ifndef MOAT_ANSWERS_H
#define MOAT_ANSWERS_H

#include "moat_heap.h"

MOAT_C_BEGIN_

/* Where a walk over the arenas stands. Core's. */
struct moat_walk {
    struct moat_arena *arena;
    uint32_t granule;
};

/* A walk behind each cycle's end. Core's. */
struct moat_census {
    struct moat_walk walk;
    uint32_t cycle; /* cycles that had ended when the walk began */
    bool walks;
};

/* ---- what the memory is used for ---- */

/* Objects of a type: `type->name` is what its MOAT_TYPE says. Arrays count as objects of their elements' type. */
struct moat_usage_row {
    const struct moat_type *type; /* moat_type_bytes: raw bytes; NULL: types that have no row */
    uint32_t objects;
    size_t bytes; /* headers and padding included */
};

struct moat_usage {
    struct moat_usage_row *rows; /* [0, count): in the order in which the types were met */
    uint32_t room, count;
    struct moat_usage_row others; /* types that found no row free */
    struct moat_usage_row all;    /* the rows and the others together */
    struct moat_walk walk;        /* core's */
};

/* Begins to count objects and their bytes by type. Objects that have died count as well, until a cycle has found
 * out: moat_gc_collect before this leaves only what lives.
 * rows, room   the caller's table: a row for each type; 0 rows count all as others
 * Returns MOAT_OK, or MOAT_ERR_NOT_READY, _HANDLER, _NULL. Context: thread. Cost: constant. */
int moat_usage_begin(struct moat_usage *usage, struct moat_usage_row *rows, uint32_t room);

/* Counts on. Returns whether there is more to come. Context: thread. Cost: so many steps, and for each object a search
 * of the rows. Traps where a header was written over. */
bool moat_usage_step(struct moat_usage *usage, uint32_t steps);

/* Calls out(row, context) for each row, the one of the most bytes first, and for the others if there are any. Context:
 * thread. Cost: rows by rows. */
typedef void moat_usage_out(const struct moat_usage_row *row, void *context);
void moat_usage_each(const struct moat_usage *usage, moat_usage_out *out, void *context);

/* A moat_usage_out that prints the row. A type without a name appears by its address. */
void moat_usage_print_row(const struct moat_usage_row *row, void *unused);

/* Prints all rows and the sum. Context: thread. Cost: as moat_usage_each's, and some 50 characters a row. */
void moat_usage_print(const struct moat_usage *usage);

/* ---- what is free ---- */

struct moat_space {
    size_t free_bytes;
    size_t largest_bytes; /* the longest free run. It has room for one object of that length, header included: at the
                             latest after a collection, which joins what is free */
    uint32_t runs;        /* free runs */
    bool estimate;        /* more than one call did it, or a sweep was under way, which finds more */
    bool begun;           /* core's, from here on */
    struct moat_walk walk;
    const struct moat_arena *run_arena; /* the run under way */
    uint32_t run_end, run_granules;
};

/* Begins to measure the free memory. Returns MOAT_OK, or MOAT_ERR_NOT_READY, _HANDLER, _NULL. Context: thread. Cost:
 * constant. */
int moat_space_begin(struct moat_space *space);

/* Measures on. Returns whether there is more to come. Context: thread. Cost: so many steps. */
bool moat_space_step(struct moat_space *space, uint32_t steps);

/* The share of the free memory that lies outside of the longest run, in thousandths: 0 where all is one run. Context:
 * any. Cost: a division. */
uint32_t moat_space_fragmentation(const struct moat_space *space);

/* Prints it in one line. Context: thread. */
void moat_space_print(const struct moat_space *space);

/* ---- why an object is kept ---- */

enum moat_why_kind {
    MOAT_WHY_OBJECT, /* a slot of an object */
    MOAT_WHY_ROOT,   /* a slot of a root: its address is the variable's, or lies in it */
    MOAT_WHY_PIN,    /* an entry of the table of pins */
    MOAT_WHY_HANDLE, /* an entry of the table of handles */
    MOAT_WHY_STACK,  /* a word of a stack, which may be dead, or a number */
};

/* A word that leads to the object of the hop before; of the first one, to the object that was asked for. */
struct moat_why_hop {
    enum moat_why_kind kind;
    const void *slot;             /* the address of the word that does */
    const void *holder;           /* MOAT_WHY_OBJECT: the object that the word is in; else NULL */
    const struct moat_type *type; /* of the holder */
    const char *stack;            /* MOAT_WHY_STACK: its name; NULL: thread mode's own, or one without a name */
};

enum moat_why_state {
    MOAT_WHY_WORKING,
    MOAT_WHY_FOUND,   /* all hops were true at one moment: the last one is no object's */
    MOAT_WHY_NONE,    /* nothing was seen that leads to it: no proof where the firmware ran meanwhile */
    MOAT_WHY_LONG,    /* not known: there are more hops than room. Each of these was true when it was seen */
    MOAT_WHY_CHANGED, /* not known: what was found is no longer true */
};

struct moat_why {
    enum moat_why_state state;
    uint32_t count;            /* of hops */
    struct moat_why_hop *hops; /* the caller's */
    uint32_t room;             /* for hops; core's, from here on */
    uint32_t *bits;            /* two for each granule: where the search was */
    uint32_t pairs;            /* pairs of words of them */
    uintptr_t object, target;  /* inverted, so that they keep nothing: what was asked for, and is searched for */
    uint32_t stage, parity;    /* of the search */
    uint32_t at, to, next_at, next_to; /* pairs that may name objects of this distance, and of the next */
    uint32_t root;                     /* ranges of roots that were begun */
    const void *root_start;            /* of the last, where it may go */
    uint32_t stack;                    /* stacks that were looked at */
    uintptr_t stack_at;                /* in the one under way; 0: not begun */
    const struct moat_arena *arena;    /* the object under way: */
    uint32_t granule;
    moat_word header;
    bool scans, stacks_too; /* there is one; stacks were looked at */
    struct moat_scan scan;
};

/* The words that moat_why_begin needs: 3 % of the arenas. Context: any. Cost: constant. */
uint32_t moat_why_words(void);

/* Begins to search for the shortest way from a root to an object: from roots, pins and handles, and only where there is
 * none from words of stacks.
 * object       a pointer to it, or into it
 * hops, room   the caller's, 1 or more: the hops found
 * bits, words  the caller's, moat_why_words() of them
 * All of it, and `why`, in static memory: words of a stack would keep what is searched for.
 * Returns MOAT_OK, or MOAT_ERR_NOT_READY, _HANDLER, _NULL, _FOREIGN (no object), _SIZE (room or words too few).
 * Context: thread. Cost: as moat_object_find's. */
int moat_why_begin(struct moat_why *why, const void *object, struct moat_why_hop *hops, uint32_t room, uint32_t *bits,
                   uint32_t words);

/* Searches on. Returns the state: MOAT_WHY_WORKING while there is more to do. Not seen are pointers that are in a
 * register only, of the caller or where a kernel keeps another task's, those before the start of an object longer than
 * 64 bytes (docs/design.md, "Ambiguous words"), and objects whose finalizer is due.
 * Context: thread. Cost: so many steps. All together do a pass over what is reachable for each hop. Interrupts are
 * masked for a step; for a word of a stack that is near objects, some 700 instructions; for all hops, some 150 each, at
 * the end. */
enum moat_why_state moat_why_step(struct moat_why *why, uint32_t steps);

/* Calls out(hop, context) for each hop, from the object towards the root. Context: thread. */
typedef void moat_why_out(const struct moat_why_hop *hop, void *context);
void moat_why_each(const struct moat_why *why, moat_why_out *out, void *context);

/* A moat_why_out that prints the hop. */
void moat_why_print_hop(const struct moat_why_hop *hop, void *unused);

/* Prints the hops, or why they are not known. Context: thread. */
void moat_why_print(const struct moat_why *why);

/* ---- what grows ---- */

/* Objects of a type: at the mark, and in the last count. */
struct moat_growth_row {
    const struct moat_type *type; /* NULL: types that have no row */
    uint32_t first, last;
    size_t first_bytes, last_bytes;
    uint32_t rises; /* counts with more objects than the one before */
    uint32_t now;   /* core's: the count under way */
    size_t now_bytes;
};

struct moat_growth {
    struct moat_growth_row *rows; /* [0, count) */
    uint32_t room, count;
    struct moat_growth_row others; /* types that found no row free */
    uint32_t counts;               /* behind the mark */
    bool marked;                   /* core's, from here on: the mark is counted */
    struct moat_census census;
};

/* Sets the mark: counts objects by type, and again behind each cycle that ends. A type that leaks has more objects in
 * each count, or in most; one of a cache, or of work that comes and goes, does not.
 * rows, room   the caller's table: a row for each type; 0 rows count all as others
 * Returns MOAT_OK, or MOAT_ERR_NOT_READY, _HANDLER, _NULL. Context: thread. Cost: constant. */
int moat_growth_begin(struct moat_growth *growth, struct moat_growth_row *rows, uint32_t room);

/* For an idle loop: counts on. Returns whether a count is under way; else there is nothing to do until another cycle
 * has ended. Objects that die meanwhile count as well: the sooner a count comes behind its cycle, the closer it is.
 * Context: thread. Cost: as moat_usage_step's. */
bool moat_growth_step(struct moat_growth *growth, uint32_t steps);

/* Calls out(row, context) for each row that has grown since the mark, the one that grew by the most bytes first, and
 * for the others if they have. Context: thread. Cost: rows by rows. */
typedef void moat_growth_out(const struct moat_growth_row *row, void *context);
void moat_growth_each(const struct moat_growth *growth, moat_growth_out *out, void *context);

/* A moat_growth_out that prints the row; and all of it. Context: thread. */
void moat_growth_print_row(const struct moat_growth_row *row, void *unused);
void moat_growth_print(const struct moat_growth *growth);

/* ---- the most there was ---- */

struct moat_high {
    size_t bytes;       /* of objects, headers and padding included, in one count */
    uint32_t objects;   /* in one count */
    size_t stack_bytes; /* that a scan of one stack had to look at */
};

/* For an idle loop: counts behind each cycle that ends, as moat_growth_step. Returns whether a count is under way.
 * Context: thread. Cost: so many steps. */
bool moat_high_step(uint32_t steps);

/* The most since the start or moat_high_restart: of bytes and objects as the counts behind cycles have found them, of
 * stacks exactly. MOAT_ERR_NULL if out is NULL. Context: thread. Cost: constant; and from the linking of this on some
 * ten instructions for each scan of a stack. */
int moat_high_get(struct moat_high *out);

/* Forgets it, and has the next step begin a count. Context: thread. Cost: constant. */
void moat_high_restart(void);

/* Prints it in one line. Context: thread. */
void moat_high_print(void);

MOAT_C_END_

#endif
