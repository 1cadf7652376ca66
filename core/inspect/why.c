/* moat: a way from a root to an object. See moat_answers.h; docs/design.md, "Why an object is kept".
 *
 * A search goes out from the roots by distance. It ends at the word that leads to its target, which is a hop; if that
 * word is an object's, this object is the target of the next search. So no parents need be kept: two bits for a granule
 * do.
 *
 * SPDX-License-Identifier: MIT */
#include "base/bits.h"
#include "base/port.h"
#include "base/result.h"
#include "base/sections.h"
#include "mark/mark.h"
#include "mark/root.h"
#include "mark/stack.h"
#include "moat.h"
#include "moat_answers.h"
#include "space/granule.h"

enum stage {
    STAGE_CLEAR,  /* forget the last search */
    STAGE_ROOTS,  /* what roots, pins and handles lead to */
    STAGE_LEVELS, /* what objects of this distance lead to */
    STAGE_STACKS, /* what words of stacks lead to */
};

/* Words that are cleared in a step. */
#define CLEAR_WORDS 16u

uint32_t moat_why_words(void) {
    uint32_t pairs = 0;
    for (uint32_t i = 0; i < moat_heap.arenas.count; i++) {
        pairs += moat_arena_words(moat_heap.arenas.table[i]);
    }
    return 2 * pairs;
}

static void begin_search(struct moat_why *why, uintptr_t target) {
    why->target = ~target;
    why->stage = STAGE_CLEAR;
    why->at = 0;
    why->scans = false;
    why->stacks_too = false;
}

MOAT_ENTRY int moat_why_begin(struct moat_why *why, const void *object, struct moat_why_hop *hops, uint32_t room,
                              uint32_t *bits, uint32_t words) {
    const enum moat_refused call = MOAT_IN_WHY_BEGIN;
    struct moat_object found;
    int result = moat_require_thread(call, MOAT_CALLER());
    if (result != MOAT_OK) {
        return result;
    }
    if (why == NULL || hops == NULL || bits == NULL) {
        return moat_refuse(call, MOAT_REASON_NO_STRUCT, 0);
    }
    if (object == NULL) {
        return moat_refuse(call, MOAT_REASON_NO_OBJECT, 0);
    }
    if (room == 0 || words < moat_why_words()) {
        return moat_refuse(call, MOAT_REASON_WHY_ROOM, words);
    }
    if (!moat_object_find(object, &found)) {
        return moat_refuse(call, MOAT_REASON_NOT_MANAGED, (uintptr_t)object);
    }
    why->state = MOAT_WHY_WORKING;
    why->hops = hops;
    why->room = room;
    why->count = 0;
    why->bits = bits;
    why->pairs = words / 2;
    why->object = ~(uintptr_t)found.start;
    begin_search(why, (uintptr_t)found.start);
    return MOAT_OK;
}

/* ---- what was reached: of a granule's two bits one says that its object is next at this distance or the other one,
 * as `parity` tells, and both that it is done ---- */

static uint32_t first_pair(const struct moat_arena *arena) {
    uint32_t pair = 0;
    for (const struct moat_arena *before = moat_heap.arenas.table[0]; before != arena; before = before->next) {
        pair += moat_arena_words(before);
    }
    return pair;
}

/* Where distances begin that nothing was reached at yet. */
static void begin_next(struct moat_why *why) {
    why->next_at = why->pairs;
    why->next_to = 0;
}

/* Interrupts masked. Whether the object that starts at a granule is the target; else it is one to go on from. */
static bool reach(struct moat_why *why, const struct moat_arena *arena, uint32_t start) {
    if (moat_payload_at(moat_granule_address(arena, start)) == ~why->target) {
        return true;
    }
    uint32_t pair = first_pair(arena) + (start >> 5), bit = moat_bit(start);
    if (pair < why->pairs) { /* the arena was there at the beginning */
        uint32_t *bits = &why->bits[2 * pair];
        if (((bits[0] | bits[1]) & bit) == 0) {
            bits[why->parity ^ 1] |= bit;
            why->next_at = pair < why->next_at ? pair : why->next_at;
            why->next_to = pair + 1 > why->next_to ? pair + 1 : why->next_to;
        }
    }
    return false;
}

/* Interrupts masked. Whether the granule is the start of an object that no sweep is about to free. */
static bool is_object(const struct moat_arena *arena, uint32_t start) {
    return start != MOAT_NO_GRANULE && moat_is_object_granule(arena, start) && moat_is_start(arena, start) &&
           !moat_is_dead(arena, start) && !moat_is_hole(*moat_header_at(moat_granule_address(arena, start)));
}

