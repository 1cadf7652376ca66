/* moat: copies of texts. See moat_string.h.
 *
 * SPDX-License-Identifier: MIT */
#include "moat_string.h"

#include <stdint.h>

char *moat_strndup(const char *text, size_t most) {
    if (text == NULL) {
        return NULL;
    }
    size_t length = 0;
    while (length < most && text[length] != '\0') {
        length++;
    }
    char *copy = MOAT_NEW_BYTES(length + 1);
    for (size_t i = 0; copy != NULL && i < length; i++) {
        copy[i] = text[i];
    }
    return copy;
}

char *moat_strdup(const char *text) {
    return moat_strndup(text, SIZE_MAX);
}
