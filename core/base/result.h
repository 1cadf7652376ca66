/* moat: refusing a call. Internal to core.
 *
 * SPDX-License-Identifier: MIT */
#ifndef MOAT_RESULT_H
#define MOAT_RESULT_H

#include "base/caller.h"
#include "moat.h"

/* Notes `result` as the last error and, with MOAT_CONFIG_MESSAGES, prints
 * `moat: CALL: WHAT (RESULT, argument 0x...)`. Returns result.
 * what  what is wrong and what to do, one clause */
int moat_refuse(enum moat_result result, const char *call, const char *what, uintptr_t argument);

/* Notes `result` as the last error and prints nothing: for what is no mistake. */
void moat_note_error(enum moat_result result);

/* MOAT_OK, or refuses the call: before moat_init (_ready); where start-up has not done its part, or in a handler
 * (_started). moat_require_thread of mark/stack.h asks for both. */
int moat_require_ready(const char *call);
int moat_require_started(const char *call);

#endif
