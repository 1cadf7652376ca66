/* tracker: a generator of what a GPS and an AIS receiver would send, for long runs without a UART.
 *
 * The bytes depend on the seed alone, and are those of scripts/nmea-generate --seed S --lines N: the two are written
 * to be equal, and the tests compare them.
 *
 * SPDX-License-Identifier: MIT */
#ifndef TRACKER_GENERATE_H
#define TRACKER_GENERATE_H

#include <stdint.h>

#define GENERATE_LINE_MAX 256 /* bytes of the longest line */

void generate_start(uint32_t seed);

/* Writes the next line, which may be damaged, its end included; returns its length. */
uint32_t generate_line(char *text);

#endif
