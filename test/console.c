/* moat: what moat prints. See console.h.
 *
 * SPDX-License-Identifier: MIT */
#include "console.h"

#include <stddef.h>
#include <string.h>

void __real_moat_port_write(const char *text, size_t length);
void __wrap_moat_port_write(const char *text, size_t length);

/* Outlives a reset: the boot after a trap reads what the trap printed. At power-up it holds anything. */
static __attribute__((section(".noinit.moat_console"))) struct {
    size_t used;
    char text[CONSOLE_BYTES];
} printed;

void __wrap_moat_port_write(const char *text, size_t length) {
    if (printed.used >= sizeof printed.text) {
        console_begin();
    }
    for (size_t i = 0; i < length && printed.used < sizeof printed.text - 1; i++) {
        printed.text[printed.used++] = text[i];
    }
    printed.text[printed.used] = '\0';
    __real_moat_port_write(text, length);
}

void console_begin(void) {
    printed.used = 0;
    printed.text[0] = '\0';
}

const char *console_text(void) {
    return printed.text;
}

bool console_has(const char *part) {
    return strstr(printed.text, part) != NULL;
}
