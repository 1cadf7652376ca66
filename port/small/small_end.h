/* moat: a small end for firmware that has no room for the fault log. 64 bytes of retained RAM say what happened, where;
 * nothing is printed, and there is no backtrace.
 *
 * Compile and link small_end.c with the firmware: it takes the place of the fault log's moat_fault_exception,
 * moat_fault_misused and moat_fault_overwritten. The guard at CHECK1 and 2 and assertions need the log, and link it.
 *
 * SPDX-License-Identifier: MIT */
#ifndef MOAT_SMALL_END_H
#define MOAT_SMALL_END_H

#include <stdbool.h>
#include <stdint.h>

#define MOAT_SMALL_END_EXCEPTION 3u /* kinds of docs/fault-record.md */
#define MOAT_SMALL_END_OVERWRITTEN 4u
#define MOAT_SMALL_END_UNKNOWN_STACK 14u
#define MOAT_SMALL_END_SECOND_TASK 15u

struct moat_small_end {
    uint32_t magic, kind;
    uintptr_t cause, detail; /* the port's words: docs/fault-record.md */
    uintptr_t address;       /* that faulted or was overwritten, or 0; second task: the other one's stack pointer */
    uintptr_t pc, lr, sp;
    uint32_t check;
};
_Static_assert(sizeof(struct moat_small_end) <= 64, "it is to be small");

/* How the firmware ended before this boot: true if it ended by a fault, which is then forgotten. Context: any. */
bool moat_small_end_get(struct moat_small_end *out);

#endif
