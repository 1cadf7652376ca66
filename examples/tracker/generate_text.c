/* tracker: the generator's chance and text.
 *
 * SPDX-License-Identifier: MIT */
#include "generate_parts.h"

static uint32_t state;

void random_seed(uint32_t seed) {
    state = seed * 2654435761u ^ 0x9e3779b9u;
    if (state == 0) {
        state = 1;
    }
}

uint32_t random_below(uint32_t n) {
    state ^= state << 13;
    state ^= state >> 17;
    state ^= state << 5;
    return (state >> 8) % n;
}

void line_char(struct line_text *line, char c) {
    line->text[line->length++] = c;
}

void line_string(struct line_text *line, const char *string) {
    while (*string != '\0') {
        line_char(line, *string++);
    }
}

void line_number(struct line_text *line, uint32_t value, unsigned digits) {
    uint32_t scale = 1;
    for (unsigned i = 1; i < digits || value / scale >= 10; i++) {
        scale *= 10;
    }
    for (; scale > 0; scale /= 10) {
        line_char(line, (char)('0' + value / scale % 10));
    }
}

void line_fixed(struct line_text *line, uint32_t value, unsigned decimals) {
    uint32_t scale = 1;
    for (unsigned i = 0; i < decimals; i++) {
        scale *= 10;
    }
    line_number(line, value / scale, 1);
    line_char(line, '.');
    line_number(line, value % scale, decimals);
}

void line_finish(struct line_text *line) {
    uint8_t sum = 0;
    for (uint32_t i = 1; i < line->length; i++) {
        sum ^= (uint8_t)line->text[i];
    }
    line_char(line, '*');
    line_char(line, "0123456789ABCDEF"[sum >> 4]);
    line_char(line, "0123456789ABCDEF"[sum & 15]);
    line_string(line, "\r\n");
}
