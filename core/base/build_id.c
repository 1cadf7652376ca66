/* moat: which firmware this is. See build_id.h.
 *
 * SPDX-License-Identifier: MIT */
#include "base/build_id.h"

void moat_build_id_write(volatile uint8_t field[MOAT_BUILD_ID_BYTES]) {
    for (size_t i = 0; i < MOAT_BUILD_ID_BYTES; i++) {
        field[i] = moat_build_id_byte(i);
    }
}
