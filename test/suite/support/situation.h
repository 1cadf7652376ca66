/* Where the collector stands when a test begins, and getting it there.
 *
 * SPDX-License-Identifier: MIT */
#ifndef TEST_SITUATION_H
#define TEST_SITUATION_H

#include <stdbool.h>
#include <stddef.h>

enum situation {
    SITUATION_IDLE,
    SITUATION_BEFORE_START, /* idle, and the next safe point starts a cycle */
    SITUATION_MARK_GREY,    /* marking, registered stacks not scanned yet */
    SITUATION_MARK_LATER,   /* marking, all stacks scanned, most objects not */
    SITUATION_MARK_END,     /* marking, nothing left to do: the next safe point ends it */
    SITUATION_SWEEP,        /* sweeping, half done */
    SITUATION_SWEEP_END,    /* nothing left to sweep: the next safe point ends the cycle */
    SITUATIONS
};

/* Brings the collector there from wherever it is, without allocating. False: it did not get there. The stack that calls
 * is scanned on the way. Context: thread. */
bool situation_enter(enum situation situation);

/* Completes the cycle from there, and overwrites up to `bytes` of what is free then. Context: thread. */
void situation_leave(size_t bytes);

const char *situation_name(enum situation situation);

#endif
