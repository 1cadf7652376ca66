/* moat: what moat prints. See console.h.
 *
 * SPDX-License-Identifier: MIT */
#include "console.h"

#include <stddef.h>
#include <string.h>

void __real_moat_port_write(const char *text, size_t length);
void __wrap_moat_port_write(const char *text, size_t length);

static char printed[CONSOLE_BYTES];
static size_t used;

void __wrap_moat_port_write(const char *text, size_t length) {
    for (size_t i = 0; i < length && used < sizeof printed - 1; i++) {
        printed[used++] = text[i];
    }
    printed[used] = '\0';
    __real_moat_port_write(text, length);
}

void console_begin(void) {
    used = 0;
    printed[0] = '\0';
}

const char *console_text(void) {
    return printed;
}

bool console_has(const char *part) {
    return strstr(printed, part) != NULL;
}
