/* moat: the inner loop of marking. Internal to core and ports, assembly included.
 *
 * SPDX-License-Identifier: MIT */
#ifndef MOAT_GREY_H
#define MOAT_GREY_H

/* The cost of work, in instructions of a 32-bit core, about: a piece of slots, which may be a whole object; the next of
 * the same slots, more; a slot; one that holds a pointer, more; an object of another type than the one before, more. */
#define MOAT_GREY_PIECE 14
#define MOAT_GREY_MORE 10
#define MOAT_GREY_SLOT 5
#define MOAT_GREY_POINTER 22
#define MOAT_GREY_SWITCH 18
/* The next slice, with interrupts on for an instant before it. */
#define MOAT_GREY_WINDOW 24
/* Looking a value up; what comes at the end of `far`: it is the dearest step, for which each slice has room. */
#define MOAT_GREY_LOOK_UP 100
#define MOAT_GREY_STEP 242

/* The slots of a piece at most: MOAT_FRONT_SLOTS; and of one that follows another of the same slots, where the budget
 * does for them. */
#define MOAT_GREY_PIECE_SLOTS 8
#define MOAT_GREY_LONG_SLOTS 24

/* The cost of the next piece of so many slots. */
#define MOAT_GREY_NEXT_PIECE(slots) (MOAT_GREY_PIECE + MOAT_GREY_MORE + (slots)*MOAT_GREY_SLOT)

/* Why the loop ended: */
#define MOAT_GREY_SPENT 0 /* the slice is used up, or does not do for the slot at `at`; `at` may be `end` */
#define MOAT_GREY_NEXT 1  /* [at, far) is empty, and nothing is grey that the loop could go on to */
#define MOAT_GREY_LOOK 2  /* `value` needs to be looked up: it is not an object's first granule, or of another arena */
/* NEXT and LOOK only where the slice does for what the caller does then: else the loop goes on in the next slice. */

#ifndef __ASSEMBLER__

#include "base/port.h"
#include "space/granule.h"

/* The habit while the object under way has more slots than the loop sees; and while there is none yet. */
#define MOAT_GREY_NO_HABIT (~(moat_word)0)
#define MOAT_GREY_ANY_HABIT (~(moat_word)1)

/* The state of the loop, which takes the home arena's objects that are grey, one after the other, as long as their
 * slots are their first words and few, and nothing else (their type's front_bytes). The *habit* is the type of the last
 * one. Granules count from the first payload, since most values are a payload's address. */
struct moat_grey {
    moat_slot *at;      /* the piece under way begins, */
    moat_word grey;     /* the grey list's first granule */
    uintptr_t payload;  /* address of granule 0's payload */
    uintptr_t granules; /* from there on, that may be an object's first */
    moat_slot *end;     /* and ends */
    struct moat_bits *bits;
    moat_word habit; /* the type's part of a header, or MOAT_GREY_NO_HABIT: the object under way has other slots too */
    uintptr_t habit_bytes;   /* of its slots */
    intptr_t budget;         /* instructions of the slice under way */
    intptr_t cost;           /* of an object after the habit */
    moat_slot *far;          /* the slots go on up to here */
    moat_word others;        /* there are other arenas */
    uintptr_t value;         /* MOAT_GREY_LOOK: this one */
    intptr_t rest;           /* instructions of the slices that follow; */
    moat_word opens;         /* the loop opens the windows between them; 0: the caller does */
    uint32_t *head;          /* where handlers find the grey list in a window */
    moat_port_mask_t masked; /* by which interrupts are let in there */
    intptr_t slice;          /* instructions of a slice at most */
    uint32_t *slices;        /* the heap's count of them */
};

/* Interrupts masked. Marks what the slots up to `far` point at, then, if there is a habit, those of grey objects.
 * Looks at the budget before each slot that holds a pointer into the arena, and each piece; where that is used up, goes
 * on to the next slice, if there is one, behind a window. Ports may have one that is
 * faster, moat_port_grey_loop (MOAT_PORT_GREY); test/suite/grey.c compares the two. */
unsigned moat_grey_loop(struct moat_grey *loop);

/* Goes on to the next slice: a part of what is left of all. It pays for the rest of the piece under way, `slots`.
 * rest > 0. */
static inline void moat_grey_next_slice(struct moat_grey *loop, intptr_t slots) {
    intptr_t piece = slots * MOAT_GREY_SLOT, left = loop->rest + loop->budget + piece;
    loop->budget = left < loop->slice ? left : loop->slice;
    loop->rest = left - loop->budget - MOAT_GREY_WINDOW;
    loop->budget -= piece;
}

/* Takes the type in an object's header up as the habit. False: its slots are not its first words only. */
static inline bool moat_grey_learn(struct moat_grey *loop, moat_word header) {
    bool plain = (header & MOAT_HEADER_ARRAY) == 0 && moat_header_known(header);
    uint32_t bytes = plain ? moat_header_type(header)->front_bytes : 0;
    if (bytes != 0) {
        loop->habit = header >> MOAT_HEADER_LINK_BITS;
        loop->habit_bytes = bytes;
        loop->cost = (intptr_t)(MOAT_GREY_PIECE + bytes / MOAT_WORD_BYTES * MOAT_GREY_SLOT);
    }
    return bytes != 0;
}

#endif
#endif
