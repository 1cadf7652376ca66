/* moat: a shadow of the heap. See shadow.h.
 *
 * SPDX-License-Identifier: MIT */
#include "shadow.h"

#include "fresh_heap.h"
#include "harness.h"

#include <string.h>

#define WIDE_FILL 60
#define WIDE_SLOTS 12 /* before and beyond the 64th word */
#define PATTERN 0x5a

struct wide {
    uintptr_t id;
    uintptr_t fill[WIDE_FILL];
    MOAT_REF(void) slot[WIDE_SLOTS];
};
#define ROWS 4
#define CELLS 3
struct row {
    uintptr_t fill[2];
    struct shadow_element cells[CELLS];
};
struct nested {
    uintptr_t id;
    struct row rows[ROWS];
};
struct flex {
    uintptr_t id;
    MOAT_REF(void) slot[];
};

void model_finalizer(void *object); /* the program's */

MOAT_TYPE(shadow_node_type, struct shadow_node, slot);
MOAT_TYPE(shadow_element_type, struct shadow_element, slot);
MOAT_TYPE_FINALIZED(finalized_type, struct shadow_node, model_finalizer, slot);
MOAT_TYPE(wide_type, struct wide, slot);
MOAT_TYPE_RUNS(nested_type, struct nested,
               MOAT_RUN_NESTED_STRUCTS(struct nested, rows, struct row, cells, struct shadow_element, slot));
MOAT_TYPE_FLEX(flex_type, struct flex, MOAT_TAIL_SLOTS(struct flex, slot));

static struct shadow {
    uintptr_t hidden; /* 0: the entry is free */
    uintptr_t id;
    enum shadow_kind kind;
    unsigned slots;
    bool reachable;
    bool finalized; /* its finalizer has been called */
    bool excused;   /* a resurrected object refers to it: its finalizer may be called while it is reachable */
    struct shadow_edge edges[SHADOW_SLOTS];
} objects[SHADOW_OBJECTS];

static struct shadow_edge anchors[SHADOW_ANCHORS];
static const struct shadow_edge none = {SHADOW_NONE, 0};
static uint16_t queue[SHADOW_OBJECTS];
static uintptr_t made;

void shadow_begin(void) {
    memset(objects, 0, sizeof objects);
    for (unsigned i = 0; i < SHADOW_ANCHORS; i++) {
        anchors[i] = none;
    }
}

/* ---- objects ---- */

void *shadow_address(unsigned object) {
    return (void *)~objects[object].hidden;
}

unsigned shadow_slots(unsigned object) {
    return objects[object].kind == SHADOW_BYTES ? 0 : objects[object].slots;
}

enum shadow_kind shadow_kind(unsigned object) {
    return objects[object].kind;
}

moat_slot *shadow_slot(unsigned object, unsigned slot) {
    void *at = shadow_address(object);
    switch (objects[object].kind) {
    case SHADOW_WIDE:
        return MOAT_SLOT_(((struct wide *)at)->slot[slot]);
    case SHADOW_NESTED:
        return MOAT_SLOT_(((struct nested *)at)->rows[slot / CELLS].cells[slot % CELLS].slot);
    case SHADOW_FLEX:
        return MOAT_SLOT_(((struct flex *)at)->slot[slot]);
    case SHADOW_ARRAY:
        return MOAT_SLOT_(((struct shadow_element *)at)[slot].slot);
    default:
        return MOAT_SLOT_(((struct shadow_node *)at)->slot[slot]);
    }
}

struct shadow_edge *shadow_edge(unsigned object, unsigned slot) {
    return &objects[object].edges[slot];
}

struct shadow_edge *shadow_anchor(unsigned anchor) {
    return &anchors[anchor];
}

void *shadow_value(struct shadow_edge edge) {
    return edge.object == SHADOW_NONE ? NULL : (char *)shadow_address(edge.object) + edge.offset;
}

void shadow_sign(unsigned object) {
    const struct shadow *shadow = &objects[object];
    uintptr_t *at = shadow_address(object);
    *at = shadow->id;
    if (shadow->kind == SHADOW_ARRAY) {
        for (unsigned i = 0; i < shadow->slots; i++) {
            ((struct shadow_element *)(void *)at)[i].id = shadow->id + i;
        }
    } else if (shadow->kind == SHADOW_BYTES) {
        memset(at + 1, PATTERN, (shadow->slots - 1) * sizeof *at);
    } else if (shadow->kind == SHADOW_WIDE) {
        memset(((struct wide *)(void *)at)->fill, PATTERN, sizeof((struct wide *)0)->fill);
    }
}

