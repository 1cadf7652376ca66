/* moat: weak references. See moat_weak.h and mark/weak.h.
 *
 * SPDX-License-Identifier: MIT */
#include "mark/weak.h"

#include "base/port.h"
#include "fault/assert.h"
#include "mark/mark.h"
#include "space/granule.h"

/* No slots: marking does not look in. */
MOAT_TYPE(moat_weak_type, struct moat_weak);

struct moat_weak_refs moat_weak_refs;

MOAT_USES_(weak, late, 1);

void moat_weak_enter(struct moat_weak *weak, const void *object) {
    moat_port_mask_t masked = moat_port_mask();
    weak->target = (uintptr_t)object;
    weak->next = moat_weak_refs.first;
    moat_weak_refs.first = (uintptr_t)weak;
    moat_port_unmask(masked);
}

/* While marking: reading is a store to the reader's stack, which may have been scanned. During the walk it is decided
 * that what is white is dead, whatever the walk has still to come to; after it there is no such object left. */
static void *read_marking(void *object) {
    bool walks = moat_heap.mark.stage == MOAT_STAGE_WEAK;
    if (!walks) {
        moat_mark_value(object);
    }
    return walks && moat_mark_is_white(object) ? NULL : object;
}

void *moat_weak_get(const struct moat_weak *weak) {
    if (weak == NULL) {
        return NULL;
    }
    moat_port_mask_t masked = moat_port_mask();
    void *object = (void *)weak->target;
    if (object != NULL && moat_heap.cycle.phase == MOAT_PHASE_MARK) {
        object = read_marking(object);
    }
    moat_port_unmask(masked);
    return object;
}

/* Some cycle drops it from the list. */
void moat_weak_clear(struct moat_weak *weak) {
    if (weak != NULL) {
        weak->target = 0;
    }
}

bool moat_weak_begin(void) {
    MOAT_ASSERT(moat_port_is_masked());
    moat_weak_refs.at = &moat_weak_refs.first;
    return moat_weak_refs.first != 0;
}

/* A weak reference whose address comes from memory that firmware may have written over. */
static struct moat_weak *known(uintptr_t address) {
    uintptr_t at = address - MOAT_WORD_BYTES;
    bool starts = moat_starts_at(at);
    MOAT_REQUIRE(starts && moat_header_known(*moat_header_at(at)), 13, at);
    MOAT_REQUIRE(moat_header_type(*moat_header_at(at)) == &moat_weak_type, 13, at);
    return (struct moat_weak *)address;
}

/* New ones enter at the head, are black, and their objects are alive, so the walk need not see them. */
bool moat_weak_step(void) {
    MOAT_ASSERT(moat_port_is_masked());
    MOAT_ASSERT(moat_heap.mark.stage == MOAT_STAGE_WEAK);
    if (*moat_weak_refs.at == 0) {
        return false;
    }
    struct moat_weak *weak = known(*moat_weak_refs.at);
    bool dead = moat_mark_is_white(weak);
    if (dead || (weak->target != 0 && moat_mark_is_white((void *)weak->target))) {
        weak->target = 0;
    }
    if (dead) {
        *moat_weak_refs.at = weak->next;
    } else {
        moat_weak_refs.at = &weak->next;
    }
    return true;
}
