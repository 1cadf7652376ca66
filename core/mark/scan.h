/* moat: what the parts of the walk over slots share. Internal to mark/.
 *
 * SPDX-License-Identifier: MIT */
#ifndef MOAT_SCAN_H
#define MOAT_SCAN_H

#include "space/granule.h"

/* Goes on in the runs of the element, the map being used up, and in the pieces and inner pieces of the run. False: they
 * are used up too. Linked for types that have runs. */
bool moat_scan_runs(struct moat_scan *scan);

/* Goes on to the next element of an array, the runs being used up, or to more slots of an array of slots. False: there
 * is none. Linked where arrays or flexible objects are made. */
bool moat_scan_elements(struct moat_scan *scan);

/* As moat_scan_object for an object whose type does not tell its size. Linked as moat_scan_elements. */
void moat_scan_unsized(struct moat_scan *scan, const struct moat_arena *arena, uint32_t granule);

/* Finds the end of a flexible object, whose tail is to be walked next. Linked as moat_scan_elements. */
void moat_scan_to_end(struct moat_scan *scan);

/* ---- inline ---- */

static inline void moat_scan_dense(struct moat_scan *scan, uintptr_t start, uintptr_t end) {
    scan->at = (moat_slot *)start;
    scan->dense_end = (moat_slot *)(end - (end - start) % MOAT_WORD_BYTES);
    scan->map = 0;
}

static inline void moat_scan_map(struct moat_scan *scan, uintptr_t start, moat_word map) {
    scan->at = (moat_slot *)start;
    scan->dense_end = scan->at;
    scan->map = map;
}

#endif
