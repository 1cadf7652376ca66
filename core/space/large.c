/* moat: taking free memory for large objects. See take.h; docs/design.md, "Free memory".
 *
 * SPDX-License-Identifier: MIT */
#include "base/bits.h"
#include "fault/assert.h"
#include "base/clear.h"
#include "base/port.h"
#include "space/bitmap.h"
#include "base/free.h"
#include "space/hunt.h"
#include "space/search.h"
#include "space/take.h"

MOAT_FEATURE_(large);

/* Granules that one masked step claims. */
#define CLAIM_GRANULES (16u * MOAT_WORD_GRANULES)

/* A run of so many granules or more has all of a bitmap word. */
#define LONG_GRANULES (2 * MOAT_WORD_GRANULES - 1)

/* Words that one masked step looks at to pass others. */
#define LOOKS 16u

/* A longer request may need a run that is cut for a shorter one. So one that is longer than needed by more than this
 * part is taken only after the search has gone on for a masked step for each so many granules that are wanted, and
 * found none that is shorter; or if it is longer by so many. Requests for fewer than CLOSE_LEAST take the first. */
#define CLOSE_PART 8u
#define STEP_GRANULES 8u
#define FAR_GRANULES (16u * MOAT_WORD_GRANULES)
#define CLOSE_LEAST 160u

static void next_arena(struct moat_hunt *hunt) {
    moat_hunt_from(hunt, hunt->arena->next, 0);
}

bool moat_hunt_look(struct moat_hunt *hunt, uint32_t end) {
    uint32_t word = hunt->word, found = hunt->found, enough;
    const struct moat_bits *all = hunt->arena->bits;
    do {
        uint32_t used = all[word].start | all[word].mark;
        word++;
        enough = found;
        if (used == 0) {
            enough += MOAT_WORD_GRANULES;
        } else if (found + MOAT_WORD_GRANULES > hunt->wanted) { /* else it can't be; counting bits may be slow */
            enough += moat_lowest_bit(used);
        }
        if (enough >= hunt->wanted) {
            hunt->first = ((word - 1) << 5) - found;
            break;
        }
        found = used == 0 ? enough : 31 - moat_highest_bit(used);
    } while (word < end);
    hunt->word = word;
    hunt->found = found;
    return enough >= hunt->wanted;
}

/* Masked. Looks at the last of as many words as a long run has the whole of: if it is in use, such a run begins behind
 * them, or in that one. Goes on while it is. Returns how many words a run may be found in; 0: no more looks. */
static uint32_t pass_words(struct moat_hunt *hunt, uint32_t end) {
    if (hunt->wanted < LONG_GRANULES || hunt->found >= MOAT_WORD_GRANULES) {
        return MOAT_HUNT_WORDS;
    }
    uint32_t whole = (hunt->wanted - MOAT_WORD_GRANULES + 1) / MOAT_WORD_GRANULES, last = hunt->word + whole - 1;
    uint32_t looks = 0, used = 0, now;
    const struct moat_bits *all = hunt->arena->bits;
    while (looks != LOOKS && last < end && (now = all[last].start | all[last].mark) != 0) {
        used = now;
        last += whole;
        looks++;
    }
    if (looks != 0) {
        hunt->word = last - whole + 1;
        hunt->found = 31 - moat_highest_bit(used);
    }
    return looks == LOOKS || hunt->word == end ? 0 : whole < MOAT_HUNT_WORDS ? whole : MOAT_HUNT_WORDS;
}

/* Masked: a few words. True: it has found a run, or has come to the end. */
static bool hunt_on(struct moat_hunt *hunt) {
    if (hunt->arena == NULL) {
        return true;
    }
    uint32_t end = moat_hunt_words(hunt->arena);
    if (hunt->word >= end) {
        next_arena(hunt);
        return false;
    }
    uint32_t words = pass_words(hunt, end);
    return words != 0 && moat_hunt_look(hunt, end - hunt->word < words ? end : hunt->word + words);
}

static bool find(struct moat_hunt *hunt, uint32_t *steps) {
    bool done;
    do {
        moat_port_mask_t masked = moat_port_mask();
        done = hunt_on(hunt);
        moat_port_unmask(masked);
    } while (--*steps != 0 && !done);
    return done && hunt->arena != NULL;
}

