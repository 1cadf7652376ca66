/* moat: objects that an ambiguous word keeps from afar. See mark.h.
 *
 * SPDX-License-Identifier: MIT */
#include "mark/mark.h"

#include "base/bits.h"
#include "base/port.h"
#include "space/granule.h"

MOAT_FEATURE_(far);

/* The work in units of some twelve instructions: a look at one distance, and at an object there. */
#define LOOK_UNITS 2u
#define LONG_UNITS 10u

/* Whether an object of `least` granules or more may lie around this one. Most are seen to be shorter in one word of the
 * bitmap: the last start up to here and the next granule that is no rest enclose it. */
static inline bool may_be_long(const struct moat_arena *arena, uint32_t granule, uint32_t least) {
    const struct moat_bits *bits = &arena->bits[granule >> 5];
    uint32_t bit = granule & 31u;
    uint32_t starts = bits->start << (31 - bit);
    uint32_t ends = ~(bits->mark & ~bits->start) >> bit >> 1;
    return starts == 0 || ends == 0 || 32 - moat_highest_bit(starts) + moat_lowest_bit(ends) >= least;
}

/* Marks the object around a granule if its payload is as long as it is far from the word. */
static void mark_if_long(struct moat_arena *arena, uint32_t granule, uint32_t base, uintptr_t ahead) {
    uint32_t start = moat_object_start(arena, granule);
    uintptr_t distance = moat_bytes(start - base) - ahead;
    if (start != MOAT_NO_GRANULE && distance <= MOAT_FAR_BYTES) {
        uint32_t last = start + moat_granules(distance + MOAT_WORD_BYTES - 1);
        if (last < arena->granules && moat_object_start(arena, last) == start) {
            moat_mark_start(arena, start);
        }
    }
}

/* Marks the objects further ahead. One that begins `least` granules ahead or more, but fewer than twice as many, and is
 * as long as it is far, reaches over the granule that is one less than that: so one look at each of the doubling
 * distances finds them all. */
uint32_t moat_mark_far(struct moat_arena *arena, uintptr_t ahead, uint32_t least) {
    const uint32_t base = arena->first - MOAT_FAR_GRANULES; /* wraps around, and the sums below wrap back */
    const uint32_t most = arena->longest < MOAT_FAR_GRANULES ? arena->longest : MOAT_FAR_GRANULES;
    uint32_t units = 0;
    for (; least <= most; least *= 2) {
        units += LOOK_UNITS;
        uint32_t over = moat_granules(ahead) + 2 * least - 1;
        if (over >= MOAT_FAR_GRANULES) {
            uint32_t granule = base + over;
            if (granule >= arena->granules - 1) {
                break;
            }
            if (may_be_long(arena, granule, least)) {
                moat_port_mask_t masked = moat_port_mask();
                mark_if_long(arena, granule, base, ahead);
                moat_port_unmask(masked);
                units += LONG_UNITS;
            }
        }
    }
    return units;
}
