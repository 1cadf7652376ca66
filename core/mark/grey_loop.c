/* moat: the inner loop of marking, in C. See grey.h.
 *
 * SPDX-License-Identifier: MIT */
#include "mark/grey.h"
#include "space/granule.h"

_Static_assert(MOAT_GREY_PIECE_SLOTS == MOAT_FRONT_SLOTS, "the slots of an object after the habit are one piece");

/* Out of line, so that the loop keeps its state in registers. */
__attribute__((noinline)) static bool turn(struct moat_grey *loop, moat_word header) {
    return loop->habit != MOAT_GREY_NO_HABIT && moat_grey_learn(loop, header);
}

/* The granule at an offset; a number that is too large if the offset is not a granule's. */
static inline uintptr_t turned(uintptr_t offset) {
    return offset >> MOAT_GRANULE_SHIFT | offset << (MOAT_WORD_BITS - MOAT_GRANULE_SHIFT);
}

/* An object is grey if it has slots. */
static inline void link_grey(moat_raw *header, uint32_t granule, uint32_t *grey) {
    if (moat_header_has_slots(*header)) {
        *header = moat_header_linked(*header, *grey);
        *grey = granule;
    }
}

/* The slots of a piece that follows another of the same slots, if there are so many. */
static inline intptr_t next_slots(intptr_t budget) {
    return budget >= MOAT_GREY_NEXT_PIECE(MOAT_GREY_LONG_SLOTS) ? MOAT_GREY_LONG_SLOTS : MOAT_GREY_PIECE_SLOTS;
}

/* Goes on to the next slice behind a window, and there with `slots`. False: there is none, or the window is the
 * caller's. */
static inline bool open_window(struct moat_grey *loop, uint32_t *grey, intptr_t slots) {
    if (loop->opens == 0 || loop->rest <= 0) {
        return false;
    }
    moat_grey_next_slice(loop, slots);
    ++*loop->slices;
    *loop->head = *grey;
    moat_port_window(loop->masked);
    *grey = *loop->head;
    return true;
}

unsigned moat_grey_loop(struct moat_grey *loop) {
    struct moat_bits *const all_bits = loop->bits;
    const uintptr_t payload = loop->payload, granules = loop->granules;
    moat_slot *at = loop->at, *end = loop->end, *far = loop->far;
    uintptr_t value;
    uint32_t grey = (uint32_t)loop->grey;
    intptr_t budget = loop->budget;
    unsigned why = MOAT_GREY_SPENT;
    for (;;) {
        while (at != end) {
            value = (uintptr_t)*at++;
            if (value == 0) {
                continue;
            }
            uintptr_t offset = value - payload, granule = turned(offset);
            if (granule >= granules) {
                if (loop->others == 0 && (offset & (MOAT_GRANULE - 1)) == 0) {
                    continue;
                }
                goto look;
            }
            struct moat_bits *bits = &all_bits[granule / MOAT_WORD_GRANULES];
            uint32_t start = bits->start, mark = bits->mark, bit = moat_bit((uint32_t)granule);
            budget -= MOAT_GREY_POINTER;
            if (__builtin_expect(budget < 0, 0)) {
                budget += MOAT_GREY_POINTER;
                goto again;
            }
            if (__builtin_expect((start & mark & bit) != 0, 1)) {
                bits->mark = mark & ~bit;
                link_grey((moat_raw *)value - 1, (uint32_t)granule, &grey);
            } else if ((start & bit) == 0) {
                goto look;
            }
        }
        const moat_raw *header = (moat_raw *)(payload + moat_bytes(grey)) - 1;
        bool same = *header >> MOAT_HEADER_LINK_BITS == loop->habit;
        if (same || turn(loop, *header)) { /* the list's end has the header of a hole */
            budget -= same ? 0 : MOAT_GREY_SWITCH;
            at = (moat_slot *)(header + 1);
            end = far = (moat_slot *)((uintptr_t)at + loop->habit_bytes);
            grey = moat_header_link(*header);
            budget -= loop->cost;
        } else if (at != far) {
            intptr_t slots = next_slots(budget);
            end = far - at > slots ? at + slots : far;
            budget -= MOAT_GREY_NEXT_PIECE(slots);
        } else if (budget >= MOAT_GREY_STEP) {
            why = MOAT_GREY_NEXT;
            break;
        } else {
            goto spent;
        }
        if (__builtin_expect(budget >= 0, 1)) {
            continue;
        }
        goto spent;
    look:
        if (budget >= MOAT_GREY_LOOK_UP) {
            loop->value = value;
            why = MOAT_GREY_LOOK;
            break;
        }
    again:
        at--; /* this slot comes first the next time */
    spent:
        loop->budget = budget;
        if (!open_window(loop, &grey, end - at)) {
            break;
        }
        budget = loop->budget;
    }
    loop->at = at;
    loop->end = end;
    loop->far = far;
    loop->grey = grey;
    loop->budget = budget;
    return why;
}
