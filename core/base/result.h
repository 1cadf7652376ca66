/* moat: refusing a call. Internal to core.
 *
 * SPDX-License-Identifier: MIT */
#ifndef MOAT_RESULT_H
#define MOAT_RESULT_H

#include "base/caller.h"
#include "base/refusal.h"
#include "moat.h"

/* Notes the reason's result as the last error and, where firmware has linked the texts (MOAT_USE_MESSAGES), prints
 * `moat: CALL: WHAT (RESULT, argument 0x...)`. Returns the result. */
static inline int moat_refuse(enum moat_refused call, enum moat_reason reason, uintptr_t argument);

/* Notes `result` as the last error and prints nothing: for what is no mistake. */
void moat_note_error(enum moat_result result);

/* MOAT_OK, or refuses the call: before moat_init (_ready); where start-up has not done its part, or in a handler
 * (_started). moat_require_thread of mark/stack.h asks for both. */
int moat_require_ready(enum moat_refused call);
int moat_require_started(enum moat_refused call);

/* Prints the message of a refusal. Linked by MOAT_USE_MESSAGES only. */
void moat_refusal_print(uint32_t refusal, uintptr_t argument);

/* ---- inline ---- */

int moat_refuse_number(uint32_t refusal, uintptr_t argument);

static inline int moat_refuse(enum moat_refused call, enum moat_reason reason, uintptr_t argument) {
    return moat_refuse_number((uint32_t)reason + (uint32_t)call, argument);
}

#endif
