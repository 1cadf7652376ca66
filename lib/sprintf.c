/* moat: formatted texts. A file of its own: nothing else needs the C library. See moat_string.h.
 *
 * SPDX-License-Identifier: MIT */
#include "moat_string.h"

/* Some compilers come without the library's headers. */
int vsnprintf(char *text, size_t size, const char *format, va_list arguments);

char *moat_vsprintf(const char *format, va_list arguments) {
    if (format == NULL) {
        return NULL;
    }
    va_list again;
    va_copy(again, arguments);
    int length = vsnprintf(NULL, 0, format, arguments);
    char *text = length < 0 ? NULL : MOAT_NEW_BYTES((size_t)length + 1);
    if (text != NULL) {
        (void)vsnprintf(text, (size_t)length + 1, format, again);
    }
    va_end(again);
    return text;
}

char *moat_sprintf(const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    char *text = moat_vsprintf(format, arguments);
    va_end(arguments);
    return text;
}
