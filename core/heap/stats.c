/* moat: the counters. See moat.h.
 *
 * SPDX-License-Identifier: MIT */
#include "base/clear.h"
#include "base/free.h"
#include "base/port.h"
#include "base/result.h"

int moat_stats_get(struct moat_stats *out) {
    if (out == NULL) {
        return moat_refuse(MOAT_IN_STATS_GET, MOAT_REASON_NO_STRUCT, 0);
    }
    uintptr_t free_bytes = moat_free_bytes();
    moat_port_mask_t masked = moat_port_mask();
    moat_heap.stats.free_bytes = free_bytes;
    moat_heap.stats.free_is_least = moat_heap.cycle.phase == MOAT_PHASE_SWEEP;
    moat_heap.stats.phase = moat_heap.cycle.phase;
    moat_copy_words(out, &moat_heap.stats, sizeof *out);
    moat_port_unmask(masked);
    return MOAT_OK;
}
