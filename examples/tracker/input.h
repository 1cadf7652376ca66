/* tracker: where sentences come from.
 *
 * The run's arguments choose, as words:
 *   uart               the console, up to a byte 0x04 (the default)
 *   file=NAME          a file of the developer's computer, by semihosting
 *   generated=N seed=S N generated sentences, made in memory (generate.h)
 *   messages           print each AIS message with all its fields
 *   dump=N             print a heap dump every N sentences, and at the end (docs/heap-map.md)
 *   trace              print the collector's last events at the end (docs/trace.md)
 *   answers            print what the device says about its heap at the end (docs/answers.md)
 *
 * SPDX-License-Identifier: MIT */
#ifndef TRACKER_INPUT_H
#define TRACKER_INPUT_H

#include <stdbool.h>
#include <stdint.h>

#define INPUT_NOTHING (-1) /* no byte now: more will come */
#define INPUT_END (-2)

/* Reads the arguments and opens the input. False: printed what is wrong. */
bool input_open(void);

/* The next byte, or INPUT_NOTHING, or INPUT_END. */
int input_next(void);

/* The argument `messages` was given. */
bool input_wants_messages(void);

/* N of the argument `dump=N`; 0: it was not given. */
uint32_t input_dump_every(void);

/* The argument `trace` was given. */
bool input_wants_trace(void);

/* The argument `answers` was given. */
bool input_wants_answers(void);

#endif
