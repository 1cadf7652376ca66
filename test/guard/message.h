/* moat: what the guard's suites expect to read on the console.
 *
 * SPDX-License-Identifier: MIT */
#ifndef TEST_GUARD_MESSAGE_H
#define TEST_GUARD_MESSAGE_H

#include "console.h"

#include <moat.h>

/* All append to a string of CONSOLE_BYTES, cut to that. */
void guard_append(char *to, const char *text);
void guard_append_address(char *to, uintptr_t address);
void guard_append_number(char *to, uint32_t number);

/* Writes the line of a store or copy into a region (NULL: none), by the fields of a record that were compared before.
 */
void guard_message(char *line, const char *word, const struct moat_fault *fault, const struct moat_region *region);

/* Writes the line of the other kinds: WHAT and the value, the object, AT and the destination. */
void guard_message_of(char *line, const char *what, const char *at, const struct moat_fault *fault);

#endif
