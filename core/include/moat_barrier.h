/* moat: stores to slots. Every store to a slot of a managed object, of a root, or of a local variable that another
 * context sees goes through one of these macros. Each evaluates each argument once. Context: any, for all of them.
 *
 * Cost, where a macro does not say its own: while no cycle marks, one more test of a word than the plain store (`make
 * bench` counts instructions). While a cycle marks, a call that greys at most two objects, interrupts masked. CHECK2
 * adds its check before that test, marking or not.
 *
 * An initialised local copy (`struct node t = *a;`) needs no macro. But the compiler may copy it byte by byte: if
 * handlers store to the same slots, copy with MOAT_MOVE, which copies whole words.
 *
 * SPDX-License-Identifier: MIT */
#ifndef MOAT_BARRIER_H
#define MOAT_BARRIER_H

#include "moat_compiler.h"
#include "moat_heap.h"

#if MOAT_CONFIG_TASKS
#include <moat_port_cpu.h> /* the mask: -Iport/FAMILY */
#endif

#include <stdbool.h>

/* MOAT_STORE(slot, value): slot = value.
 * slot    an lvalue of pointer type;  value  a pointer of that type, or NULL */
#define MOAT_STORE(slot, value) moat_store_(MOAT_SLOT_(slot), MOAT_VALUE_(slot, value))

/* MOAT_INIT(slot, value): the first store to a slot of a new object. It does not look at the old value, which must be
 * NULL. For a slot that may hold a pointer, use MOAT_STORE. Use MOAT_INIT to store a pinned pointer to a register of a
 * peripheral: while a cycle marks, MOAT_STORE reads the slot first, and a read of a register may have an effect. */
#define MOAT_INIT(slot, value) moat_init_store_(MOAT_SLOT_(slot), MOAT_VALUE_(slot, value))

/* MOAT_CLEAR(slot): slot = NULL. Never traps in managed memory. */
#define MOAT_CLEAR(slot) moat_clear_(MOAT_SLOT_(slot))

/* MOAT_SWAP(a, b): exchanges the values of two slots of one type. It is not atomic against handlers that store to the
 * same slots. Cost: a call, interrupts masked for the two stores, and the barrier while a cycle marks. */
#define MOAT_SWAP(a, b) (moat_swap_(MOAT_SLOT_(a), MOAT_SLOT_(MOAT_ALIKE_(a, b))), (void)moat_returned_(0))

/* MOAT_CAS(slot, expected, desired): atomically stores `desired` if the slot holds `expected`. Returns true if it
 * stored. The check of CHECK2 comes first, whether or not it will store. Cost: interrupts are masked for one comparison
 * and store, and for the barrier while a cycle marks. */
#define MOAT_CAS(slot, expected, desired)                                                                              \
    (moat_returned_(moat_cas_(MOAT_SLOT_(slot), MOAT_VALUE_(slot, expected), MOAT_VALUE_(slot, desired))) != 0)

/* MOAT_ATOMIC_STORE(slot, value): as MOAT_STORE, but all of it, with the barrier, is atomic against handlers. Cost: as
 * MOAT_CAS's. */
#define MOAT_ATOMIC_STORE(slot, value) ((void)MOAT_EXCHANGE(slot, value))

/* MOAT_EXCHANGE(slot, value): atomically stores the value, and returns the value that it replaced. Cost: as MOAT_CAS's.
 */
#define MOAT_EXCHANGE(slot, value)                                                                                     \
    ((MOAT_TYPE_OF_VALUE_(slot))moat_returned_pointer_(moat_exchange_(MOAT_SLOT_(slot), MOAT_VALUE_(slot, value))))

/* MOAT_MOVE(type, to, from): copies one element of `type`, slots and plain data. The ranges may overlap.
 * to, from  pointers to elements; `to` lies in managed memory, `from` anywhere
 * Cost: a load and a store for each word, interrupts on. A word is copied whole. While a cycle marks, the values of the
 * slots are shaded first, each masked by itself. */
#define MOAT_MOVE(type, to, from) MOAT_MOVE_PART(type, to, from, 0, (type).size)

/* MOAT_MOVE_PART(type, to, from, offset, bytes): as MOAT_MOVE, for `bytes` bytes from `offset` on within the element.
 * to, from       the starts of the elements
 * offset, bytes  offset + bytes <= the type's size, else nothing is copied. They must not cut a slot: a slot that is
 *                copied in part is no pointer any more, and is not shaded */
#define MOAT_MOVE_PART(type, to, from, offset, bytes)                                                                  \
    moat_returned_(moat_move_part(&(type), (to), (from), (offset), (bytes)))

/* MOAT_MOVE_ARRAY(type, to, from, count): as MOAT_MOVE for `count` elements; 0 copies nothing. */
#define MOAT_MOVE_ARRAY(type, to, from, count) moat_returned_(moat_move_array(&(type), (to), (from), (count)))

/* MOAT_ZERO(type, at): clears one element of `type`. */
#define MOAT_ZERO(type, at) moat_zero(&(type), (at))

MOAT_C_BEGIN_

/* ---- the functions behind them; call the macros ---- */

/* As the macros of these names, with the type's address. */
int moat_move_part(const struct moat_type *type, void *to, const void *from, size_t offset, size_t bytes);
int moat_move_array(const struct moat_type *type, void *to, const void *from, size_t count);
int moat_zero(const struct moat_type *type, void *at);
bool moat_cas_(moat_slot *slot, void *expected, void *desired);
void *moat_exchange_(moat_slot *slot, void *value);
void moat_swap_(moat_slot *a, moat_slot *b);