/* How many granules from one on are free; FAR_GRANULES: so many or more. */
static uint32_t free_from(const struct moat_arena *arena, uint32_t granule) {
    const struct moat_bits *bits = &arena->bits[granule >> 5];
    uint32_t from = granule & 31u, used = (bits->start | bits->mark) & UINT32_MAX << from, words = 0;
    while (used == 0 && words < FAR_GRANULES / MOAT_WORD_GRANULES) {
        words++;
        used = bits[words].start | bits[words].mark;
    }
    return used == 0 ? FAR_GRANULES : (words << 5) + moat_lowest_bit(used) - from;
}

/* The claim will see what a handler does meanwhile. */
static bool find_close(struct moat_hunt *hunt) {
    struct moat_arena *arena = NULL;
    uint32_t first = 0, least = UINT32_MAX, steps = UINT32_MAX;
    while (steps != 0 && find(hunt, &steps)) {
        uint32_t end = hunt->first + hunt->wanted;
        uint32_t more = hunt->wanted < CLOSE_LEAST ? 0 : free_from(hunt->arena, end);
        if (more < least) {
            arena = hunt->arena;
            first = hunt->first;
            least = more;
        }
        if (least <= hunt->wanted / CLOSE_PART || more >= FAR_GRANULES) {
            break;
        }
        steps = steps < hunt->wanted / STEP_GRANULES ? steps : hunt->wanted / STEP_GRANULES;
        moat_hunt_from(hunt, hunt->arena, (end + more) >> 5);
    }
    hunt->arena = arena;
    hunt->first = first;
    return arena != NULL;
}

/* ---- claiming ---- */

static bool all_free(const struct moat_arena *arena, uint32_t first, uint32_t granules) {
    const struct moat_bits *bits = &arena->bits[first >> 5];
    uint32_t from = first & 31u, end = from + granules, mask = UINT32_MAX << from, used = 0;
    for (; end > 32; end -= 32) {
        used |= (bits->start | bits->mark) & mask;
        mask = UINT32_MAX;
        bits++;
    }
    return (used | ((bits->start | bits->mark) & mask & (UINT32_MAX >> (32 - end)))) == 0;
}

/* The run that small objects are made in is given up where the object takes some of it. */
static void leave_run(uintptr_t at, uintptr_t end) {
    if (moat_heap.search.run_at < end && at < moat_heap.search.run_end) {
        moat_heap.search.run_at = moat_heap.search.run_end = 0;
    }
}

/* Masked. Claims granules of a run: its first, which become an object of raw bytes, or more for the object before them.
 * False: a handler has used some of them. */
static bool claim_part(const struct moat_arena *arena, uint32_t first, uint32_t granules, bool front) {
    struct moat_pace *pace = &moat_heap.pace;
    uintptr_t at = moat_granule_address(arena, first);
    MOAT_ASSERT(moat_port_is_masked());
    MOAT_ASSERT(moat_is_object_granule(arena, first) && granules < arena->granules - first);
    if (!all_free(arena, first, granules)) {
        return false;
    }
    moat_heap.search.used = true;
    leave_run(at, at + moat_bytes(granules));
    if (front) {
        *moat_header_at(at) = moat_heap.types.bytes_header;
        moat_bitmap_set_object(arena, at, granules);
    } else {
        moat_bitmap_set_inside(arena->bias, at, granules);
    }
    moat_free_take(granules);
    pace->usable -= granules < pace->usable ? granules : pace->usable;
    moat_search_look_again();
    return true;
}

#if MOAT_CONFIG_TASKS
/* Tasks do not end in the order of handlers: of those that claim at the same time, the first has the others search
 * behind its run. */
static bool may_search_behind(void) {
    return !moat_heap.search.behind;
}

static void note_behind(bool behind) {
    moat_heap.search.behind = behind;
}

static bool has_begun_anew(const struct moat_search *before) {
    return moat_heap.search.restarts != before->restarts;
}

/* The object must be found by the scan of this task's stack: a cycle may begin before it is done. */
static inline void hold_on_stack(const uintptr_t *at) {
    __asm__ volatile("" : : "r"(at) : "memory");
}
#else
static bool may_search_behind(void) {
    return true;
}

static void note_behind(bool behind) {
    (void)behind;
}

/* To follow the sweep. */
static bool has_begun_anew(const struct moat_search *before) {
    return moat_heap.search.follows != before->follows;
}

static inline void hold_on_stack(const uintptr_t *at) {
    (void)at;
}
#endif