/* Interrupts masked. Whether a slot's value leads to the target; goes on from its object else. */
static bool leads(struct moat_why *why, const void *value) {
    uintptr_t p = (uintptr_t)value;
    const struct moat_arena *arena = moat_arena_of(p);
    if (arena == NULL) {
        return false;
    }
    uint32_t granule = moat_granule_of(arena, p);
    uint32_t start = moat_object_start(arena, granule);
    bool header = start == granule && moat_in_header(p);
    return !header && is_object(arena, start) && reach(why, arena, start);
}

/* Interrupts masked. The same for a word of a stack, which keeps all that is near (mark/mark.c has the same row). */
static bool stack_word_leads(struct moat_why *why, uintptr_t word) {
    bool found = false;
    for (const struct moat_arena *arena = moat_heap.arenas.table[0]; arena != NULL; arena = arena->next) {
        uintptr_t ahead = word - moat_reach_low(arena->low);
        uint32_t row = moat_granules(ahead + MOAT_WORD_BYTES - 1 - MOAT_NEAR_BYTES);
        uint32_t first = row > MOAT_FAR_GRANULES ? row : MOAT_FAR_GRANULES;
        uint32_t last = moat_granules(ahead) + MOAT_NEAR_GRANULES;
        uint32_t granule = arena->first + first - MOAT_FAR_GRANULES;
        if (ahead >= moat_reach_span(arena->span) || first > last) {
            continue;
        }
        uint32_t start = moat_object_start(arena, granule);
        found = found || (is_object(arena, start) && reach(why, arena, start));
        for (uint32_t left = last - first; left != 0 && granule < arena->granules - 1; left--) {
            granule++;
            found = found || (is_object(arena, granule) && reach(why, arena, granule));
        }
    }
    return found;
}

/* ---- hops ---- */

/* Interrupts masked. Whether the words still lead from one object to the next. */
static bool is_true(struct moat_why *why, const struct moat_why_hop *hop) {
    uintptr_t slot = (uintptr_t)hop->slot;
    if (hop->kind == MOAT_WHY_STACK) {
        return stack_word_leads(why, *(const moat_raw *)slot);
    }
    if (hop->kind == MOAT_WHY_OBJECT) {
        const struct moat_arena *arena = moat_arena_of(slot);
        uint32_t start = moat_object_start(arena, moat_granule_of(arena, slot));
        if (!is_object(arena, start) || moat_payload_at(moat_granule_address(arena, start)) != (uintptr_t)hop->holder ||
            moat_header_type(*moat_header_at(moat_granule_address(arena, start))) != hop->type) {
            return false;
        }
    }
    if (hop->kind == MOAT_WHY_ROOT && !moat_root_overlaps(slot, slot + MOAT_WORD_BYTES)) {
        return false;
    }
    return leads(why, *(const moat_slot *)slot);
}

/* All hops at one moment. */
static void verify(struct moat_why *why) {
    uint32_t pairs = why->pairs;
    bool all = true;
    moat_port_mask_t masked = moat_port_mask();
    why->pairs = 0; /* nothing is reached meanwhile */
    why->target = why->object;
    for (uint32_t i = 0; i < why->count && all; i++) {
        all = is_true(why, &why->hops[i]);
        why->target = ~(uintptr_t)why->hops[i].holder;
    }
    moat_port_unmask(masked);
    why->pairs = pairs;
    why->state = all ? MOAT_WHY_FOUND : MOAT_WHY_CHANGED;
}

static void add_hop(struct moat_why *why, enum moat_why_kind kind, const void *slot, const char *stack) {
    struct moat_why_hop *hop = &why->hops[why->count++];
    bool of_object = kind == MOAT_WHY_OBJECT;
    hop->kind = kind;
    hop->slot = slot;
    hop->holder = of_object ? (const void *)moat_payload_at(moat_granule_address(why->arena, why->granule)) : NULL;
    hop->type = of_object ? moat_header_type(why->header) : NULL;
    hop->stack = stack;
    if (!of_object) {
        verify(why);
    } else if (why->count == why->room) {
        why->state = MOAT_WHY_LONG;
    } else {
        begin_search(why, (uintptr_t)hop->holder);
    }
}

/* ---- the steps of each stage ---- */

static void begin_levels(struct moat_why *why) {
    why->stage = STAGE_LEVELS;
    why->at = 0;
    why->to = 0;
}

static void clear_step(struct moat_why *why) {
    for (uint32_t i = 0; i < CLEAR_WORDS && why->at < 2 * why->pairs; i++) {
        why->bits[why->at++] = 0;
    }
    if (why->at == 2 * why->pairs) {
        why->stage = STAGE_ROOTS;
        why->parity = 0;
        why->root = 0;
        why->root_start = NULL;
        begin_next(why);
        moat_scan_slots(&why->scan, 0, 0);
    }
}

