/* moat: typed copies and clears where tasks are preempted. See move_slots.h.
 *
 * Where all slots are shaded first and copied then, as in move.c, another task may start a cycle in between: what the
 * copy takes away would go by unshaded. So each slot's barrier is one with its copy.
 *
 * SPDX-License-Identifier: MIT */
#include "store/move_slots.h"

#include "base/port.h"
#include "moat.h"
#include "space/slot_map.h"

struct move {
    const struct moat_type *type;
    uintptr_t base; /* of the elements */
    uintptr_t end;  /* of what is copied */
};

/* Interrupts masked: the barrier of the word at `slot`, which gets `value`, if it is a slot. */
static void shade(const struct move *move, uintptr_t slot, moat_word value) {
    uintptr_t offset = slot - move->base;
    if (moat_heap.marking != 0 && slot >= move->base &&
        moat_slot_map_has(move->type, move->type->flexible == 0, offset, move->end - move->base)) {
        moat_barrier_at_((void *)slot, (void *)value);
    }
}

static void put_word(const struct move *move, uintptr_t to, moat_word value) {
    moat_port_mask_t masked = moat_port_mask();
    shade(move, to, value);
    *(volatile moat_raw *)to = value;
    moat_port_unmask(masked);
}

/* A slot that is cut loses its pointer as well. */
static void put_byte(const struct move *move, uintptr_t to, unsigned char value) {
    moat_port_mask_t masked = moat_port_mask();
    shade(move, to - to % MOAT_WORD_BYTES, 0);
    *(volatile unsigned char *)to = value;
    moat_port_unmask(masked);
}

/* The source may stand anywhere. */
static moat_word word_at(uintptr_t from) {
    moat_word word = 0;
    if (from % MOAT_WORD_BYTES == 0) {
        return from == 0 ? 0 : *(const moat_raw *)from;
    }
    for (uintptr_t i = 0; i < MOAT_WORD_BYTES; i++) {
        ((volatile unsigned char *)&word)[i] = ((const unsigned char *)from)[i];
    }
    return word;
}

/* Returns how many bytes it has done. */
static uintptr_t put(const struct move *move, uintptr_t to, uintptr_t from, uintptr_t left) {
    if (to % MOAT_WORD_BYTES == 0 && left >= MOAT_WORD_BYTES) {
        put_word(move, to, word_at(from));
        return MOAT_WORD_BYTES;
    }
    put_byte(move, to, from == 0 ? 0 : *(const unsigned char *)from);
    return 1;
}

void moat_move_slots(const struct moat_type *type, uintptr_t to, uintptr_t offset, uintptr_t from, uintptr_t bytes) {
    const uintptr_t first = to + offset, last = first + bytes;
    const struct move move = {type, to, last};
    if (from == 0 || first - from >= bytes) {
        for (uintptr_t at = first; at != last;) {
            at += put(&move, at, from == 0 ? 0 : from + (at - first), last - at);
        }
        return;
    }
    for (uintptr_t at = last; at != first;) { /* from the end down: a word, if a whole one ends here */
        bool whole = at % MOAT_WORD_BYTES == 0 && at - first >= MOAT_WORD_BYTES;
        at -= whole ? MOAT_WORD_BYTES : 1;
        (void)put(&move, at, from + (at - first), whole ? MOAT_WORD_BYTES : 1);
    }
}
