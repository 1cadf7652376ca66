/* moat: CRC-32. See crc.h.
 *
 * SPDX-License-Identifier: MIT */
#include "base/crc.h"

uint32_t moat_crc_add(uint32_t crc, const volatile void *bytes, uint32_t count) {
    const volatile uint8_t *at = bytes;
    for (uint32_t i = 0; i < count; i++) {
        crc ^= at[i];
        for (unsigned bit = 0; bit < 8; bit++) {
            crc = crc >> 1 ^ (0xedb88320u & (0u - (crc & 1)));
        }
    }
    return crc;
}
