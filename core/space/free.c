/* moat: how much is free. See free.h.
 *
 * SPDX-License-Identifier: MIT */
#include "space/free.h"

#include "base/port.h"
#include "space/granule.h"

uint32_t moat_event_free_bytes(void) {
    moat_port_mask_t masked = moat_port_mask();
    uintptr_t bytes = moat_free_bytes();
    moat_port_unmask(masked);
    return (uint32_t)bytes;
}
