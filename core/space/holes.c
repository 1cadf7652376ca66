/* moat: holes, in lists by size. See holes.h.
 *
 * SPDX-License-Identifier: MIT */
#include "space/holes.h"

#include "fault/assert.h"
#include "base/bits.h"
#include "base/clear.h"

MOAT_SHARE_(void moat_holes_file(struct moat_lists *lists, uintptr_t bias, uintptr_t at, uint32_t granules),
            { moat_holes_file_here(lists, bias, at, granules); })

/* Takes the first hole of the first list from that of `granules` on that has one, and tells how long it is. Those
 * of the last list are long enough for what is cut from them: no more than MOAT_SMALL_GRANULES. */
_Static_assert(MOAT_LONG_HOLES >= MOAT_SMALL_GRANULES, "each long hole has room for a small object");
static struct moat_hole *take_first(struct moat_lists *lists, uint32_t granules, uint32_t *size) {
    uint32_t filled, from = moat_holes_from(granules);
    while ((filled = lists->map >> from) != 0) {
        uint32_t list = from + moat_lowest_bit(filled);
        struct moat_hole *hole = lists->holes[list];
        if (hole != NULL) {
            uint32_t has = list > MOAT_EXACT_HOLES ? (uint32_t)hole->granules : list;
            MOAT_REQUIRE_CHECK1(moat_holes_is_one(hole, has), 5, (uintptr_t)hole);
            lists->holes[list] = hole->next;
            *size = has;
            return hole;
        }
        lists->map &= ~((uint32_t)1 << list);
    }
    return NULL;
}

uintptr_t moat_holes_cut(struct moat_lists *lists, uint32_t granules) {
    MOAT_ASSERT(moat_port_is_masked());
    MOAT_ASSERT(granules != 0 && granules <= MOAT_SMALL_GRANULES);
    uint32_t size;
    struct moat_hole *hole = take_first(lists, granules, &size);
    if (hole == NULL) {
        return 0;
    }
    uintptr_t at = (uintptr_t)hole;
    MOAT_ASSERT(size >= granules && size <= moat_heap.listed);
    moat_heap.listed -= size;
    if (size > granules) {
        moat_holes_file(lists, moat_arena_of(at)->bias, at + moat_bytes(granules), size - granules);
    }
    return at;
}

void moat_holes_forget(struct moat_lists *lists) {
    moat_clear_words((uintptr_t)lists, (uintptr_t)(lists + 1));
}

void moat_holes_move(struct moat_lists *to, struct moat_lists *from) {
    for (uint32_t map = to->map = from->map; map != 0; map &= map - 1) {
        uint32_t list = moat_lowest_bit(map);
        to->holes[list] = from->holes[list];
    }
    moat_holes_forget(from);
}
