/* tracker: the generator's parts: chance, text, and AIS messages of its fleet.
 *
 * SPDX-License-Identifier: MIT */
#ifndef TRACKER_GENERATE_PARTS_H
#define TRACKER_GENERATE_PARTS_H

#include <stdint.h>

/* ---- chance: xorshift, 32 bits ---- */

void random_seed(uint32_t seed);

/* 0 .. n - 1. */
uint32_t random_below(uint32_t n);

/* ---- a line of text ---- */

struct line_text {
    char *text;
    uint32_t length;
};

void line_char(struct line_text *line, char c);
void line_string(struct line_text *line, const char *string);
void line_number(struct line_text *line, uint32_t value, unsigned digits);

/* `value` / 10^decimals. */
void line_fixed(struct line_text *line, uint32_t value, unsigned decimals);

/* Appends the asterisk, the checksum of all after the first character, and the line's end. */
void line_finish(struct line_text *line);

/* ---- the fleet ---- */

#define FLEET_BITS_MAX 426

/* Six bits to a byte, as on the air. */
struct fleet_bits {
    uint32_t count; /* bits */
    uint8_t sextet[FLEET_BITS_MAX / 6];
};

void fleet_start(uint32_t seed);

/* The next message of a ship, a base station or an aid to navigation. */
void fleet_message(struct fleet_bits *bits);

#endif
