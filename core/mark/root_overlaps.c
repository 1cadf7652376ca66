/* moat: whether memory overlaps a root. See root.h.
 *
 * SPDX-License-Identifier: MIT */
#include "mark/root.h"

#include "base/sections.h"

bool moat_root_overlaps(uintptr_t start, uintptr_t end) {
    if ((start < (uintptr_t)moat_roots_end && (uintptr_t)moat_roots_start < end) ||
        (start < (uintptr_t)moat_typed_roots_end && (uintptr_t)moat_typed_roots_start < end)) {
        return true;
    }
    for (uint32_t i = 0; moat_heap.tables.roots != NULL && i < MOAT_CONFIG_ROOTS_MAX; i++) {
        const struct moat_root *root = &moat_heap.tables.roots[i];
        if (root->start != NULL && start < moat_root_end(root) && (uintptr_t)root->start < end) {
            return true;
        }
    }
    return false;
}
