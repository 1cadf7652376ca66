/* moat: where it may be used. Internal to core.
 *
 * SPDX-License-Identifier: MIT */
#ifndef MOAT_CONTEXT_H
#define MOAT_CONTEXT_H

#include "base/caller.h"
#include "base/port.h"
#include "moat_defaults.h"

/* At the beginning of a function that firmware calls. With CHECK1 and 2: traps in a handler that the mask does not keep
 * out, as an NMI's, where the heap may be half changed. */
#define MOAT_REQUIRE_CONTEXT()                                                                                         \
    (MOAT_CONFIG_CHECK == 0 || moat_port_may_use() ? (void)0 : moat_context_misused(MOAT_CALLER()))

/* Traps. Out of line, since a function that asks for its frame's address keeps a register for it. */
_Noreturn void moat_context_misused(uintptr_t pc);

#endif