/* Slow halves. moat_barrier_ greys what a store takes away and, while a stack is grey, what it brings. */
void moat_barrier_(void *old, void *value);
void moat_guard_store_(const void *slot, const void *value);

/* For the compiler plugin (moat_plugin.h). */

/* As moat_barrier_, for a slot that is about to be written. It reads the old value itself, and accepts values that are
 * no pointers, since memory that was never written may hold anything. */
void moat_barrier_at_(void *slot, const void *value);

/* As moat_move_array and moat_zero for `bytes` bytes of consecutive elements of `type`, the last of which may be cut.
 */
void moat_move_bytes_(const struct moat_type *type, void *to, const void *from, size_t bytes);
void moat_zero_bytes_(const struct moat_type *type, void *at, size_t bytes);

/* The address of a slot, by way of an integer since it may be one to const or volatile. */
#define MOAT_SLOT_(slot) ((moat_slot *)(uintptr_t) & (slot))

/* The slot where it is assigned to. */
#define MOAT_TARGET_(slot) (slot)

/* A value for a slot. The assignment is never made: the compiler says of it what it says of `slot = value`. */
#ifdef __cplusplus
extern "C++" { /* templates are not C's */
template <class slot> MOAT_INLINE_ void *moat_value_(slot value) {
    return (void *)(uintptr_t)value;
}
template <class slot> MOAT_INLINE_ slot &moat_alike_(slot &, slot &b) {
    return b;
}
}
#define MOAT_VALUE_(slot, value) moat_value_<MOAT_TYPE_OF_VALUE_(slot)>(value)
#define MOAT_ALIKE_(a, b) moat_alike_((a), (b))
#else
#define MOAT_VALUE_(slot, value) ((void *)(uintptr_t) __builtin_choose_expr(1, (value), MOAT_TARGET_(slot) = (value)))

/* b, of which it is said that a takes its value, and it a's. */
#define MOAT_ALIKE_(a, b)                                                                                              \
    __builtin_choose_expr(1, b, __builtin_choose_expr(1, MOAT_TARGET_(a) = (b), MOAT_TARGET_(b) = (a)))
#endif

/* Something after a call, so that it is no jump in the place of a return: the guard names the function that made the
 * call by its return address. */
MOAT_INLINE_ int moat_returned_(int result) {
#if MOAT_CONFIG_CHECK >= 2
    MOAT_COMPILER_BARRIER_();
#endif
    return result;
}

MOAT_INLINE_ void *moat_returned_pointer_(void *result) {
    (void)moat_returned_(0);
    return result;
}

/* Both root sections: linker/moat_bss.ld puts one behind the other; without it nothing says which comes first. */
#define moat_roots_start MOAT_START_(moat_roots)
#define moat_roots_end MOAT_END_(moat_roots)
#define moat_typed_roots_end MOAT_END_(moat_typed_roots)
MOAT_BOUND_ char moat_roots_start[], moat_roots_end[], moat_typed_roots_end[];

/* All slots between moat_roots_start and this are roots. */
#define MOAT_ROOTS_END_ (MOAT_CONFIG_LINKER_SCRIPT ? moat_typed_roots_end : moat_roots_end)

/* The fast half of the check: true if the slot is where most slots are, in the first arena or in a root section, or if
 * NULL is stored. The cheapest test comes first: `make bench BENCH=guard` has the figures. */
MOAT_INLINE_ bool moat_is_plainly_legal_(const void *slot, const void *value) {
#if MOAT_CONFIG_CHECK_SLOTS
    (void)slot;
    return value == NULL;
#else
    return (uintptr_t)slot - moat_heap.border.home < moat_heap.border.home_span || value == NULL ||
           (uintptr_t)slot - (uintptr_t)moat_roots_start < (uintptr_t)MOAT_ROOTS_END_ - (uintptr_t)moat_roots_start;
#endif
}

MOAT_INLINE_ void moat_check_store_(const void *slot, const void *value) {
#if MOAT_CONFIG_CHECK >= 2
    if (!moat_is_plainly_legal_(slot, value)) {
        moat_guard_store_(slot, value);
    }
#else
    (void)slot;
    (void)value;
#endif
}

/* For other tasks, the barrier's test and the store are one step. Otherwise another task could start a cycle in
 * between: that cycle would still find the value that the store takes away, and the store would not be shaded. Handlers
 * start no cycle. */
#if MOAT_CONFIG_TASKS
#define MOAT_BARRIER_BEGIN_() moat_port_mask_t masked_ = moat_port_mask()
#define MOAT_BARRIER_END_() moat_port_unmask(masked_)
#else
#define MOAT_BARRIER_BEGIN_() ((void)0)
#define MOAT_BARRIER_END_() ((void)0)
#endif

MOAT_INLINE_ void moat_store_(moat_slot *slot, void *value) {
    moat_check_store_(slot, value);
    MOAT_BARRIER_BEGIN_();
    if (moat_heap.marking) {
        moat_barrier_(*slot, value);
    }
    *slot = value;
    MOAT_BARRIER_END_();
}

MOAT_INLINE_ void moat_init_store_(moat_slot *slot, void *value) {
    moat_check_store_(slot, value);
    MOAT_BARRIER_BEGIN_();
    if (moat_heap.marking) {
        moat_barrier_(NULL, value);
    }
    *slot = value;
    MOAT_BARRIER_END_();
}

MOAT_INLINE_ void moat_clear_(moat_slot *slot) {
    MOAT_BARRIER_BEGIN_();
    if (moat_heap.marking) {
        moat_barrier_(*slot, NULL);
    }
    *slot = NULL;
    MOAT_BARRIER_END_();
}

MOAT_C_END_

#endif
