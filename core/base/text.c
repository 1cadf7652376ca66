/* moat: text for the console. See text.h.
 *
 * SPDX-License-Identifier: MIT */
#include "base/text.h"

#include "base/port.h"

static void flush(struct moat_text *text) {
    moat_port_write(text->buffer, text->used);
    text->used = 0;
}

void moat_text_char(struct moat_text *text, char c) {
    if (text->used == sizeof text->buffer) {
        flush(text);
    }
    text->buffer[text->used++] = c;
}

void moat_text_string(struct moat_text *text, const char *string) {
    for (; *string != '\0'; string++) {
        moat_text_char(text, *string);
    }
}

void moat_text_hex(struct moat_text *text, uint64_t value, unsigned digits) {
    while (digits-- > 0) {
        moat_text_char(text, "0123456789abcdef"[value >> (4 * digits) & 0xf]);
    }
}

void moat_text_address(struct moat_text *text, uint64_t address) {
    moat_text_string(text, "0x");
    moat_text_hex(text, address, 2 * sizeof(uintptr_t));
}

void moat_text_decimal(struct moat_text *text, uintptr_t value) {
    char digits[20]; /* of 2^64 - 1 */
    unsigned count = 0;
    do {
        digits[count++] = (char)('0' + value % 10);
        value /= 10;
    } while (value != 0);
    while (count > 0) {
        moat_text_char(text, digits[--count]);
    }
}

void moat_text_end(struct moat_text *text) {
    moat_text_char(text, '\n');
    flush(text);
}
