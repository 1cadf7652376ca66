/* moat: a shadow of the heap: which objects a test has made, what each of their slots points at, and so which of them
 * are reachable. It knows the heap's objects by numbers that no stack scan takes for pointers.
 *
 * SPDX-License-Identifier: MIT */
#ifndef TEST_SHADOW_H
#define TEST_SHADOW_H

#include <moat.h>

#ifdef __linux__
#define SHADOW_OBJECTS 8192
#else
#define SHADOW_OBJECTS 1024
#endif
#define SHADOW_SLOTS 24   /* of one object, at most */
#define SHADOW_ANCHORS 48 /* slots outside the heap, pins, handles and stacks */

/* Kinds of objects. Each begins with its id, but for arrays, whose elements do. */
enum shadow_kind {
    SHADOW_NODE,
    SHADOW_FINALIZED,
    SHADOW_WIDE,
    SHADOW_NESTED, /* runs of structs that have arrays of structs */
    SHADOW_FLEX,   /* an array of slots */
    SHADOW_ARRAY,
    SHADOW_BYTES,
    SHADOW_KINDS
};

struct shadow_node {
    uintptr_t id;
    MOAT_REF(void) slot[2];
};
MOAT_TYPE_DECLARE(shadow_node_type, struct shadow_node);
MOAT_TYPE_DECLARE(shadow_element_type, struct shadow_element);

struct shadow_element {
    uintptr_t id;
    MOAT_REF(void) slot;
};

/* A slot's contents: an object, or none, and how far into it. */
struct shadow_edge {
    uint16_t object; /* its number; SHADOW_NONE: NULL */
    uint16_t offset;
};
#define SHADOW_NONE 0xffffu

/* Forgets all objects and anchors. */
void shadow_begin(void);

/* Makes an object with `slots` slots or, of SHADOW_BYTES, that many words. Returns its number; SHADOW_NONE: no memory,
 * or no room in the shadow. Nothing refers to it yet: the next safe point may free it. */
unsigned shadow_make(enum shadow_kind kind, unsigned slots);

/* The object's address, and that of one of its slots. */
void *shadow_address(unsigned object);
moat_slot *shadow_slot(unsigned object, unsigned slot);
unsigned shadow_slots(unsigned object);
enum shadow_kind shadow_kind(unsigned object);

/* Writes the ids again, after a copy or a clear of the whole object. */
void shadow_sign(unsigned object);

/* The shadow's slots and the anchors: read them and write them beside the heap's. */
struct shadow_edge *shadow_edge(unsigned object, unsigned slot);
struct shadow_edge *shadow_anchor(unsigned anchor);
void *shadow_value(struct shadow_edge edge);

/* A reachable object, found at random from the anchors, or SHADOW_NONE. */
unsigned shadow_pick(void);

/* Whether all that is reachable is as the shadow has it. */
bool shadow_holds(void);

/* After whole collections: whether all that is reachable is there. Forgets what has died.
 * extras  receives how many unreachable objects are still there, to the shadow's knowledge or not */
bool shadow_settle(unsigned *extras);

/* Notes that the object's finalizer was called: once, with all it refers to intact. Returns its number, or SHADOW_NONE
 * if that was wrong; then a check has failed. */
unsigned shadow_finalized(void *object);

/* Notes that a finalizer made the object reachable again. */
void shadow_resurrected(unsigned object);

#endif
