/* moat: regions, those of the table in flash and those added at run time. See region.h, moat_guard.h.
 *
 * SPDX-License-Identifier: MIT */
#include "guard/region.h"

#include "base/port.h"
#include "base/result.h"
#include "mark/stack.h"
#include "base/sections.h"

/* Whatever board list there is: MOAT_C_OWNED means what it says. */
MOAT_REGION(c_owned, "c-owned", MOAT_REGION_C_OWNED, moat_c_owned_start, moat_c_owned_end);

static struct moat_region_entry *added;
static uint32_t changes;

uint32_t moat_region_changes(void) {
    return changes;
}

const struct moat_region *moat_region_at(uint32_t index) {
    uint32_t declared = (uint32_t)(moat_regions_end - moat_regions_start);
    if (index < declared) {
        return &moat_regions_start[index];
    }
    const struct moat_region_entry *entry = added;
    for (index -= declared; entry != NULL && index != 0; index--) {
        entry = entry->next;
    }
    return entry == NULL ? NULL : &entry->region;
}

/* The one of two regions, either of which may be NULL, that counts at an address. */
static const struct moat_region *closer(const struct moat_region *best, const struct moat_region *other, uintptr_t at) {
    uintptr_t start = (uintptr_t)other->start, bytes = (uintptr_t)other->end - start;
    if (at - start >= bytes || (best != NULL && bytes >= (uintptr_t)best->end - (uintptr_t)best->start)) {
        return best;
    }
    return other;
}

const struct moat_region *moat_region_of(uintptr_t at) {
    const struct moat_region *best = NULL;
    for (const struct moat_region *region = moat_regions_start; region < moat_regions_end; region++) {
        best = closer(best, region, at);
    }
    for (const struct moat_region_entry *entry = added; entry != NULL; entry = entry->next) {
        best = closer(best, &entry->region, at);
    }
    return best;
}

/* The link that points at an entry, or the last one. */
static struct moat_region_entry **link_of(const struct moat_region_entry *entry) {
    struct moat_region_entry **link = &added;
    while (*link != NULL && *link != entry) {
        link = &(*link)->next;
    }
    return link;
}

MOAT_ENTRY int moat_region_add(struct moat_region_entry *entry) {
    const enum moat_refused call = MOAT_IN_REGION_ADD;
    int result = moat_require_thread(call, MOAT_CALLER());
    if (result != MOAT_OK) {
        return result;
    }
    if (entry == NULL || entry->region.name == NULL) {
        return moat_refuse(call, MOAT_REASON_NO_REGION, (uintptr_t)entry);
    }
    if ((uintptr_t)entry->region.start >= (uintptr_t)entry->region.end) {
        return moat_refuse(call, MOAT_REASON_REGION_ORDER, (uintptr_t)entry->region.start);
    }
    if (*link_of(entry) != NULL) {
        return moat_refuse(call, MOAT_REASON_REGION_TWICE, (uintptr_t)entry);
    }
    moat_port_mask_t masked = moat_port_mask();
    entry->next = added;
    added = entry;
    changes++;

    moat_port_unmask(masked);
    return MOAT_OK;
}

MOAT_ENTRY int moat_region_remove(struct moat_region_entry *entry) {
    const enum moat_refused call = MOAT_IN_REGION_REMOVE;
    int result = moat_require_thread(call, MOAT_CALLER());
    if (result != MOAT_OK) {
        return result;
    }
    struct moat_region_entry **link = link_of(entry);
    if (entry == NULL || *link == NULL) {
        return moat_refuse(call, MOAT_REASON_REGION_ABSENT, (uintptr_t)entry);
    }
    moat_port_mask_t masked = moat_port_mask();
    *link = entry->next;
    changes++;

    moat_port_unmask(masked);
    return MOAT_OK;
}
