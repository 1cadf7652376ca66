/* moat: finalizers. See finalize.h.
 *
 * SPDX-License-Identifier: MIT */
#include "mark/finalize.h"

#include "fault/assert.h"
#include "base/event.h"
#include "base/free.h"
#include "space/granule.h"
#include "mark/mark.h"
#include "mark/owner.h"
#include "mark/stack.h"
#include "base/port.h"

/* The type of an object whose address comes from a list, and so from memory that firmware may have written over. */
static const struct moat_type *type_of(const void *object) {
    uintptr_t at = (uintptr_t)object - MOAT_WORD_BYTES;
    bool starts = moat_starts_at(at);
    MOAT_REQUIRE(starts && moat_header_known(*moat_header_at(at)), 10, at);
    const struct moat_type *type = moat_header_type(*moat_header_at(at));
    MOAT_REQUIRE(type->finalize != NULL, 10, at);
    return type;
}

moat_slot *moat_finalize_link(void *object) {
    return (moat_slot *)((uintptr_t)object + MOAT_WORDS_UP_(type_of(object)->size));
}

void moat_finalize_enter(void *object) {
    MOAT_ASSERT(moat_port_is_masked());
    *moat_finalize_link(object) = moat_heap.finalizers.finalizable;
    moat_heap.finalizers.finalizable = object;
}

/* New objects enter at the head and are black, so a walk under way need not see them. */
bool moat_finalize_condemn(void) {
    MOAT_ASSERT(moat_port_is_masked());
    MOAT_ASSERT(moat_heap.mark.stage == MOAT_STAGE_CONDEMN);
    if (moat_heap.finalizers.condemn_at == NULL) {
        moat_heap.finalizers.condemn_at = (moat_slot *)&moat_heap.finalizers.finalizable;
    }
    void *object = *moat_heap.finalizers.condemn_at;
    if (object == NULL) {
        return false;
    }
    moat_slot *link = moat_finalize_link(object);
    if (moat_mark_is_white(object)) {
        *moat_heap.finalizers.condemn_at = *link;
        *link = moat_heap.finalizers.condemned;
        moat_heap.finalizers.condemned = object;
    } else {
        moat_heap.finalizers.condemn_at = link;
    }
    return true;
}

bool moat_finalize_doom(void) {
    MOAT_ASSERT(moat_port_is_masked());
    MOAT_ASSERT(moat_heap.mark.stage == MOAT_STAGE_DOOM);
    void *object = moat_heap.finalizers.condemned;
    if (object == NULL) {
        return false;
    }
    moat_slot *link = moat_finalize_link(object);
    moat_heap.finalizers.condemned = *link;
    *link = moat_heap.finalizers.doomed;
    moat_heap.finalizers.doomed = object;
    moat_heap.finalizers.doomed_count++;
    moat_mark_value(object);
    return true;
}

bool moat_finalize_shade_doomed(void) {
    MOAT_ASSERT(moat_port_is_masked());
    MOAT_ASSERT(moat_heap.mark.stage == MOAT_STAGE_ROOTS);
    void *object = moat_heap.finalizers.shade_at;
    if (object == NULL) {
        return false;
    }
    moat_mark_value(object);
    moat_heap.finalizers.shade_at = *moat_finalize_link(object);
    return true;
}

/* Leaving the list of doomed objects is the removal of a root: it shades. */
static void *take_doomed(void) {
    moat_port_mask_t masked = moat_port_mask();
    void *object = moat_heap.finalizers.doomed;
    if (object != NULL) {
        moat_slot *link = moat_finalize_link(object);
        MOAT_ASSERT(moat_heap.finalizers.doomed_count != 0);
        moat_heap.finalizers.doomed = *link;
        moat_heap.finalizers.doomed_count--;
        *link = NULL;
        if (moat_heap.finalizers.shade_at == object) {
            moat_heap.finalizers.shade_at = moat_heap.finalizers.doomed;
        }
        moat_mark_root(object);
        moat_heap.stats.finalized++;
    }
    moat_port_unmask(masked);
    return object;
}

bool moat_finalize_run(void) {
    MOAT_ASSERT(!moat_port_in_handler());
    if (moat_heap.finalizers.doomed == NULL || moat_heap.finalizers.running) {
        return false;
    }
    void *object = take_doomed();
    if (object == NULL) {
        return false;
    }
    moat_heap.finalizers.running = true;
    MOAT_EVENT(MOAT_EVENT_FINALIZE_BEGIN, (uintptr_t)object);
    uintptr_t caller = moat_stack_leave();
    moat_owner_leave();
    type_of(object)->finalize(object);
    moat_stack_enter(caller);
    moat_owner_wait();
    MOAT_EVENT(MOAT_EVENT_FINALIZE_END, moat_event_free_bytes());
    moat_heap.finalizers.running = false;
    return true;
}

void moat_finalize_run_all(void) {
    for (uint32_t due = moat_heap.finalizers.doomed_count; due != 0 && moat_finalize_run(); due--) {
    }
}
