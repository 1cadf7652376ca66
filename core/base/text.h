/* moat, internal: text for the console, without libc, through moat_port_write.
 *
 * A line is put together in a small buffer on the caller's stack; what does not fit is written in pieces, so that
 * no line is ever cut.
 *
 *     struct moat_text text;
 *     moat_text_begin(&text);
 *     moat_text_string(&text, "moat: no arena at ");
 *     moat_text_address(&text, (uintptr_t)start);
 *     moat_text_end(&text);
 *
 * SPDX-License-Identifier: MIT */
#ifndef MOAT_TEXT_H
#define MOAT_TEXT_H

#include <stdint.h>

struct moat_text {
    uint32_t used;
    char buffer[60];
};

/* Starts a line. A function, since an initialiser would clear the buffer by a call to memset. */
static inline void moat_text_begin(struct moat_text *text) {
    text->used = 0;
}

void moat_text_char(struct moat_text *text, char c);
void moat_text_string(struct moat_text *text, const char *string);

/* The low `digits` hex digits of value, with leading zeros and no prefix. digits 1..16 */
void moat_text_hex(struct moat_text *text, uint64_t value, unsigned digits);

/* 0x and as many digits as an address of this CPU has. */
void moat_text_address(struct moat_text *text, uint64_t address);

void moat_text_decimal(struct moat_text *text, uintptr_t value);

/* Ends the line and writes what is left of it. */
void moat_text_end(struct moat_text *text);

#endif
