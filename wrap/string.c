/* moat: strcpy and its like behind the guard. See wrap.h.
 *
 * SPDX-License-Identifier: MIT */
#include "wrap.h"

/* Volatile reads: compilers make no call of strlen, which may be this file's own doing, of the loop. */
static size_t length(const char *text, size_t most) {
    size_t bytes = 0;
    while (bytes < most && ((const volatile char *)text)[bytes] != '\0') {
        bytes++;
    }
    return bytes;
}

/* Bytes that a copy of up to `most` characters takes of its source, the closing 0 included if it is among them. */
static size_t taken(const char *from, size_t most) {
    size_t bytes = length(from, most);
    return bytes < most ? bytes + 1 : bytes;
}

/* ---- whole strings ---- */

#define STRING_COPY(name)                                                                                              \
    char *__real_##name(char *to, const char *from);                                                                   \
    char *__wrap_##name(char *to, const char *from);                                                                   \
    char *__wrap_##name(char *to, const char *from) {                                                                  \
        WRAP_CHECK(to, from, taken(from, SIZE_MAX));                                                                   \
        return __real_##name(to, from);                                                                                \
    }

STRING_COPY(strcpy)
STRING_COPY(stpcpy)

char *__real_strcat(char *to, const char *from);
char *__wrap_strcat(char *to, const char *from);
char *__wrap_strcat(char *to, const char *from) {
    WRAP_CHECK(to + length(to, SIZE_MAX), from, taken(from, SIZE_MAX));
    return __real_strcat(to, from);
}

/* ---- up to a number of characters ---- */

/* Bytes of the source that appear in the destination where zeros follow the text: those that follow it in its last word
 * too, which completes a pointer that ends in zeros. */
static size_t shown(const char *from, size_t most) {
    size_t bytes = length(from, most);
    while (bytes < most && (uintptr_t)(from + bytes) % MOAT_WORD_BYTES != 0 &&
           ((const volatile char *)from)[bytes] == '\0') {
        bytes++;
    }
    return bytes;
}

/* These fill up to `most` with zeros: a clear of what lies behind the text. */
#define PADDED_COPY(name)                                                                                              \
    char *__real_##name(char *to, const char *from, size_t most);                                                      \
    char *__wrap_##name(char *to, const char *from, size_t most);                                                      \
    char *__wrap_##name(char *to, const char *from, size_t most) {                                                     \
        WRAP_CHECK(to, from, shown(from, most));                                                                       \
        WRAP_CHECK(to, NULL, most);                                                                                    \
        return __real_##name(to, from, most);                                                                          \
    }

PADDED_COPY(strncpy)
PADDED_COPY(stpncpy)

char *__real_strncat(char *to, const char *from, size_t most);
char *__wrap_strncat(char *to, const char *from, size_t most);
char *__wrap_strncat(char *to, const char *from, size_t most) {
    WRAP_CHECK(to + length(to, SIZE_MAX), from, length(from, most) + 1);
    return __real_strncat(to, from, most);
}

size_t __real_strlcpy(char *to, const char *from, size_t room);
size_t __wrap_strlcpy(char *to, const char *from, size_t room);
size_t __wrap_strlcpy(char *to, const char *from, size_t room) {
    WRAP_CHECK(to, from, taken(from, room));
    return __real_strlcpy(to, from, room);
}

size_t __real_strlcat(char *to, const char *from, size_t room);
size_t __wrap_strlcat(char *to, const char *from, size_t room);
size_t __wrap_strlcat(char *to, const char *from, size_t room) {
    WRAP_CHECK(to + length(to, room), from, taken(from, room - length(to, room)));
    return __real_strlcat(to, from, room);
}
