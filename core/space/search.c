/* moat: the search for free memory. See search.h.
 *
 * SPDX-License-Identifier: MIT */
#include "space/search.h"

#include "base/bits.h"

/* The words of an arena that the search may look at. */
static uint32_t words_of(const struct moat_arena *arena) {
    const struct moat_search *search = &moat_heap.search;
    if (arena == search->stop) {
        return search->stop_word;
    }
    return arena->order < search->stop->order ? moat_arena_words(arena) : 0;
}

/* The first word from `word` on of a group that is not full, or `end`. */
static uint32_t skip_full(const struct moat_arena *arena, uint32_t word, uint32_t end) {
    while (word < end && (word & (MOAT_GROUP_WORDS - 1)) == 0) {
        uint32_t group = word / MOAT_GROUP_WORDS;
        uint32_t open = ~arena->full[group >> 5] >> (group & 31u);
        if ((open & 1u) != 0) {
            return word;
        }
        uint32_t skipped = open == 0 ? 32 - (group & 31u) : moat_lowest_bit(open);
        word = (group + skipped) * MOAT_GROUP_WORDS;
    }
    return word < end ? word : end;
}

static uint32_t group_end(uint32_t word, uint32_t end) {
    uint32_t next = (word | (MOAT_GROUP_WORDS - 1)) + 1;
    return next < end ? next : end;
}

static void stand(struct moat_arena *arena, uint32_t word, uint32_t end) {
    struct moat_search *search = &moat_heap.search;
    search->arena = arena;
    search->word = &arena->bits[word];
    search->group_end = &arena->bits[end];
    search->at = moat_granule_address(arena, word << 5) - MOAT_WORD_SPAN;
}

/* Goes on to the next words that are not all in use. False: the stop is reached. */
static bool next_group(void) {
    struct moat_search *search = &moat_heap.search;
    struct moat_arena *arena = search->arena;
    if (arena == NULL) {
        return false;
    }
    uint32_t word = (uint32_t)(search->word - arena->bits);
    for (;;) {
        uint32_t end = words_of(arena);
        word = skip_full(arena, word, end);
        if (word < end) {
            stand(arena, word, group_end(word, end));
            return true;
        }
        if (arena->order >= search->stop->order) {
            return false;
        }
        arena = moat_heap.arenas.table[arena->order + 1];
        word = 0;
        stand(arena, 0, 0);
    }
}

static uint32_t free_granules(const struct moat_bits *bits) {
    return ~(bits->start | bits->mark);
}

/* Goes on to a word that has free granules; its `mask` are those. False: the stop is reached, or *words are used up. */
static bool next_word(uint32_t *words) {
    struct moat_search *search = &moat_heap.search;
    while (search->mask == 0) {
        if ((search->word == search->group_end && !next_group()) || *words == 0) {
            return false;
        }
        --*words;
        search->mask = free_granules(search->word);
        search->word++;
        search->at += MOAT_WORD_SPAN;
    }
    return true;
}

/* Whether the word that comes is the one behind the word before: it may begin another group. */
static bool goes_on(void) {
    struct moat_search *search = &moat_heap.search;
    if (search->word != search->group_end) {
        return true;
    }
    uint32_t word = (uint32_t)(search->word - search->arena->bits), end = words_of(search->arena);
    if (skip_full(search->arena, word, end) != word || word >= end) {
        return false;
    }
    stand(search->arena, word, group_end(word, end));
    return true;
}

/* The front of the word that comes, where a run goes on from the last granule of the word before. Returns how many. */
static uint32_t go_on(bool claim) {
    struct moat_search *search = &moat_heap.search;
    if (!goes_on()) {
        return 0;
    }
    uint32_t mask = free_granules(search->word), behind = mask + 1, more = 0;
    if ((mask & 1u) != 0) {
        more = behind == 0 ? 32 : moat_lowest_bit(behind);
        search->word->mark |= claim ? mask & ~behind : 0;
        mask &= behind;
    }
    search->mask = mask;
    search->word++;
    search->at += MOAT_WORD_SPAN;
    return more;
}

uint32_t moat_search_next(uintptr_t *at, bool claim, bool *more) {
    struct moat_search *search = &moat_heap.search;
    uint32_t words = MOAT_SEARCH_WORDS;
    if (!next_word(&words)) {
        *more = words == 0;
        return 0;
    }
    uint32_t mask = search->mask, first = moat_lowest_bit(mask), behind = mask + ((uint32_t)1 << first);
    *at = search->at + moat_bytes(first);
    search->word[-1].mark |= claim ? mask & ~behind : 0;
    search->mask = mask & behind;
    uint32_t granules = behind != 0 ? moat_lowest_bit(behind) - first : 32 - first + go_on(claim);
    moat_heap.free_granules -= claim ? granules : 0;
    return granules;
}

void moat_search_restart(void) {
    struct moat_search *search = &moat_heap.search;
    search->mask = 0;
    search->follows = false;
    search->run_at = search->run_end = 0;
    search->large_arena = NULL;
    if (moat_heap.arenas.count != 0) {
        stand(moat_heap.arenas.table[0], 0, 0);
    }
}

/* The group that the search is in ends no later than the stop. */
void moat_search_stop_at(struct moat_arena *arena, uint32_t word) {
    struct moat_search *search = &moat_heap.search;
    search->stop = arena;
    search->stop_word = word;
    search->group_end = search->word;
}

void moat_search_open(void) {
    if (moat_heap.arenas.count != 0) {
        struct moat_arena *last = moat_heap.arenas.table[moat_heap.arenas.count - 1];
        moat_search_stop_at(last, moat_arena_words(last));
    }
}

bool moat_search_is_over(void) {
    return moat_heap.search.mask == 0 && moat_heap.search.word == moat_heap.search.group_end && !next_group();
}

bool moat_search_follow(void) {
    if (moat_heap.search.follows) {
        return false;
    }
    moat_search_restart();
    moat_heap.search.follows = true;
    return true;
}

void moat_search_look_again(void) {
    struct moat_search *search = &moat_heap.search;
    if (search->mask != 0) {
        search->mask &= free_granules(&search->word[-1]);
    }
}
