/* moat: roots that come and go. See moat.h.
 *
 * SPDX-License-Identifier: MIT */
#include "mark/owner.h"
#include "mark/root.h"

#include "base/clear.h"
#include "space/granule.h"
#include "mark/mark.h"
#include "base/port.h"
#include "base/result.h"
#include "mark/stack.h"

MOAT_USES_(root_add, more_roots, 1);
MOAT_USES_(root_add, elements, 1);

static struct moat_root table[MOAT_CONFIG_ROOTS_MAX];

/* Greys all that a root's slots hold, a slice at a time. */
static void shade_root(const struct moat_root *root) {
    struct moat_scan scan;
    moat_scan_begin(&scan, root->type, (uintptr_t)root->start, moat_root_end(root), root->count > 1);
    for (bool more = true; more;) {
        uint32_t units = MOAT_CONFIG_SLICE_UNITS;
        moat_port_mask_t masked = moat_port_mask();
        for (moat_slot *slot = moat_scan_next(&scan, &units); slot != NULL; slot = moat_scan_next(&scan, &units)) {
            moat_mark_value(*slot);
        }
        moat_port_unmask(masked);
        more = units == 0;
    }
}

static bool overlaps_arena(uintptr_t start, uintptr_t end) {
    for (uint32_t i = 0; i < moat_heap.arenas.count; i++) {
        const struct moat_arena *arena = moat_heap.arenas.table[i];
        if (start < arena->end && arena->start < end) {
            return true;
        }
    }
    return false;
}

static int check_root(enum moat_refused call, const struct moat_root *root) {
    uintptr_t start = (uintptr_t)root->start;
    if (root->start == NULL) {
        return moat_refuse(call, MOAT_REASON_NO_MEMORY, 0);
    }
    if (start % MOAT_WORD_BYTES != 0) {
        return moat_refuse(call, MOAT_REASON_ROOT_ALIGN, start);
    }
    if (root->type != NULL) {
        if (!moat_type_known(root->type)) {
            return moat_refuse(call, MOAT_REASON_NOT_A_TYPE, (uintptr_t)root->type);
        }
        if (root->type->flexible != 0 || root->type->finalize != NULL) {
            return moat_refuse(call, MOAT_REASON_ROOT_TYPE, (uintptr_t)root->type);
        }
    }
    uintptr_t bytes = moat_root_element(root);
    if (root->count == 0 || bytes == 0 || root->count > (UINTPTR_MAX - start) / bytes) {
        return moat_refuse(call, MOAT_REASON_COUNT, root->count);
    }
    if (overlaps_arena(start, moat_root_end(root))) {
        return moat_refuse(call, MOAT_REASON_ROOT_IN_ARENA, start);
    }
    if (moat_root_overlaps(start, moat_root_end(root))) {
        return moat_refuse(call, MOAT_REASON_ROOT_OVERLAP, start);
    }
    return MOAT_OK;
}

static int add_root(enum moat_refused call, const struct moat_root *root) {
    int result = check_root(call, root);
    if (result != MOAT_OK) {
        return result;
    }
    if (moat_heap.tables.roots == NULL) {
        moat_clear_words((uintptr_t)table, (uintptr_t)table + sizeof table);
        moat_heap.tables.roots = table;
    }
    for (uint32_t i = 0; i < MOAT_CONFIG_ROOTS_MAX; i++) {
        if (moat_heap.tables.roots[i].start == NULL) {
            moat_port_mask_t masked = moat_port_mask();
            moat_heap.tables.roots[i].type = root->type;
            moat_heap.tables.roots[i].count = root->count;
            moat_heap.tables.roots[i].start = root->start;
            moat_port_unmask(masked);
            if (moat_heap.cycle.phase == MOAT_PHASE_MARK) {
                shade_root(root);
            }
            return MOAT_OK;
        }
    }
    return moat_refuse(call, MOAT_REASON_ROOTS_FULL, MOAT_CONFIG_ROOTS_MAX);
}

MOAT_ENTRY int moat_root_add(void *start, const struct moat_type *type, size_t count) {
    const enum moat_refused call = MOAT_IN_ROOT_ADD;
    const struct moat_root root = {start, type, count};
    int result = moat_require_thread(call, MOAT_CALLER());
    if (result == MOAT_OK) {
        moat_owner_wait();
        result = add_root(call, &root);
        moat_owner_leave();
    }
    return result;
}

/* Whether marking stands somewhere in this root. */
static bool scans(const struct moat_root *root) {
    const struct moat_scan *scan = &moat_heap.mark.scan;
    uintptr_t start = (uintptr_t)root->start, bytes = moat_root_end(root) - start;
    return (scan->type != NULL ? scan->element : (uintptr_t)scan->at) - start < bytes;
}

static int remove_root(enum moat_refused call, void *start) {
    for (uint32_t i = 0; start != NULL && moat_heap.tables.roots != NULL && i < MOAT_CONFIG_ROOTS_MAX; i++) {
        struct moat_root *root = &moat_heap.tables.roots[i];
        if (root->start != start) {
            continue;
        }
        if (moat_heap.cycle.phase == MOAT_PHASE_MARK) {
            shade_root(root);
        }
        moat_port_mask_t masked = moat_port_mask();
        if (scans(root)) {
            moat_scan_slots(&moat_heap.mark.scan, 0, 0);
        }
        root->start = NULL;
        moat_port_unmask(masked);
        return MOAT_OK;
    }
    return moat_refuse(call, MOAT_REASON_ROOT_ABSENT, (uintptr_t)start);
}

MOAT_ENTRY int moat_root_remove(void *start) {
    const enum moat_refused call = MOAT_IN_ROOT_REMOVE;
    int result = moat_require_thread(call, MOAT_CALLER());
    if (result == MOAT_OK) {
        moat_owner_wait();
        result = remove_root(call, start);
        moat_owner_leave();
    }
    return result;
}