static void begin_root(struct moat_why *why, const struct moat_root *root) {
    if (root->start != NULL) {
        moat_scan_begin(&why->scan, root->type, (uintptr_t)root->start, moat_root_end(root), root->count > 1);
    }
}

/* An entry of a table of `most`, or NULL: the table is not there, or the index is beyond it, and goes down by `most`.
 */
static const void *entry_of(uint32_t *index, const void *table, uintptr_t bytes, uint32_t most) {
    bool inside = *index < most;
    const void *entry = inside && table != NULL ? (const char *)table + *index * bytes : NULL;
    *index = inside ? UINT32_MAX : *index - most;
    return entry;
}

/* Begins the next range of roots. False: all have begun. */
static bool next_root(struct moat_why *why) {
    uint32_t index = why->root++, records = (uint32_t)(moat_root_records_end - moat_root_records_start);
    why->root_start = NULL;
    moat_scan_slots(&why->scan, 0, 0); /* the last one may not have come to its end: it was removed */
    if (index == 0) {
        moat_scan_slots(&why->scan, (uintptr_t)moat_roots_start, (uintptr_t)moat_roots_end);
        return true;
    }
    if (--index < records) {
        begin_root(why, &moat_root_records_start[index]);
        return true;
    }
    index -= records;
    const struct moat_tables *tables = &moat_heap.tables;
    const struct moat_root *root = entry_of(&index, tables->roots, sizeof *root, MOAT_CONFIG_ROOTS_MAX);
    const struct moat_pin *pin =
        index == UINT32_MAX ? NULL : entry_of(&index, tables->pins, sizeof *pin, MOAT_CONFIG_PINS_MAX);
    const struct moat_handle_entry *handle =
        index == UINT32_MAX ? NULL : entry_of(&index, tables->handles, sizeof *handle, MOAT_CONFIG_HANDLES_MAX);
    if (root != NULL) {
        begin_root(why, root);
        why->root_start = root->start;
    }
    const void *slot = pin != NULL ? &pin->object : handle != NULL ? &handle->object : NULL;
    moat_port_mask_t masked = moat_port_mask();
    bool found = slot != NULL && leads(why, *(const moat_slot *)slot);
    moat_port_unmask(masked);
    if (found) {
        add_hop(why, pin != NULL ? MOAT_WHY_PIN : MOAT_WHY_HANDLE, slot, NULL);
    }
    return index == UINT32_MAX;
}

/* Whether the range under way is one that was removed meanwhile. */
static bool root_is_gone(const struct moat_why *why) {
    if (why->root_start == NULL) {
        return false;
    }
    uint32_t index = why->root - 2 - (uint32_t)(moat_root_records_end - moat_root_records_start);
    return moat_heap.tables.roots[index].start != why->root_start;
}

static void roots_step(struct moat_why *why) {
    uint32_t units = 1;
    moat_slot *slot = root_is_gone(why) ? NULL : moat_scan_next(&why->scan, &units);
    if (slot != NULL) {
        moat_port_mask_t masked = moat_port_mask();
        bool found = leads(why, *slot);
        moat_port_unmask(masked);
        if (found) {
            add_hop(why, MOAT_WHY_ROOT, slot, NULL);
        }
    } else if (units != 0 && !next_root(why)) {
        begin_levels(why);
    }
}

/* Begins to look into the object that starts at a granule, if one does. */
static void begin_object(struct moat_why *why, const struct moat_arena *arena, uint32_t granule) {
    uintptr_t at = moat_granule_address(arena, granule), start = moat_payload_at(at);
    moat_port_mask_t masked = moat_port_mask();
    bool is = is_object(arena, granule);
    moat_word header = *moat_header_at(at);
    MOAT_REQUIRE(!is || moat_header_known(header), 4, at);
    moat_port_unmask(masked);
    if (!is || !moat_header_has_slots(header)) {
        return;
    }
    const struct moat_type *type = moat_header_type(header);
    bool array = (header & MOAT_HEADER_ARRAY) != 0, sized = !array && type->flexible == 0;
    uintptr_t end = sized ? start + type->size : moat_granule_address(arena, moat_object_end(arena, granule));
    moat_scan_begin(&why->scan, type, start, end, array);
    why->arena = arena;
    why->granule = granule;
    why->header = header;
    why->scans = true;
}

/* The next object of a pair that is to be looked into. */
static void begin_object_of(struct moat_why *why, uint32_t pair, uint32_t bit) {
    const struct moat_arena *arena = moat_heap.arenas.table[0];
    for (; pair >= moat_arena_words(arena); arena = arena->next) {
        pair -= moat_arena_words(arena);
    }
    begin_object(why, arena, (pair << 5) + bit);
}