/* Masked. While a large object is claimed step by step, handlers search behind it. */
static void search_behind(struct moat_arena *arena, uint32_t end, struct moat_search *before) {
    struct moat_search *search = &moat_heap.search;
    moat_copy_words(before, search, sizeof *before);
    uint32_t word = (end + 31) >> 5;
    search->arena = arena;
    search->place.word = search->place.group_end = &arena->bits[word];
    search->place.at = moat_granule_address(arena, word << 5) - MOAT_WORD_SPAN;
    search->place.mask = 0;
    note_behind(true);
}

/* The stop and the run may have changed meanwhile. */
static void search_as(const struct moat_search *before) {
    struct moat_search *search = &moat_heap.search;
    note_behind(false);
    if (has_begun_anew(before)) {
        return;
    }
    search->arena = before->arena;
    search->place.word = search->place.group_end = before->place.word;
    search->place.at = before->place.at;
    search->place.mask = before->place.mask;
    moat_search_look_again();
}

/* In steps, with interrupts on between them. A handler may use granules of a part that is still to come: then what was
 * claimed is left, an object that nothing refers to. */
static bool claim(struct moat_arena *arena, uint32_t first, uint32_t granules) {
    struct moat_search before;
    bool steps = granules > CLAIM_GRANULES, claimed = true, behind = false;
    uint32_t set = 0;
    for (uint32_t done = 0; claimed && done < granules; done += CLAIM_GRANULES) {
        uint32_t left = granules - done, part = left < CLAIM_GRANULES ? left : CLAIM_GRANULES;
        moat_port_mask_t masked = moat_port_mask();
        claimed = claim_part(arena, first + done, part, done == 0);
        set += claimed ? part : 0;
        if (claimed && done == 0 && granules > arena->longest) {
            arena->longest = granules;
        }
        if (claimed && steps && done == 0 && may_search_behind()) {
            search_behind(arena, first + granules, &before);
            behind = true;
        }
        if (behind && (!claimed || left <= CLAIM_GRANULES)) {
            search_as(&before);
        }
        moat_port_unmask(masked);
    }
    moat_object_back(arena, moat_granule_address(arena, first), set);
    return claimed;
}

uintptr_t moat_hunt_claim(struct moat_hunt *hunt) {
    uintptr_t at = moat_granule_address(hunt->arena, hunt->first);
    hold_on_stack(&at);
    if (claim(hunt->arena, hunt->first, hunt->wanted)) {
        return at;
    }
    at = 0; /* the part that was claimed is not to be kept */
    hold_on_stack(&at);
    moat_hunt_from(hunt, hunt->arena, hunt->first >> 5);
    return 0;
}

/* Returns the object's address, its memory as it was, or 0. */
static uintptr_t find_and_claim(struct moat_hunt *hunt) {
    uintptr_t at = 0;
    while (at == 0 && find_close(hunt)) {
        at = moat_hunt_claim(hunt);
    }
    return at;
}

/* Where the last large object was found, the next one is looked for first: what lies before was too small for it, or
 * will serve a shorter one. */
static void remember(const struct moat_hunt *hunt) {
    moat_port_mask_t masked = moat_port_mask();
    moat_heap.search.large_arena = hunt->arena;
    moat_heap.search.large_word = (hunt->first + hunt->wanted) >> 5;
    moat_port_unmask(masked);
}

/* Prepares the search from there; or from the first word that may have free granules. In IDLE nothing is free before
 * the search; the rest of the word that it is in is left to small objects. While a cycle runs it may have passed what
 * is free. */
static void begin(struct moat_hunt *hunt, bool first) {
    const struct moat_search *search = &moat_heap.search;
    moat_port_mask_t masked = moat_port_mask();
    if (first && search->large_arena != NULL) {
        moat_hunt_from(hunt, search->large_arena, search->large_word);
    } else if (moat_heap.cycle.phase == MOAT_PHASE_IDLE) {
        moat_hunt_from(hunt, search->arena, (uint32_t)(search->place.word - search->arena->bits));
    } else {
        moat_hunt_from(hunt, moat_heap.arenas.table[0], 0);
    }
    moat_port_unmask(masked);
}

uintptr_t moat_take_large(uint32_t granules, moat_word header) {
    MOAT_ASSERT(granules > MOAT_SMALL_GRANULES && moat_header_known(header));
    struct moat_hunt hunt;
    hunt.wanted = granules;
    begin(&hunt, true);
    uintptr_t at = find_and_claim(&hunt);
    if (at == 0) {
        begin(&hunt, false);
        at = find_and_claim(&hunt);
    }
    if (at != 0) {
        remember(&hunt);
        moat_clear_words(moat_payload_at(at), at + moat_bytes(granules));
        *moat_header_at(at) = header;
    }
    return at;
}
