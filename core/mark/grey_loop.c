/* moat: the inner loop of marking, in C. See grey.h.
 *
 * SPDX-License-Identifier: MIT */
#include "mark/grey.h"
#include "space/granule.h"

unsigned moat_grey_loop(struct moat_grey *loop) {
    struct moat_bits *const all_bits = loop->bits;
    const uintptr_t payload = loop->payload, span = loop->span;
    moat_slot *at = loop->at, *end = loop->end, *far = loop->far;
    uint32_t grey = (uint32_t)loop->grey;
    intptr_t budget = loop->budget;
    unsigned why = MOAT_GREY_SPENT;
    do {
        while (at != end) {
            uintptr_t value = (uintptr_t)*at++;
            if (value == 0) {
                continue;
            }
            uintptr_t offset = value - payload;
            if (offset >= span) {
                if (loop->others == 0) {
                    continue;
                }
                loop->value = value;
                why = MOAT_GREY_LOOK;
                goto out;
            }
            struct moat_bits *bits = &all_bits[offset >> MOAT_WORD_SHIFT];
            uint32_t start = bits->start, mark = bits->mark, bit = moat_bit(moat_granules(offset));
            budget -= MOAT_GREY_POINTER;
            if (__builtin_expect((start & mark & bit) != 0, 1)) {
                bits->mark = mark & ~bit;
                moat_raw *header = (moat_raw *)(value & ~(uintptr_t)(MOAT_GRANULE - 1)) - 1;
                if (moat_header_has_slots(*header)) {
                    *header = moat_header_linked(*header, grey);
                    grey = moat_granules(offset);
                }
            } else if ((start & bit) == 0) {
                loop->value = value;
                why = MOAT_GREY_LOOK;
                goto out;
            }
        }
        const moat_raw *header = (moat_raw *)(payload + moat_bytes(grey)) - 1;
        if (grey != MOAT_LINK_NONE && *header >> MOAT_HEADER_LINK_BITS == loop->habit) {
            at = (moat_slot *)(header + 1);
            end = far = (moat_slot *)((uintptr_t)at + loop->habit_bytes);
            grey = moat_header_link(*header);
            budget -= loop->cost;
        } else if (at != far) {
            end = far - at > MOAT_GREY_PIECE_SLOTS ? at + MOAT_GREY_PIECE_SLOTS : far;
            budget -= MOAT_GREY_PIECE + MOAT_GREY_PIECE_SLOTS * MOAT_GREY_SLOT;
        } else {
            why = MOAT_GREY_NEXT;
            break;
        }
    } while (budget >= 0);
out:
    loop->at = at;
    loop->end = end;
    loop->far = far;
    loop->grey = grey;
    loop->budget = budget;
    return why;
}
