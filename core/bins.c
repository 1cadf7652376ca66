/* moat: holes, filed by size. See bins.h.
 *
 * SPDX-License-Identifier: MIT */
#include "bins.h"

#include "bits.h"

#define EXACT_BINS (MOAT_EXACT_GRANULES - MOAT_HOLE_GRANULES)

uint32_t moat_bins_of(uint32_t granules) {
    if (granules < MOAT_EXACT_GRANULES) {
        return granules - MOAT_HOLE_GRANULES;
    }
    uint32_t log = moat_highest_bit(granules);
    return EXACT_BINS + (log - 4) * 4 + ((granules >> (log - 2)) & 3u);
}

/* The first bin whose holes are all of at least this size. */
static uint32_t bin_for(uint32_t granules) {
    if (granules < MOAT_HOLE_GRANULES) {
        return 0;
    }
    if (granules < MOAT_EXACT_GRANULES) {
        return granules - MOAT_HOLE_GRANULES;
    }
    uint32_t step = (uint32_t)1 << (moat_highest_bit(granules) - 2);
    return moat_bins_of(granules + step - 1);
}

void moat_bins_put(uintptr_t at, uint32_t granules) {
    struct moat_hole *hole = (struct moat_hole *)at;
    uint32_t bin = moat_bins_of(granules);
    struct moat_hole *head = moat_heap.bins[bin];
    hole->granules = granules;
    if (head == NULL) {
        hole->next = hole;
        hole->prev = hole;
        moat_heap.bins[bin] = hole;
        moat_heap.bin_map[bin >> 5] |= (uint32_t)1 << (bin & 31u);
    } else {
        hole->next = head;
        hole->prev = head->prev;
        head->prev->next = hole;
        head->prev = hole;
    }
    moat_heap.free_granules += granules;
}

void moat_bins_remove(struct moat_hole *hole) {
    uint32_t granules = (uint32_t)hole->granules;
    uint32_t bin = moat_bins_of(granules);
    moat_heap.free_granules -= granules;
    if (hole->next == hole) {
        moat_heap.bins[bin] = NULL;
        moat_heap.bin_map[bin >> 5] &= ~((uint32_t)1 << (bin & 31u));
        return;
    }
    hole->prev->next = hole->next;
    hole->next->prev = hole->prev;
    if (moat_heap.bins[bin] == hole) {
        moat_heap.bins[bin] = hole->next;
    }
}

struct moat_hole *moat_bins_find(uint32_t granules) {
    uint32_t bin = bin_for(granules);
    uint32_t wanted = UINT32_MAX << (bin & 31u);
    for (uint32_t i = bin >> 5; i < MOAT_BIN_WORDS; i++) {
        uint32_t filled = moat_heap.bin_map[i] & wanted;
        if (filled != 0) {
            return moat_heap.bins[(i << 5) + moat_lowest_bit(filled)];
        }
        wanted = UINT32_MAX;
    }
    if (granules < MOAT_EXACT_GRANULES) {
        return NULL;
    }
    struct moat_hole *near = moat_heap.bins[moat_bins_of(granules)];
    return near != NULL && near->granules >= granules ? near : NULL;
}

struct moat_hole *moat_bins_turn(uint32_t granules) {
    struct moat_hole **head = &moat_heap.bins[moat_bins_of(granules < MOAT_HOLE_GRANULES ? MOAT_HOLE_GRANULES : granules)];
    if (*head != NULL) {
        *head = (*head)->next;
    }
    return *head;
}