static void *allocate(enum shadow_kind kind, unsigned slots, size_t *bytes) {
    switch (kind) {
    case SHADOW_NODE:
        *bytes = sizeof(struct shadow_node);
        return MOAT_NEW(shadow_node_type);
    case SHADOW_FINALIZED:
        *bytes = sizeof(struct shadow_node);
        return MOAT_NEW(finalized_type);
    case SHADOW_WIDE:
        *bytes = sizeof(struct wide);
        return MOAT_NEW(wide_type);
    case SHADOW_NESTED:
        *bytes = sizeof(struct nested);
        return MOAT_NEW(nested_type);
    case SHADOW_FLEX:
        *bytes = sizeof(struct flex) + slots * sizeof(void *);
        return MOAT_NEW_FLEX(flex_type, slots);
    case SHADOW_ARRAY:
        *bytes = slots * sizeof(struct shadow_element);
        return MOAT_NEW_ARRAY(shadow_element_type, slots);
    default:
        *bytes = slots * sizeof(uintptr_t);
        return MOAT_NEW_BYTES(*bytes);
    }
}

static unsigned slots_of(enum shadow_kind kind, unsigned slots) {
    switch (kind) {
    case SHADOW_NODE:
    case SHADOW_FINALIZED:
        return 2;
    case SHADOW_WIDE:
        return WIDE_SLOTS;
    case SHADOW_NESTED:
        return ROWS * CELLS;
    case SHADOW_BYTES:
        return slots + 1; /* an edge may lead to the second word */
    default:
        return slots < SHADOW_SLOTS ? slots : SHADOW_SLOTS;
    }
}

static bool is_zero(const unsigned char *at, size_t bytes) {
    while (bytes != 0 && *at == 0) {
        at++;
        bytes--;
    }
    return bytes == 0;
}

static unsigned free_entry(void) {
    for (unsigned i = 0; i < SHADOW_OBJECTS; i++) {
        unsigned at = (unsigned)(made + i) % SHADOW_OBJECTS;
        if (objects[at].hidden == 0) {
            return at;
        }
    }
    return SHADOW_NONE;
}

unsigned shadow_make(enum shadow_kind kind, unsigned slots) {
    slots = slots_of(kind, slots == 0 ? 1 : slots);
    size_t bytes;
    void *object = allocate(kind, slots, &bytes);
    unsigned entry = object == NULL ? SHADOW_NONE : free_entry();
    if (entry == SHADOW_NONE) {
        return SHADOW_NONE;
    }
    if (!is_zero(object, bytes) || (uintptr_t)object % MOAT_GRANULE != 0) {
        test_fail(__FILE__, __LINE__, "a new object is not zero, or not aligned");
    }
    struct shadow *shadow = &objects[entry];
    shadow->hidden = hide(object);
    shadow->id = (++made * SHADOW_OBJECTS + entry) * SHADOW_SLOTS;
    shadow->kind = kind;
    shadow->slots = slots;
    shadow->finalized = false;
    shadow->excused = false;
    for (unsigned i = 0; i < SHADOW_SLOTS; i++) {
        shadow->edges[i] = none;
    }
    shadow_sign(entry);
    return entry;
}

/* ---- what is reachable ---- */

/* Appends an edge's object to the queue, unless it was reached before. Returns the queue's new length. */
static unsigned reach_edge(struct shadow_edge edge, unsigned length) {
    if (edge.object != SHADOW_NONE && !objects[edge.object].reachable) {
        objects[edge.object].reachable = true;
        queue[length++] = edge.object;
    }
    return length;
}

/* The queue's objects and all that they refer to. */
static unsigned reach_queue(unsigned length) {
    for (unsigned i = 0; i < length; i++) {
        const struct shadow *shadow = &objects[queue[i]];
        for (unsigned slot = 0; slot < shadow_slots(queue[i]); slot++) {
            length = reach_edge(shadow->edges[slot], length);
        }
    }
    return length;
}

static void forget_reached(void) {
    for (unsigned i = 0; i < SHADOW_OBJECTS; i++) {
        objects[i].reachable = false;
    }
}

static unsigned reach(void) {
    unsigned length = 0;
    forget_reached();
    for (unsigned i = 0; i < SHADOW_ANCHORS; i++) {
        length = reach_edge(anchors[i], length);
    }
    return reach_queue(length);
}

