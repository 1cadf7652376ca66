/* tracker: text on the console, without printf and without floating point.
 *
 * Output is collected into lines; a newline, or a full buffer, writes it out.
 *
 * SPDX-License-Identifier: MIT */
#ifndef TRACKER_TEXT_H
#define TRACKER_TEXT_H

#include <stdint.h>

/* The value that number parsers and decoders give for a field that is empty or says "not available". */
#define TEXT_ABSENT INT32_MIN

void text_char(char c);
void text_string(const char *string);
void text_unsigned(uint32_t value);

/* At least `digits` digits, zeros in front. */
void text_padded(uint32_t value, unsigned digits);

void text_hex(uint32_t value, unsigned digits);

/* `value` / 10^decimals with all its decimals: text_fixed(-75, 1) is -7.5. */
void text_fixed(int32_t value, unsigned decimals);

/* " label value", with - for TEXT_ABSENT. */
void text_labelled(const char *label, int32_t value, unsigned decimals);

/* " label "value"", in quotes. */
void text_quoted(const char *label, const char *value);

#endif
