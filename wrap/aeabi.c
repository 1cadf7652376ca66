/* moat: the entry points that compilers for ARM call in the place of memcpy, memmove and memset, behind the guard. See
 * wrap.h.
 *
 * SPDX-License-Identifier: MIT */
#include "wrap.h"

#define COPY(name, real)                                                                                               \
    void __wrap_##name(void *to, const void *from, size_t bytes);                                                      \
    void __wrap_##name(void *to, const void *from, size_t bytes) {                                                     \
        WRAP_CHECK(to, from, bytes);                                                                                   \
        (void)real(to, from, bytes);                                                                                   \
    }

#define SET(name)                                                                                                      \
    void __wrap_##name(void *at, size_t bytes, int value);                                                             \
    void __wrap_##name(void *at, size_t bytes, int value) {                                                            \
        WRAP_CHECK(at, NULL, bytes);                                                                                   \
        (void)__real_memset(at, value, bytes);                                                                         \
    }

#define CLEAR(name)                                                                                                    \
    void __wrap_##name(void *at, size_t bytes);                                                                        \
    void __wrap_##name(void *at, size_t bytes) {                                                                       \
        WRAP_CHECK(at, NULL, bytes);                                                                                   \
        (void)__real_memset(at, 0, bytes);                                                                             \
    }

COPY(__aeabi_memcpy, __real_memcpy)
COPY(__aeabi_memcpy4, __real_memcpy)
COPY(__aeabi_memcpy8, __real_memcpy)
COPY(__aeabi_memmove, __real_memmove)
COPY(__aeabi_memmove4, __real_memmove)
COPY(__aeabi_memmove8, __real_memmove)
SET(__aeabi_memset)
SET(__aeabi_memset4)
SET(__aeabi_memset8)
CLEAR(__aeabi_memclr)
CLEAR(__aeabi_memclr4)
CLEAR(__aeabi_memclr8)
