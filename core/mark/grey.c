/* moat: the marking loop, which scans grey objects. See mark.h.
 *
 * SPDX-License-Identifier: MIT */
#include "fault/assert.h"
#include "base/port.h"
#include "mark/grey.h"
#include "mark/mark.h"
#include "space/granule.h"

/* The cost of work, in instructions of a 32-bit core, about: going on to what is not after the habit, and, before that,
 * to more of what is scanned; a window that is opened here, more. */
#define MORE 62
#define NEXT (MOAT_GREY_STEP - MORE)
#define OUTSIDE 36

/* A slice, however short it is to be, and how much shorter the first one is, for the way to it. Its begin and end take
 * less than the sweep's, so it may be longer by MORE_MARKING. */
#define MORE_MARKING 16
#define ASKED ((int32_t)(MOAT_CONFIG_SLICE_UNITS * MOAT_UNIT) + MORE_MARKING)
#define SLICE (ASKED > MOAT_GREY_STEP ? ASKED : MOAT_GREY_STEP)
_Static_assert(MOAT_GREY_STEP >= MOAT_GREY_LONG_SLOTS * MOAT_GREY_SLOT + MOAT_GREY_POINTER + MOAT_GREY_LOOK_UP,
               "a slice that pays for a piece has room for a look");
#define ENTRY 28

#ifdef MOAT_PORT_GREY
#define LOOP moat_port_grey_loop
#define LOOP_OPENS_WINDOWS (MOAT_PORT_GREY && !MOAT_CONFIG_TASKS)
#else
#define LOOP moat_grey_loop
#define LOOP_OPENS_WINDOWS (!MOAT_CONFIG_TASKS)
#endif

/* Another arena than the first that has grey objects, or NULL. */
static struct moat_arena *other_grey_arena(void) {
    struct moat_arena *arena = moat_heap.arenas.table[0]->next;
    while (arena != NULL && arena->grey == moat_grey_end(arena)) {
        arena = arena->next;
    }
    return arena;
}

static inline void assert_grey(const struct moat_arena *arena, uint32_t granule) {
    MOAT_ASSERT(moat_is_object_granule(arena, granule));
    MOAT_ASSERT(moat_is_start(arena, granule) && !moat_is_white(arena, granule));
    MOAT_ASSERT(moat_header_known(*moat_header_at(moat_granule_address(arena, granule))));
}

/* Takes a grey object off its list and begins its scan: it is black from here on, and what the scan has still to visit
 * is grey in effect. */
static void begin_grey(struct moat_arena *arena, struct moat_scan *scan, struct moat_grey *loop) {
    uint32_t granule = arena->grey;
    assert_grey(arena, granule);
    uintptr_t at = moat_granule_address(arena, granule);
    moat_word header = *moat_header_at(at);
    MOAT_REQUIRE(moat_is_object_granule(arena, granule) && moat_is_start(arena, granule) &&
                     !moat_is_white(arena, granule),
                 7, at);
    MOAT_REQUIRE(moat_header_known(header) && moat_header_has_slots(header), 4, at);
    arena->grey = moat_header_link(header);
    if (moat_grey_learn(loop, header)) {
        scan->at = (moat_slot *)moat_payload_at(at);
        scan->dense_end = (moat_slot *)((uintptr_t)scan->at + loop->habit_bytes);
    } else {
        moat_scan_object(scan, arena, granule);
    }
}

/* Whether nothing comes behind [at, dense_end). */
MOAT_APART_ static bool is_over(const struct moat_scan *scan) {
    return scan->map == 0 && scan->type == NULL && !scan->extends;
}

/* The work behind [at, dense_end): the scan's next piece, if the scan is not over, or another grey object. False:
 * nothing is grey. */
static bool go_on(struct moat_scan *scan, struct moat_arena *home, struct moat_grey *loop) {
    loop->habit = MOAT_GREY_NO_HABIT;
    for (; !is_over(scan); scan->type = NULL, scan->doubtful = false) {
        if (moat_scan_next_piece(scan)) {
            loop->budget -= MORE;
            return true;
        }
    }
    struct moat_arena *arena = home->grey != moat_grey_end(home) ? home : other_grey_arena();
    if (arena != NULL) {
        begin_grey(arena, scan, loop);
    }
    return arena != NULL;
}

/* The next piece of the scan's slots. Where these may be numbers, the loop has no granules and gives each back. */
MOAT_HOT_ void begin_piece(struct moat_grey *loop, const struct moat_scan *scan, const struct moat_arena *home) {
    loop->granules = scan->doubtful ? 0 : home->granules - 1;
    loop->others = scan->doubtful || moat_heap.arenas.count > 1;
    loop->at = scan->at;
    loop->far = scan->dense_end;
    loop->end = loop->far - loop->at > MOAT_GREY_PIECE_SLOTS ? loop->at + MOAT_GREY_PIECE_SLOTS : loop->far;
    loop->budget -= MOAT_GREY_PIECE + MOAT_GREY_SLOT * (loop->end - loop->at);
}

