/* moat: the inner loop of marking. Internal to core and ports, assembly included.
 *
 * SPDX-License-Identifier: MIT */
#ifndef MOAT_GREY_H
#define MOAT_GREY_H

/* The cost of work, in instructions of a 32-bit core, about: a piece of slots, which may be a whole object; a slot; one
 * that holds a pointer, more. */
#define MOAT_GREY_PIECE 14
#define MOAT_GREY_SLOT 5
#define MOAT_GREY_POINTER 22

/* The most slots between two looks at the budget. */
#define MOAT_GREY_PIECE_SLOTS 8

/* Why the loop ended: */
#define MOAT_GREY_SPENT 0 /* the budget is used up; `at` may be `end`, or a piece be begun */
#define MOAT_GREY_NEXT 1  /* [at, far) is empty, and what is grey is not after the habit, if anything is */
#define MOAT_GREY_LOOK 2  /* `value` needs to be looked up: it is not an object's first granule, or of another arena */

#ifndef __ASSEMBLER__

#include "moat_heap.h"

/* The state of the loop, which takes the home arena's objects that are grey, one after the other, as long as they are
 * of the same type, after the *habit*: their slots are their first words and few, and nothing else. Granules count from
 * the first payload, since most values are a payload's address. */
struct moat_grey {
    moat_slot *at, *end; /* the piece under way */
    moat_word grey;      /* the grey list's first granule */
    uintptr_t payload;   /* address of granule 0's payload */
    uintptr_t span;      /* bytes of the granules that may be an object's first */
    struct moat_bits *bits;
    moat_word habit;       /* the type's part of a header; ~0: the object under way is not after the habit */
    uintptr_t habit_bytes; /* of its slots */
    intptr_t budget;       /* instructions */
    intptr_t cost;         /* of an object after the habit */
    moat_slot *far;        /* the slots go on up to here */
    moat_word others;      /* there are other arenas */
    uintptr_t value;       /* MOAT_GREY_LOOK: this one */
};

/* Interrupts masked. Marks what the slots up to `far` point at, then those of grey objects after the habit. Ports may
 * have one that is faster, moat_port_grey_loop (MOAT_PORT_GREY); test/suite/grey.c compares the two. */
unsigned moat_grey_loop(struct moat_grey *loop);

#endif
#endif
