/* moat: the search for free memory. See search.h.
 *
 * SPDX-License-Identifier: MIT */
#include "base/free.h"
#include "fault/assert.h"
#include "space/search.h"

#include "base/bits.h"

/* The first word from `word` on of a group that is not full, or one that is not before `end`. */
static uint32_t skip_full(const struct moat_arena *arena, uint32_t word, uint32_t end) {
    uint32_t open = word & (MOAT_GROUP_WORDS - 1); /* within a group there is nothing to skip */
    while (open == 0 && word < end) {
        uint32_t group = word / MOAT_GROUP_WORDS;
        open = ~arena->full[group >> 5] >> (group & 31u);
        group += open == 0 ? 32 - (group & 31u) : moat_lowest_bit(open);
        word = group * MOAT_GROUP_WORDS;
    }
    return word;
}

static uint32_t group_end(uint32_t word, uint32_t end) {
    uint32_t next = (word | (MOAT_GROUP_WORDS - 1)) + 1;
    return next < end ? next : end;
}

static void stand(struct moat_arena *arena, uint32_t word, uint32_t end) {
    struct moat_search *search = &moat_heap.search;
    search->arena = arena;
    search->place.word = &arena->bits[word];
    search->place.group_end = &arena->bits[end];
    search->place.at = moat_granule_address(arena, word << 5) - MOAT_WORD_SPAN;
}

bool moat_search_next_group(bool joined) {
    struct moat_search *search = &moat_heap.search;
    struct moat_arena *arena = search->arena;
    if (arena == NULL || arena->order > search->stop->order) {
        return false;
    }
    uint32_t from = (uint32_t)(search->place.word - arena->bits);
    for (;;) {
        uint32_t end = arena == search->stop ? search->stop_word : moat_arena_words(arena);
        uint32_t word = skip_full(arena, from, end);
        if (word < end && (!joined || word == from)) {
            stand(arena, word, group_end(word, end));
            return true;
        }
        if (joined || arena == search->stop) {
            return false;
        }
        arena = arena->next;
        from = 0;
        stand(arena, 0, 0);
    }
}

void moat_search_restart(void) {
    MOAT_ASSERT(moat_port_is_masked());
    struct moat_search *search = &moat_heap.search;
    search->place.mask = 0;
    search->follows = false;
#if MOAT_CONFIG_TASKS
    search->restarts++;
#endif
    search->run_at = search->run_end = 0;
    search->large_arena = NULL;
    if (moat_heap.arenas.count != 0) {
        stand(moat_heap.arenas.table[0], 0, 0);
    }
}

/* The end of the search's group is looked up again, since the stop may lie before it. */
void moat_search_stop_at(struct moat_arena *arena, uint32_t word) {
    MOAT_ASSERT(moat_port_is_masked());
    MOAT_ASSERT(word <= moat_arena_words(arena));
    struct moat_search *search = &moat_heap.search;
    search->stop = arena;
    search->stop_word = word;
    search->place.group_end = search->place.word;
}

void moat_search_open(void) {
    if (moat_heap.arenas.count != 0) {
        struct moat_arena *last = moat_heap.arenas.table[moat_heap.arenas.count - 1];
        moat_search_stop_at(last, moat_arena_words(last));
    }
}

bool moat_search_is_over(void) {
    const struct moat_place *place = &moat_heap.search.place;
    if (place->mask != 0 || place->word != place->group_end) {
        return false;
    }
    return !moat_search_next_group(false);
}

void moat_search_lead(void) {
    if (moat_heap.sweep.arena != NULL) {
        moat_search_stop_at(moat_heap.sweep.arena, moat_heap.sweep.word);
    } else {
        moat_search_open();
    }
}

bool moat_search_follow(void) {
    MOAT_ASSERT(moat_port_is_masked() && moat_heap.cycle.phase == MOAT_PHASE_SWEEP);
    if (moat_heap.search.follows) {
        return false;
    }
    moat_search_restart();
    moat_heap.search.follows = true;
    moat_search_lead();
    return true;
}

void moat_search_look_again(void) {
    struct moat_place *place = &moat_heap.search.place;
    if (place->mask != 0) {
        place->mask &= moat_free_mask(&place->word[-1]);
    }
}