unsigned shadow_pick(void) {
    unsigned at = anchors[test_random_below(SHADOW_ANCHORS)].object;
    for (unsigned steps = test_random_below(4); steps != 0 && at != SHADOW_NONE && shadow_slots(at) != 0; steps--) {
        unsigned next = objects[at].edges[test_random_below(shadow_slots(at))].object;
        at = next == SHADOW_NONE ? at : next;
    }
    return at;
}

/* ---- comparing ---- */

static bool is_there(unsigned object) {
    return is_alive(objects[object].hidden) && *(uintptr_t *)shadow_address(object) == objects[object].id;
}

static bool contents_hold(unsigned object) {
    const struct shadow *shadow = &objects[object];
    uintptr_t *at = shadow_address(object);
    for (unsigned i = 0; i < shadow_slots(object); i++) {
        if (*shadow_slot(object, i) != shadow_value(shadow->edges[i])) {
            return false;
        }
        if (shadow->kind == SHADOW_ARRAY && ((struct shadow_element *)(void *)at)[i].id != shadow->id + i) {
            return false;
        }
    }
    unsigned fill = shadow->kind == SHADOW_BYTES ? shadow->slots - 1 : shadow->kind == SHADOW_WIDE ? WIDE_FILL : 0;
    for (unsigned i = 0; i < fill * sizeof *at; i++) {
        if (((unsigned char *)(at + 1))[i] != PATTERN) {
            return false;
        }
    }
    return true;
}

static bool object_holds(unsigned object) {
    if (!is_there(object)) {
        test_fail(__FILE__, __LINE__, "a reachable object is lost");
        return false;
    }
    if (!contents_hold(object)) {
        test_fail(__FILE__, __LINE__, "a reachable object has changed");
        return false;
    }
    return true;
}

bool shadow_holds(void) {
    unsigned length = reach();
    for (unsigned i = 0; i < length; i++) {
        if (!object_holds(queue[i])) {
            return false;
        }
    }
    return true;
}

static unsigned objects_in(const struct moat_arena *arena) {
    unsigned count = 0;
    uintptr_t end = arena->low + arena->span;
    for (uintptr_t at = arena->low + MOAT_WORD_BYTES; at < end; at += MOAT_GRANULE) {
        struct moat_object object;
        if (moat_object_find((void *)at, &object)) {
            count++;
            at += (object.bytes + MOAT_WORD_BYTES) - MOAT_GRANULE;
        }
    }
    return count;
}

bool shadow_settle(unsigned *extras) {
    bool holds = shadow_holds();
    unsigned known = 0, there = 0;
    for (unsigned i = 0; i < SHADOW_OBJECTS; i++) {
        if (objects[i].hidden == 0) {
            continue;
        }
        if (objects[i].reachable) {
            known++;
        } else if (!is_there(i)) {
            objects[i].hidden = 0;
        }
    }
    for (unsigned i = 0; i < moat_heap.arenas.count; i++) {
        there += objects_in(moat_heap.arenas.table[i]);
    }
    *extras = there - known;
    return holds;
}

/* ---- finalizers ---- */

unsigned shadow_finalized(void *object) {
    unsigned entry = (unsigned)(*(uintptr_t *)object / SHADOW_SLOTS % SHADOW_OBJECTS);
    struct shadow *shadow = &objects[entry];
    if (shadow_address(entry) != object || shadow->kind != SHADOW_FINALIZED || !is_there(entry)) {
        test_fail(__FILE__, __LINE__, "a finalizer was given something else than its object");
        return SHADOW_NONE;
    }
    if (shadow->finalized) {
        test_fail(__FILE__, __LINE__, "a finalizer was called twice");
        return SHADOW_NONE;
    }
    shadow->finalized = true;
    (void)reach();
    if (shadow->reachable && !shadow->excused) {
        test_fail(__FILE__, __LINE__, "a reachable object was finalized");
        return SHADOW_NONE;
    }
    forget_reached();
    shadow->reachable = true;
    queue[0] = (uint16_t)entry;
    unsigned length = reach_queue(1);
    for (unsigned i = 0; i < length; i++) {
        if (!object_holds(queue[i])) {
            return SHADOW_NONE;
        }
    }
    return entry;
}

void shadow_resurrected(unsigned object) {
    forget_reached();
    objects[object].reachable = true;
    queue[0] = (uint16_t)object;
    unsigned length = reach_queue(1);
    for (unsigned i = 0; i < length; i++) {
        objects[queue[i]].excused = true;
    }
}
