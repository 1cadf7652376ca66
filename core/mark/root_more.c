/* moat: roots beside the root section: typed ones, those added at run time, pins and handles. See root.h.
 *
 * SPDX-License-Identifier: MIT */
#include "mark/root.h"

#include "base/sections.h"
#include "mark/mark.h"

MOAT_FEATURE_(more_roots);

static void begin_root(const struct moat_root *root) {
    if (root->start != NULL) {
        moat_scan_begin(&moat_heap.mark.scan, root->type, (uintptr_t)root->start, moat_root_end(root), root->count > 1);
    }
}

bool moat_root_more(uint32_t step) {
    uint32_t records = (uint32_t)(moat_root_records_end - moat_root_records_start);
    if (step < records) {
        begin_root(&moat_root_records_start[step]);
        return true;
    }
    step -= records;
    if (step < MOAT_CONFIG_ROOTS_MAX) {
        if (moat_heap.tables.roots != NULL) {
            begin_root(&moat_heap.tables.roots[step]);
        } else {
            moat_heap.mark.root_step += MOAT_CONFIG_ROOTS_MAX - 1;
        }
        return true;
    }
    step -= MOAT_CONFIG_ROOTS_MAX;
    if (step < MOAT_CONFIG_PINS_MAX) {
        if (moat_heap.tables.pins != NULL) {
            moat_mark_value(moat_heap.tables.pins[step].object);
        } else {
            moat_heap.mark.root_step += MOAT_CONFIG_PINS_MAX - 1;
        }
        return true;
    }
    step -= MOAT_CONFIG_PINS_MAX;
    if (step < MOAT_CONFIG_HANDLES_MAX && moat_heap.tables.handles != NULL) {
        moat_mark_value(moat_heap.tables.handles[step].object);
        return true;
    }
    return false;
}
