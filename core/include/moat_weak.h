/* moat: weak references, which do not keep their object.
 *
 * A weak reference is a managed object of its own, that a slot or a root holds as any other. It reads as its object
 * until a cycle finds that nothing else keeps that one; from then on as NULL. docs/design.md, "Weak references", says
 * when that is decided, and why what was read stays alive.
 *
 * SPDX-License-Identifier: MIT */
#ifndef MOAT_WEAK_H
#define MOAT_WEAK_H

#include "moat_type.h"

MOAT_C_BEGIN_

/* Core's. */
struct moat_weak {
    uintptr_t target; /* no slot: what it points at is not kept by it; 0: cleared */
    uintptr_t next;   /* in the list of all */
};

/* The type of weak references. */
MOAT_TYPE_DECLARE(moat_weak_type, struct moat_weak);

/* Makes a weak reference to the object whose payload begins at `object`. Two references to one object become NULL at
 * the same moment. If the object has a finalizer, the reference is cleared before it runs, and stays NULL even if the
 * finalizer brings the object back. If a cycle finds that nothing keeps the weak reference itself, it becomes NULL too,
 * whatever a finalizer does.
 * Returns NULL where moat_new does, or on MOAT_ERR_NULL, _FOREIGN (not an object's start); see moat_last_error.
 * Context: any. Cost: moat_new's, of 16 bytes on 32-bit cores, and as moat_object_find's; a step of each cycle. */
struct moat_weak *moat_weak_new(void *object);

/* The object, which the caller's stack keeps from here on as any other; or NULL, also if `weak` is NULL. Context: any.
 * Cost: a load and a mask; while a cycle marks, the object is greyed. */
void *moat_weak_get(const struct moat_weak *weak);

/* Has it read NULL from now on. NULL does nothing. Context: any. Cost: a store. */
void moat_weak_clear(struct moat_weak *weak);

/* A weak reference by its object's type: MOAT_WEAK_NEW(type, object) warns where `object` is no pointer to it, and
 * MOAT_WEAK_GET(type, weak) is a pointer to it. */
#define MOAT_WEAK_NEW(type, object) moat_weak_new(1 ? (object) : (MOAT_OBJECT_OF_(type) *)0)
#define MOAT_WEAK_GET(type, weak) ((MOAT_OBJECT_OF_(type) *)moat_weak_get(weak))

MOAT_C_END_

#endif
