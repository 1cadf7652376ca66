/* moat: taking free memory of one arena. See take_in.h; docs/design.md, "Kinds of memory".
 *
 * SPDX-License-Identifier: MIT */
#include "space/take_in.h"

#include "base/bits.h"
#include "base/clear.h"
#include "base/port.h"
#include "space/hunt.h"
#include "space/search.h"
#include "space/sweep.h"

/* By order: the word of each arena where the last object was found. It was the first place that was large enough. */
static uint32_t last_word[MOAT_CONFIG_ARENAS_MAX];

/* Where runs of `wanted` free granules begin: a granule counts if all that follow up to there do. */
static uint32_t runs_in(uint32_t free, uint32_t wanted) {
    for (uint32_t have = 1, step; have < wanted; have += step) {
        step = wanted - have < have ? wanted - have : have;
        free &= free >> step;
    }
    return free;
}

/* One word, and what comes to it from the words before; or a whole group in which nothing is free. */
static bool look_at_word(struct moat_hunt *hunt) {
    uint32_t group = hunt->word / MOAT_GROUP_WORDS;
    if (hunt->word % MOAT_GROUP_WORDS == 0 && (hunt->arena->full[group >> 5] >> (group & 31u) & 1u) != 0) {
        moat_hunt_from(hunt, hunt->arena, hunt->word + MOAT_GROUP_WORDS);
        return false;
    }
    uint32_t word = hunt->word;
    bool found = moat_hunt_look(hunt, word + 1);
    if (!found && hunt->wanted < MOAT_WORD_GRANULES) {
        uint32_t runs = runs_in(moat_free_mask(&hunt->arena->bits[word]), hunt->wanted);
        found = runs != 0;
        hunt->first = found ? (word << 5) + moat_lowest_bit(runs) : 0;
    }
    return found;
}

static bool find(struct moat_hunt *hunt) {
    uint32_t end = moat_arena_words(hunt->arena);
    bool found = false;
    while (!found && hunt->word < end) {
        moat_port_mask_t masked = moat_port_mask();
        for (uint32_t words = MOAT_HUNT_WORDS; words != 0 && !found && hunt->word < end; words--) {
            found = look_at_word(hunt);
        }
        moat_port_unmask(masked);
    }
    return found;
}

static uintptr_t take_from(struct moat_hunt *hunt, uint32_t word) {
    uintptr_t at = 0;
    moat_hunt_from(hunt, hunt->arena, word);
    while (at == 0 && find(hunt)) {
        at = moat_hunt_claim(hunt);
    }
    return at;
}

/* Whether what was claimed lies where the search would stop before it. */
static bool is_of_reserve(const struct moat_hunt *hunt) {
    return (hunt->first + hunt->wanted - 1) >> 5 >= moat_hunt_words(hunt->arena);
}

/* The stop goes back until as much is behind it as before. */
static void restore_reserve(const struct moat_hunt *hunt) {
    moat_port_mask_t masked = moat_port_mask();
    if (is_of_reserve(hunt)) {
        moat_sweep_replace(hunt->wanted);
        while (moat_heap.cycle.phase == MOAT_PHASE_IDLE && !moat_sweep_is_over()) {
            (void)moat_sweep_some(MOAT_CONFIG_SLICE_UNITS);
            moat_port_unmask(masked);
            masked = moat_port_mask();
        }
        if (moat_heap.cycle.phase == MOAT_PHASE_IDLE) {
            moat_sweep_set_stop();
        }
    }
    moat_port_unmask(masked);
}

uintptr_t moat_take_in(struct moat_arena *arena, uint32_t granules, moat_word header) {
    struct moat_hunt hunt;
    hunt.wanted = granules;
    hunt.arena = arena;
    uintptr_t at = take_from(&hunt, last_word[arena->order]);
    if (at == 0) {
        at = take_from(&hunt, 0);
    }
    if (at != 0) {
        last_word[arena->order] = hunt.first >> 5;
        restore_reserve(&hunt);
        moat_clear_words(moat_payload_at(at), at + moat_bytes(granules));
        *moat_header_at(at) = header;
    }
    return at;
}
