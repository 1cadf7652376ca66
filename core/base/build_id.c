/* moat: which firmware this is. See build_id.h.
 *
 * SPDX-License-Identifier: MIT */
#include "base/build_id.h"

#include "base/sections.h"

void moat_build_id_write(volatile uint8_t field[MOAT_BUILD_ID_BYTES]) {
    size_t known = (size_t)((uintptr_t)moat_build_id_end - (uintptr_t)moat_build_id_start);
    for (size_t i = 0; i < MOAT_BUILD_ID_BYTES; i++) {
        field[i] = i < known ? (uint8_t)moat_build_id_start[i] : 0;
    }
}
