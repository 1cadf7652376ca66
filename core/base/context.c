/* moat: the trap of a call from where moat may not be used. See context.h.
 *
 * SPDX-License-Identifier: MIT */
#include "base/context.h"

void moat_context_misused(uintptr_t pc) {
    moat_port_misused(pc, (uintptr_t)__builtin_frame_address(0), MOAT_PORT_MISUSED_UNMASKED);
}