/* The piece that is under way is begun here, whatever the budget: the smallest slice goes on by one step at least. */
static void begin_loop(struct moat_grey *loop, const struct moat_scan *scan, const struct moat_arena *home) {
    loop->grey = home->grey;
    loop->payload = home->base + MOAT_WORD_BYTES;
    loop->bits = home->bits;
    begin_piece(loop, scan, home);
    loop->habit = loop->end == loop->far && is_over(scan) ? MOAT_GREY_ANY_HABIT : MOAT_GREY_NO_HABIT;
    if (loop->budget < MOAT_GREY_STEP) {
        loop->rest -= MOAT_GREY_STEP - loop->budget;
        loop->budget = MOAT_GREY_STEP;
    }
}

/* Handlers run meanwhile, and other tasks: they may shade objects. Handlers leave marking alone, since `loop` is not
 * theirs to see; but with MOAT_CONFIG_TASKS, where this task may not run again for long, others mark too. Returns
 * whether they have: then the loop begins anew, from `scan`. */
static inline bool open_window(struct moat_grey *loop) {
#if MOAT_CONFIG_TASKS
    uint32_t turn = ++moat_heap.mark.turns;
#endif
    intptr_t slots = loop->end - loop->at;
    moat_grey_next_slice(loop, slots);
    loop->rest -= OUTSIDE;
    ++*loop->slices;
    moat_port_window(loop->masked);
#if MOAT_CONFIG_TASKS
    bool others = moat_heap.mark.turns != turn;
    loop->budget += others ? slots * MOAT_GREY_SLOT : 0; /* begin_piece counts them anew */
    return others;
#else
    return false;
#endif
}

/* Whether handlers that run in a window must leave marking alone. */
static inline void set_busy(bool busy) {
    if (!MOAT_CONFIG_TASKS) {
        moat_heap.mark.busy = busy;
    }
}

/* Marks as long as there are slices. Returns the units left, 1 at least, if nothing is grey any more; else 0. */
static uint32_t run(struct moat_grey *loop, struct moat_scan *scan, struct moat_arena *home) {
    for (;;) {
        unsigned why = LOOP(loop);
        home->grey = (uint32_t)loop->grey;
        scan->at = loop->at;
        scan->dense_end = loop->far;
        if (why == MOAT_GREY_SPENT) {
            if (LOOP_OPENS_WINDOWS || loop->rest <= 0) {
                return 0;
            }
            if (open_window(loop)) {
                begin_loop(loop, scan, home);
                continue;
            }
        } else if (why == MOAT_GREY_LOOK) {
            if (scan->doubtful) {
                moat_mark_doubtful((void *)loop->value);
            } else {
                moat_mark_value((void *)loop->value);
            }
            loop->budget -= MOAT_GREY_LOOK_UP;
        } else {
            loop->budget -= NEXT;
            if (!go_on(scan, home, loop)) {
                intptr_t left = loop->rest + loop->budget;
                return left > MOAT_UNIT ? (uint32_t)left / MOAT_UNIT : 1;
            }
            begin_piece(loop, scan, home);
        }
        loop->grey = home->grey;
    }
}

uint32_t moat_mark_some(uint32_t units, moat_port_mask_t masked) {
    MOAT_ASSERT(moat_port_is_masked());
    MOAT_ASSERT(moat_heap.cycle.phase == MOAT_PHASE_MARK && units <= MOAT_MARK_UNITS_MAX);
    MOAT_ASSERT(!moat_heap.mark.busy);
    if (moat_heap.arenas.count == 0) {
        return units;
    }
    struct moat_scan *const scan = &moat_heap.mark.scan;
    struct moat_arena *const home = moat_heap.arenas.table[0];
    struct moat_grey loop;
#if MOAT_CONFIG_TASKS
    moat_heap.mark.turns++;
#endif
    if (home->grey != moat_grey_end(home)) {
        assert_grey(home, home->grey); /* the loop, which may take it, asks nothing */
    }
    loop.slice = SLICE;
    loop.slices = &moat_heap.stats.slices;
    loop.rest = (intptr_t)(units * MOAT_UNIT) - ENTRY;
    loop.budget = loop.rest < SLICE - ENTRY ? loop.rest : SLICE - ENTRY;
    loop.rest -= loop.budget;
    loop.opens = LOOP_OPENS_WINDOWS;
    loop.head = &home->grey;
    loop.masked = masked;
    begin_loop(&loop, scan, home);
    set_busy(true);
    units = run(&loop, scan, home);
    set_busy(false);
    return units;
}
