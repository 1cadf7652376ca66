/* moat: memcpy and its like behind the guard. See wrap.h.
 *
 * SPDX-License-Identifier: MIT */
#include "wrap.h"

void *__wrap_memcpy(void *to, const void *from, size_t bytes);
void *__wrap_memmove(void *to, const void *from, size_t bytes);
void *__wrap_memset(void *at, int value, size_t bytes);
void *__real_mempcpy(void *to, const void *from, size_t bytes);
void *__wrap_mempcpy(void *to, const void *from, size_t bytes);
void *__real_memccpy(void *to, const void *from, int end, size_t bytes);
void *__wrap_memccpy(void *to, const void *from, int end, size_t bytes);
void __real_bcopy(const void *from, void *to, size_t bytes);
void __wrap_bcopy(const void *from, void *to, size_t bytes);
void __real_bzero(void *at, size_t bytes);
void __wrap_bzero(void *at, size_t bytes);

void *__wrap_memcpy(void *to, const void *from, size_t bytes) {
    WRAP_CHECK(to, from, bytes);
    return __real_memcpy(to, from, bytes);
}

void *__wrap_memmove(void *to, const void *from, size_t bytes) {
    WRAP_CHECK(to, from, bytes);
    return __real_memmove(to, from, bytes);
}

void *__wrap_memset(void *at, int value, size_t bytes) {
    WRAP_CHECK(at, NULL, bytes);
    return __real_memset(at, value, bytes);
}

void *__wrap_mempcpy(void *to, const void *from, size_t bytes) {
    WRAP_CHECK(to, from, bytes);
    return __real_mempcpy(to, from, bytes);
}

/* Up to the first `end`: what is copied, and no more, is looked at. */
/* Bytes up to and with the first `end`. */
static size_t up_to(const volatile unsigned char *text, unsigned char end, size_t bytes) {
    size_t copied = 0;
    while (copied < bytes && text[copied++] != end) {
    }
    return copied;
}

void *__wrap_memccpy(void *to, const void *from, int end, size_t bytes) {
    WRAP_CHECK(to, from, up_to(from, (unsigned char)end, bytes));
    return __real_memccpy(to, from, end, bytes);
}

void __wrap_bcopy(const void *from, void *to, size_t bytes) {
    WRAP_CHECK(to, from, bytes);
    __real_bcopy(from, to, bytes);
}

void __wrap_bzero(void *at, size_t bytes) {
    WRAP_CHECK(at, NULL, bytes);
    __real_bzero(at, bytes);
}
