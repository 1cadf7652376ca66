/* Handlers with a graph of their own. See meddler.h.
 *
 * SPDX-License-Identifier: MIT */
#include "meddler.h"

#include "fresh_heap.h"
#include "harness.h"
#include "xorshift.h"

#include <bsp.h>
#include <moat.h>

#define ROOTS 6
#define LEVELS 2
#define ACTIONS 3         /* of one handler */
#define WITHIN 800u       /* instructions */
#define FINALIZED_MOST 20 /* alive or doomed, so that handlers do not fill the heap with them */

/* `check` is of its address: an object that was freed, and whose memory is another's, does not have it. */
struct thing {
    uintptr_t check;
    MOAT_REF(struct thing) slot[2];
};
MOAT_TYPE(thing_type, struct thing, slot);

void meddler_finalizer(void *object);
MOAT_TYPE_FINALIZED(ended_type, struct thing, meddler_finalizer, slot);

static MOAT_ROOT(struct thing) roots[LEVELS][ROOTS];

static struct level {
    uintptr_t hidden[ROOTS]; /* its roots, as they ought to be */
    uintptr_t pinned;        /* hidden; 0: none */
    uint32_t random;
    unsigned runs;
} levels[LEVELS];

static volatile unsigned ended_made, ended_called;

static uintptr_t mark_of(const struct thing *thing) {
    return ~(uintptr_t)thing ^ 0x5a5a5a5au;
}

static uint32_t below(struct level *level, uint32_t bound) {
    return xorshift_below(xorshift(&level->random), bound);
}

void meddler_finalizer(void *object) {
    const struct thing *thing = object;
    if (thing->check != mark_of(thing)) {
        test_fail(__FILE__, __LINE__, "a handler's object was written over before it was finalized");
    }
    ended_called++;
}

static bool is_right(const struct thing *thing) {
    return thing == NULL || thing->check == mark_of(thing);
}

static void look(const struct level *level) {
    for (unsigned i = 0; i < ROOTS; i++) {
        const struct thing *thing = roots[level - levels][i];
        if (hide(thing) != level->hidden[i]) {
            test_fail(__FILE__, __LINE__, "a handler's root has changed");
        } else if (!is_right(thing) || (thing != NULL && (!is_right(thing->slot[0]) || !is_right(thing->slot[1])))) {
            test_fail(__FILE__, __LINE__, "a handler's object is lost");
        }
    }
    if (level->pinned != 0 && !is_right((const struct thing *)~level->pinned)) {
        test_fail(__FILE__, __LINE__, "an object that a handler has pinned is lost");
    }
}

static void put(struct level *level, unsigned at, struct thing *thing) {
    MOAT_STORE(roots[level - levels][at], thing);
    level->hidden[at] = hide(thing);
}

static void make(struct level *level) {
    bool ends = below(level, 8) == 0 && ended_made - ended_called < FINALIZED_MOST;
    struct thing *thing = ends ? (struct thing *)moat_new(&ended_type) : MOAT_NEW(thing_type);
    (void)MOAT_NEW_BYTES(1 + below(level, 60));
    if (thing == NULL) {
        return;
    }
    if (thing->check != 0 || thing->slot[0] != NULL || thing->slot[1] != NULL) {
        test_fail(__FILE__, __LINE__, "a handler's new object is not zero");
    }
    ended_made += ends;
    thing->check = mark_of(thing);
    MOAT_INIT(thing->slot[0], roots[level - levels][below(level, ROOTS)]);
    MOAT_STORE(thing->slot[1], roots[level - levels][below(level, ROOTS)]);
    put(level, below(level, ROOTS), thing);
}

static void swap(struct level *level) {
    unsigned a = below(level, ROOTS), b = below(level, ROOTS);
    MOAT_SWAP(roots[level - levels][a], roots[level - levels][b]);
    uintptr_t hidden = level->hidden[a];
    level->hidden[a] = level->hidden[b];
    level->hidden[b] = hidden;
}

/* The links of one object become those of another, or none. */
static void move(struct level *level) {
    struct thing *to = roots[level - levels][below(level, ROOTS)], *from = roots[level - levels][below(level, ROOTS)];
    if (to != NULL && from != NULL) {
        CHECK_EQUAL(below(level, 2) == 0 ? MOAT_MOVE(thing_type, to, from) : MOAT_ZERO(thing_type, to), MOAT_OK);
        to->check = mark_of(to);
    }
}

static void exchange(struct level *level) {
    unsigned at = below(level, ROOTS);
    struct thing *holder = roots[level - levels][below(level, ROOTS)];
    if (holder != NULL) {
        struct thing *was = MOAT_EXCHANGE(holder->slot[below(level, 2)], roots[level - levels][at]);
        put(level, at, was);
    }
}

static void drop(struct level *level) {
    put(level, below(level, ROOTS), NULL);
}

static void pin(struct level *level) {
    if (level->pinned != 0) {
        CHECK_EQUAL(moat_unpin((const void *)~level->pinned), MOAT_OK);
        level->pinned = 0;
        return;
    }
    struct thing *thing = roots[level - levels][below(level, ROOTS)];
    if (thing != NULL && moat_pin(thing) == MOAT_OK) {
        level->pinned = hide(thing);
    }
}

static void work(struct level *level) {
    static void (*const actions[])(struct level *) = {make, make, make, swap, move, exchange, drop, drop, pin};
    for (unsigned i = 0; i < ACTIONS; i++) {
        actions[below(level, sizeof actions / sizeof actions[0])](level);
    }
    look(level);
    level->runs++;
}

static void second(void) {
    work(&levels[1]);
}

static void first(void) {
    if (below(&levels[0], 2) == 0) {
        bsp_interrupt(second);
    }
    work(&levels[0]);
}

void meddler_begin(uint32_t seed) {
    for (unsigned i = 0; i < LEVELS; i++) {
        levels[i] = (struct level){.random = seed * 2 + i + 1};
        for (unsigned root = 0; root < ROOTS; root++) {
            levels[i].hidden[root] = hide(NULL);
        }
    }
    ended_made = ended_called = 0;
}

void meddler_arm(void) {
    bsp_timer_start(1 + test_random_below(WITHIN), false, first);
}

void meddler_disarm(void) {
    bsp_timer_stop();
}

void meddler_drop(void) {
    for (unsigned i = 0; i < LEVELS; i++) {
        look(&levels[i]);
        for (unsigned root = 0; root < ROOTS; root++) {
            put(&levels[i], root, NULL);
        }
        if (levels[i].pinned != 0) {
            pin(&levels[i]);
        }
    }
}

unsigned meddler_runs(void) {
    return levels[0].runs + levels[1].runs;
}
