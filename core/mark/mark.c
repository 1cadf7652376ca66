/* moat: marking. See mark.h.
 *
 * SPDX-License-Identifier: MIT */
#include "mark/mark.h"

#include "base/bits.h"
#include "fault/assert.h"
#include "base/port.h"
#include "space/granule.h"

/* Linked where there may be objects that are longer than what is near. */
#pragma weak moat_mark_far

/* White to grey, or to black where there is nothing to scan. */
static inline void mark(struct moat_arena *arena, uint32_t granule, struct moat_bits *bits, uint32_t bit,
                        moat_raw *header) {
    uint32_t mark = bits->mark;
    if ((mark & bit) == 0) {
        return;
    }
    bits->mark = mark & ~bit;
    moat_word was = *header;
    MOAT_ASSERT(moat_header_known(was) && moat_is_object_granule(arena, granule));
    if (moat_header_has_slots(was)) {
        *header = moat_header_linked(was, arena->grey);
        arena->grey = granule;
    }
}

void moat_mark_start(struct moat_arena *arena, uint32_t start) {
    moat_raw *header = moat_header_at(moat_granule_address(arena, start));
    if (!moat_is_hole(*header)) {
        mark(arena, start, &arena->bits[start >> 5], moat_bit(start), header);
    }
}

/* Marks the object that a granule belongs to, if it belongs to one. */
static void mark_owner(struct moat_arena *arena, uint32_t granule) {
    uint32_t start = moat_object_start(arena, granule);
    if (start != MOAT_NO_GRANULE) {
        moat_mark_start(arena, start);
    }
}

/* The members of an arena that marking needs. */
struct view {
    struct moat_arena *arena;
    uintptr_t base;
    uintptr_t low, span;
    struct moat_bits *bits;
};

static inline void look_at(struct view *view, struct moat_arena *arena) {
    view->arena = arena;
    view->base = arena->base;
    view->low = arena->low;
    view->span = arena->span;
    view->bits = arena->bits;
}

/* The payload of an object lies one word behind its granule's address: most values are that. */
static inline void mark_in(const struct view *view, uintptr_t address) {
    uint32_t granule = moat_granules(address - view->base);
    struct moat_bits *bits = &view->bits[granule >> 5];
    uint32_t bit = moat_bit(granule);
    if ((bits->start & bit) == 0) {
        mark_owner(view->arena, granule);
    } else if (!moat_in_header(address)) {
        mark(view->arena, granule, bits, bit, (moat_raw *)(address & ~(uintptr_t)(MOAT_WORD_BYTES - 1)) - 1);
    }
}

void moat_mark_value(const void *value) {
    MOAT_ASSERT(moat_port_is_masked());
    MOAT_ASSERT(moat_heap.cycle.phase == MOAT_PHASE_MARK);
    struct moat_arena *arena = moat_arena_of((uintptr_t)value);
    if (MOAT_SMALL_ && arena != NULL) {
        uint32_t granule = moat_granule_of(arena, (uintptr_t)value);
        if (!moat_in_header((uintptr_t)value) || !moat_is_start(arena, granule)) {
            mark_owner(arena, granule);
        }
    } else if (arena != NULL) {
        struct view view;
        look_at(&view, arena);
        mark_in(&view, (uintptr_t)value);
    }
}

void moat_mark_doubtful(const void *value) {
    MOAT_ASSERT(moat_port_is_masked());
    struct moat_arena *arena = moat_arena_of((uintptr_t)value);
    if (arena != NULL) {
        mark_owner(arena, moat_granule_of(arena, (uintptr_t)value));
    }
}

void moat_mark_root(void *object) {
    MOAT_ASSERT(moat_port_is_masked());
    if (moat_heap.cycle.phase == MOAT_PHASE_MARK) {
        moat_mark_value(object);
    }
}

/* The white starts among `count` granules, the first of them in bit 0. */
static inline uint32_t white_starts(const struct moat_arena *arena, uint32_t granule, uint32_t count) {
    const struct moat_bits *bits = &arena->bits[granule >> 5];
    uint32_t bit = granule & 31u;
    uint32_t starts = (bits->start & bits->mark) >> bit;
    if (bit + count > 32) {
        starts |= (bits[1].start & bits[1].mark) << (32 - bit);
    }
    return starts & (((uint32_t)1 << count) - 1);
}

/* Marks the objects that begin or lie in a row of granules. Both are counted from MOAT_FAR_GRANULES before the arena's
 * first: the granule that the word points into, and the first of which it keeps any object. */
static void mark_near(struct moat_arena *arena, uint32_t at, uint32_t row_first) {
    uint32_t last = at + MOAT_NEAR_GRANULES;
    uint32_t first = row_first > MOAT_FAR_GRANULES ? row_first : MOAT_FAR_GRANULES;
    if (first > last) {
        return;
    }
    uint32_t granule = arena->first + first - MOAT_FAR_GRANULES;
    moat_port_mask_t masked = moat_port_mask();
    uint32_t starts = white_starts(arena, granule, last - first + 1);
    if ((moat_inside(&arena->bits[granule >> 5]) & moat_bit(granule)) != 0) {
        mark_owner(arena, granule);
    }
    moat_port_unmask(masked);
    for (; starts != 0; starts &= starts - 1) {
        masked = moat_port_mask();
        moat_mark_start(arena, granule + moat_lowest_bit(starts));
        moat_port_unmask(masked);
    }
}

void moat_mark_ambiguous(uintptr_t word) {
    MOAT_ASSERT(!moat_port_in_handler() && moat_heap.cycle.phase == MOAT_PHASE_MARK);
    for (struct moat_arena *arena = moat_heap.arenas.table[0]; arena != NULL; arena = arena->next) {
        uintptr_t ahead = word - moat_reach_low(arena->low);
        if (ahead < moat_reach_span(arena->span)) {
            mark_near(arena, moat_granules(ahead), moat_granules(ahead + MOAT_WORD_BYTES - 1 - MOAT_NEAR_BYTES));
            if (moat_mark_far != NULL) {
                moat_mark_far(arena, ahead);
            }
        }
    }
}

bool moat_mark_is_white(const void *object) {
    MOAT_ASSERT(moat_port_is_masked());
    const struct moat_arena *arena = moat_arena_of((uintptr_t)object);
    return arena != NULL && moat_is_white(arena, moat_granule_of(arena, (uintptr_t)object));
}
