/* tracker: text on the console. See text.h.
 *
 * SPDX-License-Identifier: MIT */
#include "text.h"

#include <bsp.h>

#include <stddef.h>

#define LINE_BYTES 128

static char line[LINE_BYTES];
static size_t used;

void text_char(char c) {
    line[used++] = c;
    if (c == '\n' || used == LINE_BYTES) {
        bsp_write(line, used);
        used = 0;
    }
}

void text_string(const char *string) {
    while (*string != '\0') {
        text_char(*string++);
    }
}

void text_padded(uint32_t value, unsigned digits) {
    char reversed[10];
    unsigned count = 0;
    do {
        reversed[count++] = (char)('0' + value % 10);
        value /= 10;
    } while (value != 0);
    for (unsigned i = count; i < digits; i++) {
        text_char('0');
    }
    while (count > 0) {
        text_char(reversed[--count]);
    }
}

void text_unsigned(uint32_t value) {
    text_padded(value, 1);
}

void text_hex(uint32_t value, unsigned digits) {
    while (digits-- > 0) {
        text_char("0123456789abcdef"[value >> (4 * digits) & 15]);
    }
}

void text_fixed(int32_t value, unsigned decimals) {
    uint32_t scale = 1;
    for (unsigned i = 0; i < decimals; i++) {
        scale *= 10;
    }
    if (value < 0) {
        text_char('-');
    }
    uint32_t magnitude = value < 0 ? 0u - (uint32_t)value : (uint32_t)value;
    text_unsigned(magnitude / scale);
    if (decimals > 0) {
        text_char('.');
        text_padded(magnitude % scale, decimals);
    }
}

void text_quoted(const char *label, const char *value) {
    text_char(' ');
    text_string(label);
    text_string(" \"");
    text_string(value);
    text_char('"');
}

void text_labelled(const char *label, int32_t value, unsigned decimals) {
    text_char(' ');
    text_string(label);
    text_char(' ');
    if (value == TEXT_ABSENT) {
        text_char('-');
    } else {
        text_fixed(value, decimals);
    }
}
