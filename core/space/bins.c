/* moat: holes, filed by size. See bins.h.
 *
 * SPDX-License-Identifier: MIT */
#include "space/bins.h"

#include "base/bits.h"
#include "fault/assert.h"

uint32_t moat_bins_of(uint32_t granules) {
    if (granules < MOAT_EXACT_GRANULES) {
        return granules - MOAT_HOLE_GRANULES;
    }
    return MOAT_EXACT_GRANULES - MOAT_HOLE_GRANULES - 5 + moat_highest_bit(granules);
}

static void put(struct moat_hole *hole, struct moat_hole **head) {
    struct moat_hole *next = *head;
    hole->next = next;
    hole->link = head;
    if (next != NULL) {
        next->link = &hole->next;
    }
    *head = hole;
}

void moat_bins_put(uintptr_t at, uint32_t granules) {
    MOAT_ASSERT(moat_port_is_masked());
    MOAT_ASSERT(granules >= MOAT_HOLE_GRANULES);
    struct moat_hole *hole = (struct moat_hole *)at;
    uint32_t bin = moat_bins_of(granules);
    hole->granules = granules;
    put(hole, &moat_heap.bins.holes[bin]);
    moat_heap.bins.map[bin >> 5] |= (uint32_t)1 << (bin & 31u);
}

/* A bin that this empties keeps its bit of the map until moat_bins_find meets it. */
void moat_bins_remove(struct moat_hole *hole) {
    struct moat_hole *next = hole->next, **link = hole->link;
    MOAT_ASSERT(moat_port_is_masked());
    MOAT_ASSERT(*link == hole && (next == NULL || next->link == &hole->next));
    *link = next;
    if (next != NULL) {
        next->link = link;
    }
}

struct moat_hole *moat_bins_find(uint32_t granules) {
    MOAT_ASSERT(moat_port_is_masked());
    bool exact = granules < MOAT_EXACT_GRANULES;
    granules = granules < MOAT_HOLE_GRANULES ? MOAT_HOLE_GRANULES : granules;
    uint32_t bin = moat_bins_of(granules) + (exact ? 0 : 1);
    uint32_t wanted = UINT32_MAX << (bin & 31u);
    for (uint32_t i = bin >> 5; i < MOAT_BIN_WORDS; i++) {
        uint32_t filled;
        while ((filled = moat_heap.bins.map[i] & wanted) != 0) {
            uint32_t bit = moat_lowest_bit(filled);
            struct moat_hole *hole = moat_heap.bins.holes[(i << 5) + bit];
            if (hole != NULL) {
                return hole;
            }
            moat_heap.bins.map[i] &= ~((uint32_t)1 << bit);
        }
        wanted = UINT32_MAX;
    }
    struct moat_hole *near = moat_bins_first(granules);
    return near != NULL && near->granules >= granules ? near : NULL;
}

struct moat_hole *moat_bins_first(uint32_t granules) {
    MOAT_ASSERT(moat_port_is_masked());
    MOAT_ASSERT(granules >= MOAT_HOLE_GRANULES);
    return moat_heap.bins.holes[moat_bins_of(granules)];
}

void moat_bins_set_aside(struct moat_hole *hole, struct moat_hole **list) {
    moat_bins_remove(hole);
    put(hole, list);
}
