/* moat, internal: which firmware this is.
 *
 * SPDX-License-Identifier: MIT */
#ifndef MOAT_BUILD_ID_H
#define MOAT_BUILD_ID_H

#include "base/sections.h"

#include <stddef.h>
#include <stdint.h>

#define MOAT_BUILD_ID_BYTES 20

/* A byte of the GNU build id; 0 behind its end, and where the firmware was linked without one. */
static inline uint8_t moat_build_id_byte(size_t i) {
    if (MOAT_CONFIG_LINKER_SCRIPT && i < (uintptr_t)moat_build_id_end - (uintptr_t)moat_build_id_start) {
        return (uint8_t)moat_build_id_start[i];
    }
    return 0;
}

/* Writes all of it. */
void moat_build_id_write(volatile uint8_t field[MOAT_BUILD_ID_BYTES]);

#endif
