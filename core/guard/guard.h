/* moat: the guard's checks, as core calls them. Internal to core.
 *
 * SPDX-License-Identifier: MIT */
#ifndef MOAT_GUARD_H
#define MOAT_GUARD_H

#include "base/caller.h"
#include "moat.h"

/* Traps if `value` is a heap pointer and `slot` is not managed memory. pc: the caller to name. Context: any. Cost: a
 * search of arenas, roots, stacks and pins, unless it traps. */
void moat_guard_check_store(const void *slot, const void *value, uintptr_t pc);

/* Traps if `value` is a heap pointer and `slot` is a word of the heap, or of a root, that no type names as a slot. */
void moat_guard_check_slot(const void *slot, const void *value, uintptr_t pc);

/* Traps if a slot of the source holds a heap pointer and the destination is not managed memory. Looks at slots wholly
 * in [offset, offset + bytes) of elements of `type`. Cost: constant for a managed destination, else the source's slots.
 */
void moat_guard_check_copy(const struct moat_type *type, const void *to, const void *from, size_t offset, size_t bytes,
                           uintptr_t pc);

/* The same for bytes without a type, by the type of the object or root that `from` points into (NULL: a clear); and
 * traps if `to` is where slots are. For what replaces the C library's copies: wrap/. */
void moat_guard_check_bytes(const void *to, const void *from, size_t bytes, uintptr_t pc);

/* Whether a value can be a heap pointer at all: most that are none are told by this. */
static inline bool moat_guard_is_near(const void *value) {
    return (uintptr_t)value - moat_heap.border.low < moat_heap.border.span;
}

/* Whether the collector knows the memory at p: an arena, a root, a stack. */
bool moat_guard_is_managed(const void *p);

/* Whether `value` points into an object, which *object then describes, and C may not hold it: it is neither pinned nor
 * a persistent block. */
bool moat_guard_is_kept_in(const void *value, struct moat_object *object);

/* Whether heap pointers may be stored at an address: it is managed; or, by the regions-only policy, nobody declared it
 * to be C's or the hardware's. */
bool moat_guard_may_hold(const void *at);

/* Whether a store of `value` at an address that may not hold it is one of a pointer that C may not hold: into an
 * object, which *object then describes. */
bool moat_guard_leaks(const void *at, const void *value, struct moat_object *object);

/* Traps. at: the destination, or where the pointer was found, NULL for an argument or a result itself; object: that
 * `value` points into, or NULL. */
_Noreturn void moat_guard_trap(enum moat_fault_kind kind, const void *at, const void *value,
                               const struct moat_object *object, uintptr_t pc);

/* The check of a store in a function that firmware calls. */
#if MOAT_CONFIG_CHECK >= 2
#define MOAT_GUARD_STORE(slot, value)                                                                                  \
    (moat_is_plainly_legal_((slot), (value)) ? (void)0 : moat_guard_check_store((slot), (value), MOAT_CALLER()))
#define MOAT_GUARD_COPY(type, to, from, offset, bytes)                                                                 \
    moat_guard_check_copy((type), (to), (from), (offset), (bytes), MOAT_CALLER())
#else
#define MOAT_GUARD_STORE(slot, value) ((void)sizeof(slot), (void)sizeof(value))
#define MOAT_GUARD_COPY(type, to, from, offset, bytes)                                                                 \
    ((void)sizeof(type), (void)sizeof(to), (void)sizeof(from), (void)sizeof(offset), (void)sizeof(bytes))
#endif

#endif
