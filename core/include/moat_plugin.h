/* moat: the functions whose calls the compiler plugin of tools/gcc-plugin inserts (docs/plugin.md). The plugin defines
 * MOAT_PLUGIN, and moat.h includes this header then. Plain stores to slots become those of moat_barrier.h.
 *
 * The plugin finds the functions here by their names, inserts calls of them, and drops those that it did not call.
 * Firmware uses only the macros at the top.
 *
 * SPDX-License-Identifier: MIT */
#ifndef MOAT_PLUGIN_H
#define MOAT_PLUGIN_H

#include "moat_barrier.h"
#include "moat_guard.h"

#include <stdbool.h>

/* As without the plugin, which leaves it alone. */
#undef MOAT_RAW
#define MOAT_RAW(slot) (*(__typeof__(slot) *)moat_plugin_raw_(&(slot)))

/* MOAT_TYPE_OF(T): the address of the type of objects `T`. It is the unit's MOAT_TYPE of T, if there is one. Otherwise
 * the plugin makes a type from the members of T: every pointer in it is a slot, and a word that is a pointer in one
 * member of a union and data in another keeps the object that it points into.
 * T  a complete type without packed pointers, aligned to MOAT_GRANULE at most; else it does not compile
 * Cost: flash, once in each unit that uses it; see MOAT_TYPE. */
#define MOAT_TYPE_OF(T)                                                                                                \
    __extension__({                                                                                                    \
        T *moat_of_ = 0;                                                                                               \
        moat_plugin_type_of_(&moat_of_);                                                                               \
    })

/* MOAT_NEW_OF(T), MOAT_NEW_ARRAY_OF(T, count), MOAT_NEW_FLEX_OF(T, tail): MOAT_NEW and kin of MOAT_TYPE_OF(T); the
 * result is a `T *`. Context, cost: as moat_new's. */
#define MOAT_NEW_OF(T) ((T *)moat_new(MOAT_TYPE_OF(T)))
#define MOAT_NEW_ARRAY_OF(T, count) ((T *)moat_new_array(MOAT_TYPE_OF(T), (count)))
#define MOAT_NEW_FLEX_OF(T, tail) ((T *)moat_new_flex(MOAT_TYPE_OF(T), (tail)))

/* ---- from here on: what the plugin calls ---- */

/* Its result is written without barrier and check. */
MOAT_INLINE_ void *moat_plugin_raw_(const void *slot) {
    return (void *)(uintptr_t)slot;
}

/* Never defined: the plugin replaces each call by the address of the type. */
const struct moat_type *moat_plugin_type_of_(void *where);

/* It looks at the slot's address only: no warning if the slot was never written. */
__attribute__((access(none, 1))) void moat_guard_store_(const void *slot, const void *value);

/* Before a store of a pointer. */
MOAT_INLINE_ void moat_plugin_check_(const void *slot, const void *value) {
    moat_check_store_(slot, value);
}

/* The same in code that knows nothing of moat, where few values are heap pointers and few slots are in the heap. */
MOAT_INLINE_ void moat_plugin_foreign_(const void *slot, const void *value) {
    if (MOAT_CONFIG_CHECK >= 2 && (uintptr_t)value - moat_heap.border.low < moat_heap.border.span) {
        moat_guard_store_(slot, value);
    }
}

/* The same where the slot's memory is known to be managed. */
MOAT_INLINE_ void moat_plugin_check_slot_(const void *slot, const void *value) {
#if MOAT_CONFIG_CHECK_SLOTS
    moat_check_store_(slot, value);
#else
    (void)slot;
    (void)value;
#endif
}

/* Where tasks may be preempted, the barriers and the stores behind them are one for other tasks: a barrier returns what
 * the plugin gives to moat_plugin_end_ behind the last store. */
#if MOAT_CONFIG_TASKS
#define MOAT_PLUGIN_BARRIER_(name) MOAT_INLINE_ moat_port_mask_t name
#define MOAT_PLUGIN_RETURN_() return masked_
MOAT_INLINE_ void moat_plugin_end_(moat_port_mask_t masked) {
    moat_port_unmask(masked);
}
#else
#define MOAT_PLUGIN_BARRIER_(name) MOAT_INLINE_ void name
#define MOAT_PLUGIN_RETURN_() ((void)0)
#endif

