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
                        moat_raw *header, moat_word was) {
    uint32_t mark = bits->mark;
    if ((mark & bit) == 0) {
        return;
    }
    bits->mark = mark & ~bit;
    MOAT_ASSERT(moat_header_known(was) && moat_is_object_granule(arena, granule));
    if (moat_header_has_slots(was)) {
        *header = moat_header_linked(was, arena->grey);
        arena->grey = granule;
    }
}

/* The same for any object, but not for a hole. */
static inline void mark_start(struct moat_arena *arena, uint32_t start, struct moat_bits *bits, uint32_t bit) {
    moat_raw *header = moat_header_at(moat_granule_address(arena, start));
    moat_word was = *header;
    if ((!MOAT_SMALL_ && __builtin_expect(moat_header_has_slots(was), 1)) || !moat_is_hole(was)) {
        mark(arena, start, bits, bit, header, was);
    }
}

void moat_mark_start(struct moat_arena *arena, uint32_t start) {
    mark_start(arena, start, &arena->bits[start >> 5], moat_bit(start));
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
        moat_raw *header = (moat_raw *)(address & ~(uintptr_t)(MOAT_WORD_BYTES - 1)) - 1;
        mark(view->arena, granule, bits, bit, header, *header);
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

/* The granules that are near a word are a row of so many at most. The first is that of the byte so far before it. */
#define ROW (2 * MOAT_NEAR_GRANULES + 1)
#define BEFORE (MOAT_NEAR_BYTES + 1)

/* From a word's row to how far ahead of the arena the word is, which is 0 where the arena comes into its reach. */
#define AHEAD (BEFORE + MOAT_FAR_BYTES - MOAT_WORD_BYTES)

/* The work in units of some twelve instructions: to look around a word, and to mark an object that is near. */
#define LOOK_UNITS (MOAT_SMALL_ ? 12u : 6u)
#define START_UNITS 3u

/* Marks the object at a granule that was seen white. A handler may have marked it since, or made a black one of a hole:
 * no start bit falls while marking. */
static inline void mark_white(struct moat_arena *arena, uint32_t start) {
    moat_port_mask_t masked = moat_port_mask();
    if (MOAT_SMALL_) {
        moat_mark_start(arena, start);
    } else {
        mark_start(arena, start, &arena->bits[start >> 5], moat_bit(start));
    }
    moat_port_unmask(masked);
}

/* Marks the objects that start at white granules of a row. Returns `units` and those that it took. */
static uint32_t mark_starts(struct moat_arena *arena, uint32_t granule, uint32_t starts, uint32_t units) {
    for (; starts != 0; starts &= starts - 1) {
        mark_white(arena, granule + moat_lowest_bit(starts));
        units += START_UNITS;
    }
    return units;
}

/* As moat_mark_far. */
static inline uint32_t mark_ahead(struct moat_arena *arena, uintptr_t ahead, uint32_t least) {
    return arena->longest >= least && moat_mark_far != NULL ? moat_mark_far(arena, ahead, least) : 0;
}

/* 32 granules of two words of the bitmap, from a bit of the first on. */
static inline uint32_t row_of(uint32_t word, uint32_t next, uint32_t bit) {
    return word >> bit | next << 1 << (31 - bit);
}

/* Whether an object ahead that begins fewer than FAR_LEAST granules ahead may be as long as it is far. It has RUN
 * granules in a row, its first not among them, behind the near ones of the 32 granules `inside` that begin with those,
 * or twice as many among the 32 that follow. */
#define FAR_LEAST (4 * (MOAT_NEAR_GRANULES + 1))
#define RUN (MOAT_NEAR_GRANULES / 2 + 2)
_Static_assert(RUN == 6 || RUN == 4, "three steps make a run");

static inline uint32_t may_be_long(uint32_t inside, uint32_t further) {
    inside &= inside >> 1;
    inside &= inside >> 2;
    inside &= inside >> (RUN - 4);
    further &= further >> 1;
    further &= further >> 2;
    further &= further >> (RUN - 4);
    further &= further >> RUN;
    return inside >> ROW | further;
}

/* Whether the object that a granule behind these ones of a word belongs to may be white. */
static inline bool may_be_white(uint32_t starts, uint32_t mark) {
    uint32_t white = starts & mark;
    return starts == 0 || white > (starts & ~mark);
}

static void mark_first(struct moat_arena *arena, uint32_t granule) {
    moat_port_mask_t masked = moat_port_mask();
    mark_owner(arena, granule);
    moat_port_unmask(masked);
}

/* Marks what a word keeps whose row begins `at` so many bytes behind the arena's first granule. far: not 0 if the
 * arena had an object of FAR_LEAST granules or more. It looks at all of the row in three words of the bitmap: most
 * words keep nothing that is white, or one object. Handlers may make objects meanwhile, but those are black: what is
 * white keeps its bits until it is marked. The third word may lie past the bitmap, in another part of the arena: no
 * object has its bits there. Far objects come first, when the fewest values need registers. */
static inline uint32_t mark_around(struct moat_arena *arena, uintptr_t at, uint32_t far, uint32_t units) {
    uint32_t granule = arena->first + moat_granules(at), bit = granule & 31u;
    const struct moat_bits *bits = &arena->bits[granule >> 5];
    uint32_t start = bits[0].start, mark = bits[0].mark, next_start = bits[1].start, next_mark = bits[1].mark;
    uint32_t row_start = row_of(start, next_start, bit), row_mark = row_of(mark, next_mark, bit);
    uint32_t inside = row_mark & ~row_start, white = row_start & row_mark;
    uint32_t all = may_be_long(inside, row_of(next_mark & ~next_start, bits[2].mark & ~bits[2].start, bit));
    if ((inside & 1) != 0 && may_be_white(start << (31 - bit), mark << (31 - bit))) {
        mark_first(arena, granule);
    }
    if ((all | far) != 0) {
        units += mark_ahead(arena, at + AHEAD, all ? MOAT_NEAR_GRANULES + 1 : FAR_LEAST);
    }
    white &= ((uint32_t)1 << ROW) - 1;
    if (white >> (ROW - 1) != 0 && (at & (MOAT_GRANULE - 1)) < MOAT_WORD_BYTES - 1) {
        white ^= (uint32_t)1 << (ROW - 1);
    }
    if (white != 0) {
        mark_white(arena, granule + moat_lowest_bit(white));
        units += START_UNITS;
        white &= white - 1;
    }
    return white == 0 ? units : mark_starts(arena, granule, white, units);
}

/* The same for any word that the arena is in reach of: its row may begin before the arena. Small code has only this. */
static uint32_t mark_at_border(struct moat_arena *arena, uintptr_t ahead, uint32_t units) {
    uint32_t row = moat_granules(ahead + MOAT_WORD_BYTES - 1 - MOAT_NEAR_BYTES);
    uint32_t first = row > MOAT_FAR_GRANULES ? row : MOAT_FAR_GRANULES;
    uint32_t end = moat_granules(ahead) + MOAT_NEAR_GRANULES + 1;
    units += mark_ahead(arena, ahead, MOAT_NEAR_GRANULES + 1);
    if (first >= end) {
        return units;
    }
    uint32_t granule = arena->first + first - MOAT_FAR_GRANULES, bit = granule & 31u;
    const struct moat_bits *bits = &arena->bits[granule >> 5];
    uint32_t white = row_of(bits[0].start & bits[0].mark, bits[1].start & bits[1].mark, bit);
    if ((moat_inside(bits) & (uint32_t)1 << bit) != 0) {
        mark_first(arena, granule);
    }
    return mark_starts(arena, granule, white & (((uint32_t)1 << (end - first)) - 1), units);
}

uint32_t moat_mark_ambiguous(const moat_raw *words, const moat_raw *end) {
    MOAT_ASSERT(!moat_port_in_handler() && moat_heap.cycle.phase == MOAT_PHASE_MARK);
    uint32_t units = 0;
    struct moat_arena *arena = moat_heap.arenas.table[0];
    do {
        const uintptr_t low = arena->low + BEFORE, span = arena->span - MOAT_GRANULE;
        const uint32_t far = (FAR_LEAST - 1 - arena->longest) >> 31; /* 1 if it had an object of FAR_LEAST or more */
        const moat_raw *at = words;
        do {
            uintptr_t row = *at++ - low;
            if (!MOAT_SMALL_ && row < span) {
                units = mark_around(arena, row, far, units + LOOK_UNITS);
            } else if (row + AHEAD < moat_reach_span(arena->span)) {
                units = mark_at_border(arena, row + AHEAD, units + LOOK_UNITS);
            }
        } while (at != end);
        arena = arena->next;
    } while (arena != NULL);
    return units;
}

bool moat_mark_is_white(const void *object) {
    MOAT_ASSERT(moat_port_is_masked());
    const struct moat_arena *arena = moat_arena_of((uintptr_t)object);
    return arena != NULL && moat_is_white(arena, moat_granule_of(arena, (uintptr_t)object));
}