/* Interrupts masked. Whether the object under way is the one that it was, and the slot one of its own. */
static bool still_holds(const struct moat_why *why, const moat_slot *slot) {
    uintptr_t at = moat_granule_address(why->arena, why->granule);
    uint32_t granule = moat_granule_of(why->arena, (uintptr_t)slot);
    return is_object(why->arena, why->granule) && moat_object_start(why->arena, granule) == why->granule &&
           ((*moat_header_at(at) ^ why->header) & ~MOAT_HEADER_LINK_MASK) == 0;
}

static void object_step(struct moat_why *why) {
    uint32_t units = 1;
    moat_slot *slot = moat_scan_next(&why->scan, &units);
    if (slot == NULL) {
        why->scans = units == 0;
        return;
    }
    moat_port_mask_t masked = moat_port_mask();
    bool holds = still_holds(why, slot), found = holds && leads(why, *slot);
    moat_port_unmask(masked);
    why->scans = holds;
    if (found) {
        add_hop(why, MOAT_WHY_OBJECT, slot, NULL);
    }
}

/* This distance is done: the next one; where there is nothing at it, the stacks; and then nothing. */
static void end_level(struct moat_why *why) {
    if (why->next_at < why->next_to) {
        why->parity ^= 1;
        why->at = why->next_at;
        why->to = why->next_to;
        begin_next(why);
    } else if (!why->stacks_too) {
        why->stacks_too = true;
        why->stage = STAGE_STACKS;
        why->stack = 0;
        why->stack_at = 0;
    } else {
        why->state = MOAT_WHY_NONE;
    }
}

static void levels_step(struct moat_why *why) {
    if (why->scans) {
        object_step(why);
    } else if (why->at == why->to) {
        end_level(why);
    } else {
        uint32_t *bits = &why->bits[2 * why->at];
        uint32_t now = bits[why->parity] & ~bits[why->parity ^ 1];
        if (now == 0) {
            why->at++;
        } else {
            bits[why->parity ^ 1] |= now & (0 - now);
            begin_object_of(why, why->at, moat_lowest_bit(now));
        }
    }
}

/* The words of a stack that are looked at, and its name; an empty range: it is not in use, or not known. False: there
 * are no more stacks. The last is thread mode's own. */
static bool stack_range(uint32_t index, uintptr_t here, struct moat_range *range, const char **name) {
    const struct moat_stack *stack = moat_heap.tables.stacks;
    bool registered = false;
    for (; stack != NULL && index != 0; stack = stack->next) {
        registered = registered || moat_stack_holds(stack, here);
        index--;
    }
    *name = NULL;
    if (stack != NULL) {
        uintptr_t from = moat_stack_holds(stack, here) ? here : stack->sp;
        range->low = moat_stack_holds(stack, from) ? from : stack->low;
        range->high = stack->high;
        *name = stack->name;
    } else {
        struct moat_range thread = moat_port_thread_stack();
        bool runs = !registered && here - thread.low < thread.high - thread.low;
        range->low = here;
        range->high = runs ? thread.high : here;
    }
    return index == 0;
}

__attribute__((no_sanitize_address)) static void stacks_step(struct moat_why *why, uintptr_t here) {
    struct moat_range range;
    const char *name;
    if (!stack_range(why->stack, here, &range, &name)) {
        begin_levels(why);
        return;
    }
    uintptr_t low = (range.low + MOAT_WORD_BYTES - 1) & ~(uintptr_t)(MOAT_WORD_BYTES - 1);
    uintptr_t at = why->stack_at < low ? low : why->stack_at;
    if (at >= range.high) {
        why->stack++;
        why->stack_at = 0;
        return;
    }
    why->stack_at = at + MOAT_WORD_BYTES;
    moat_port_mask_t masked = moat_port_mask();
    bool found = stack_word_leads(why, *(const moat_raw *)at);
    moat_port_unmask(masked);
    if (found) {
        add_hop(why, MOAT_WHY_STACK, (const void *)at, name);
    }
}

MOAT_ENTRY enum moat_why_state moat_why_step(struct moat_why *why, uint32_t steps) {
    uintptr_t here = moat_stack_here();
    for (; steps != 0 && why->state == MOAT_WHY_WORKING; steps--) {
        if (why->stage == STAGE_CLEAR) {
            clear_step(why);
        } else if (why->stage == STAGE_ROOTS) {
            roots_step(why);
        } else if (why->stage == STAGE_LEVELS) {
            levels_step(why);
        } else {
            stacks_step(why, here);
        }
    }
    return why->state;
}
