/* moat: CRC-32 (IEEE 802.3, as zlib's). Internal to core.
 *
 *     uint32_t crc = moat_crc_add(MOAT_CRC_START, bytes, count);
 *     check = ~crc;
 *
 * SPDX-License-Identifier: MIT */
#ifndef MOAT_CRC_H
#define MOAT_CRC_H

#include <stdint.h>

#define MOAT_CRC_START UINT32_MAX

/* The CRC, not yet complemented, with `count` bytes added to it. A bit at a time: it runs when there is a fault, where
 * a table would take flash always. */
uint32_t moat_crc_add(uint32_t crc, const volatile void *bytes, uint32_t count);

#endif