MOAT_PLUGIN_BARRIER_(moat_plugin_barrier_)(void *slot, const void *value) {
    MOAT_BARRIER_BEGIN_();
    if (moat_heap.marking) {
        moat_barrier_at_(slot, value);
    }
    MOAT_PLUGIN_RETURN_();
}

/* Before neighbouring stores: one test of the flag. */
MOAT_PLUGIN_BARRIER_(moat_plugin_barrier_2_)(void *slot, const void *value, void *slot2, const void *value2) {
    MOAT_BARRIER_BEGIN_();
    if (moat_heap.marking) {
        moat_barrier_at_(slot, value);
        moat_barrier_at_(slot2, value2);
    }
    MOAT_PLUGIN_RETURN_();
}

MOAT_PLUGIN_BARRIER_(moat_plugin_barrier_3_)
(void *slot, const void *value, void *slot2, const void *value2, void *slot3, const void *value3) {
    MOAT_BARRIER_BEGIN_();
    if (moat_heap.marking) {
        moat_barrier_at_(slot, value);
        moat_barrier_at_(slot2, value2);
        moat_barrier_at_(slot3, value3);
    }
    MOAT_PLUGIN_RETURN_();
}

MOAT_PLUGIN_BARRIER_(moat_plugin_barrier_4_)
(void *slot, const void *value, void *slot2, const void *value2, void *slot3, const void *value3, void *slot4,
 const void *value4) {
    MOAT_BARRIER_BEGIN_();
    if (moat_heap.marking) {
        moat_barrier_at_(slot, value);
        moat_barrier_at_(slot2, value2);
        moat_barrier_at_(slot3, value3);
        moat_barrier_at_(slot4, value4);
    }
    MOAT_PLUGIN_RETURN_();
}

/* Before a store into an object that is new: nothing is taken away. */
MOAT_INLINE_ void moat_plugin_init_(void *value) {
    if (moat_heap.marking) {
        moat_barrier_(NULL, value);
    }
}

/* In the place of a copy or a clear of slots. */
MOAT_INLINE_ void *moat_plugin_move_(const struct moat_type *type, void *to, const void *from, size_t bytes) {
    moat_move_bytes_(type, to, from, bytes);
    (void)moat_returned_(0);
    return to;
}

MOAT_INLINE_ void *moat_plugin_zero_(const struct moat_type *type, void *at, size_t bytes) {
    moat_zero_bytes_(type, at, bytes);
    return at;
}

/* Before a copy or a clear of memory whose type is not known. */
MOAT_INLINE_ void moat_plugin_bytes_(const void *to, const void *from, size_t bytes) {
    if (MOAT_CONFIG_CHECK >= 2) {
        moat_guard_bytes_(to, from, bytes);
    }
}

/* Before a copy from a place in elements of a type, `offset` bytes behind where they begin. */
MOAT_INLINE_ void moat_plugin_part_(const struct moat_type *type, const void *to, const void *from, size_t offset,
                                    size_t bytes) {
    if (MOAT_CONFIG_CHECK >= 2) {
        moat_guard_part_(type, to, from, offset, bytes);
    }
}

/* In the place of the compiler's atomic operations. */
MOAT_INLINE_ void *moat_plugin_exchange_(void *slot, void *value) {
    return moat_returned_pointer_(moat_exchange_((moat_slot *)slot, value));
}

/* Returns what the slot held. */
MOAT_INLINE_ void *moat_plugin_cas_value_(void *slot, void *expected, void *desired) {
    void *was;
    do {
        if (moat_returned_(moat_cas_((moat_slot *)slot, expected, desired)) != 0) {
            return expected;
        }
        was = *(moat_slot volatile *)slot;
    } while (was == expected); /* a handler has put it back */
    return was;
}

MOAT_INLINE_ bool moat_plugin_cas_(void *slot, void *expected, void *desired) {
    void *was = *(moat_slot *)expected;
    void *now = moat_plugin_cas_value_(slot, was, desired);
    *(moat_slot *)expected = now;
    return now == was;
}

#endif
