/* moat, internal: which firmware this is.
 *
 * SPDX-License-Identifier: MIT */
#ifndef MOAT_BUILD_ID_H
#define MOAT_BUILD_ID_H

#include <stdint.h>

#define MOAT_BUILD_ID_BYTES 20

/* Writes the GNU build id; zeros where the firmware was linked without one. */
void moat_build_id_write(volatile uint8_t field[MOAT_BUILD_ID_BYTES]);

#endif
