/* moat: the macros that store, as plain C, but for MOAT_MOVE_PART, which has no like: for sources that are built both
 * ways. The plugin sees assignments, copies and atomic builtins, as in code that has no macros at all.
 *
 * SPDX-License-Identifier: MIT */
#ifndef TEST_PLUGIN_PLAIN_H
#define TEST_PLUGIN_PLAIN_H

#include <moat.h>
#include <string.h>

#undef MOAT_STORE
#undef MOAT_INIT
#undef MOAT_CLEAR
#undef MOAT_SWAP
#undef MOAT_CAS
#undef MOAT_ATOMIC_STORE
#undef MOAT_EXCHANGE
#undef MOAT_MOVE
#undef MOAT_MOVE_ARRAY
#undef MOAT_ZERO

#define MOAT_STORE(slot, value) ((void)((slot) = (value)))
#define MOAT_INIT(slot, value) ((void)((slot) = (value)))
#define MOAT_CLEAR(slot) ((void)((slot) = NULL))
#define MOAT_SWAP(a, b)                                                                                                \
    __extension__({                                                                                                    \
        __auto_type plain_a_ = &(a);                                                                                   \
        __auto_type plain_b_ = &(b);                                                                                   \
        __auto_type plain_was_a_ = *plain_a_;                                                                          \
        *plain_a_ = *plain_b_;                                                                                         \
        *plain_b_ = plain_was_a_;                                                                                      \
    })
#define MOAT_CAS(slot, expected, desired)                                                                              \
    __extension__({                                                                                                    \
        __typeof__(slot) plain_expected_ = (expected);                                                                 \
        __atomic_compare_exchange_n(&(slot), &plain_expected_, (desired), false, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);  \
    })
#define MOAT_ATOMIC_STORE(slot, value) __atomic_store_n(&(slot), (value), __ATOMIC_SEQ_CST)
#define MOAT_EXCHANGE(slot, value) ((void *)__atomic_exchange_n(&(slot), (value), __ATOMIC_SEQ_CST))
#define MOAT_MOVE(type, to, from) moat_returned_((memmove((to), (from), (type).size), MOAT_OK))
#define MOAT_MOVE_ARRAY(type, to, from, count) moat_returned_((memmove((to), (from), (count) * (type).size), MOAT_OK))
#define MOAT_ZERO(type, at) moat_returned_((memset((at), 0, (type).size), MOAT_OK))

#endif
