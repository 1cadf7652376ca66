/* moat: marking. Internal to core; interrupts are masked in all of them unless said otherwise.
 *
 * An object is white (not reached), grey (reached, on its arena's grey list, slots not scanned) or black. Objects
 * without slots go from white to black. The grey list is linked through the headers, so it needs no memory and can't
 * overflow.
 *
 * SPDX-License-Identifier: MIT */
#ifndef MOAT_MARK_H
#define MOAT_MARK_H

#include "base/port.h"
#include "moat_heap.h"

/* Greys the object that a slot's value points at or into, if it is white. Cost: constant for its payload's address,
 * else as moat_object_start's. */
void moat_mark_value(const void *value);

/* The same for a word that may be anything, as memory that was never written holds: one that points at a hole keeps
 * nothing. Cost: as moat_object_start's. */
void moat_mark_doubtful(const void *value);

/* Greys, while marking, an object that begins or ceases to be held by a pin, a handle or the list of the doomed. */
void moat_mark_root(void *object);

/* The reach of an object (docs/design.md, "Ambiguous words"): a word of a stack keeps each object that begins at most
 * MOAT_NEAR_BYTES behind it or ends at most as far before it, and each that begins at most as far behind it as the
 * object is long, up to MOAT_FAR_BYTES. */
enum moat_reach {
    MOAT_NEAR_BYTES = MOAT_EXTENT_NEAR_BYTES,
    MOAT_FAR_BYTES = 4096,
};
#define MOAT_NEAR_GRANULES ((uint32_t)(MOAT_NEAR_BYTES / MOAT_GRANULE))
#define MOAT_FAR_GRANULES ((uint32_t)(MOAT_FAR_BYTES / MOAT_GRANULE))
_Static_assert(2 * MOAT_NEAR_BYTES / MOAT_GRANULE + 2 < 32, "the granules near a word fit in a bitmap word");

/* The words that an arena of these borders is within reach of, or several: those with word - moat_reach_low(low) <
 * moat_reach_span(span). As addresses do, both wrap around at the ends of the address space. */
static inline uintptr_t moat_reach_low(uintptr_t low) {
    return low + MOAT_WORD_BYTES - MOAT_FAR_BYTES;
}

static inline uintptr_t moat_reach_span(uintptr_t span) {
    return span - MOAT_GRANULE - MOAT_WORD_BYTES + MOAT_FAR_BYTES + MOAT_NEAR_BYTES + 1;
}

/* As moat_mark_value for each of [words, end), one word at least, which may be anything and may stand before or past
 * their objects: keeps all objects within whose reach a word is. A word is read once for each arena. Context: thread,
 * interrupts on. Cost for each word and arena: a look at seventeen granules, nine on 64-bit cores, and up to six
 * look-ups of objects; marks what they find, masked for one object at a time. Returns the units that it took. */
__attribute__((no_sanitize_address)) uint32_t moat_mark_ambiguous(const moat_raw *words, const moat_raw *end);

/* The part of it that is for objects longer than MOAT_NEAR_BYTES. ahead: from the first word that the arena is in reach
 * of. least: for those that begin so many granules ahead or more, MOAT_NEAR_GRANULES + 1 or that doubled some times.
 * Linked for types of such a size, arrays, flexible objects and raw bytes. Returns the units that it took. */
uint32_t moat_mark_far(struct moat_arena *arena, uintptr_t ahead, uint32_t least);

/* Marks the object that begins at a granule, but for a hole, which stays dead. */
void moat_mark_start(struct moat_arena *arena, uint32_t start);

/* Whether the object at this payload address is white. */
bool moat_mark_is_white(const void *object);

/* Prepares the scan of slots in [start, end), which may end within a word. */
void moat_scan_slots(struct moat_scan *scan, uintptr_t start, uintptr_t end);

/* Prepares the scan of elements of `type` (NULL: of slots) in [start, end). array: more than one element. */
void moat_scan_begin(struct moat_scan *scan, const struct moat_type *type, uintptr_t start, uintptr_t end, bool array);

/* For moat_scan_begin, where the element that `end` lies in is to be walked whole: where that ends. A flexible object
 * is one, up to `end`. */
static inline uintptr_t moat_scan_whole(const struct moat_type *type, uintptr_t start, uintptr_t end) {
    return type->flexible != 0 ? end : start + (end - start + type->size - 1) / type->size * type->size;
}

/* Prepares the scan of the object that starts at a granule. */
void moat_scan_object(struct moat_scan *scan, const struct moat_arena *arena, uint32_t granule);

/* Goes on to what follows when [at, dense_end) is used up, which it may leave empty; false: nothing does. */
bool moat_scan_next_piece(struct moat_scan *scan);

/* The next slot, or NULL when there is none or *units, from which each slot and each piece takes one, is used up. The
 * scan is over when NULL is returned and *units is not 0. */
moat_slot *moat_scan_next(struct moat_scan *scan, uint32_t *units);

/* The most units that may be asked for at once. */
#define MOAT_MARK_UNITS_MAX ((uint32_t)(INT32_MAX / MOAT_UNIT))

/* Marks from grey objects until there are none left or the units are used up. Returns the units left, 1 at least, if
 * nothing is grey any more; else 0. After each MOAT_CONFIG_SLICE_UNITS interrupts are as `masked` says for an instant;
 * handlers must not mark then (moat_heap.mark.busy), but with MOAT_CONFIG_TASKS they may. */
uint32_t moat_mark_some(uint32_t units, moat_port_mask_t masked);

#endif
