/* moat: NEW_BOARD, its regions. Where they nest, the smallest counts.
 *
 * SPDX-License-Identifier: MIT */
#include "../common/regions.h"

MOAT_PERIPHERAL(uart0, 0x40004000, 0x1000);
MOAT_PERIPHERAL(system, 0xe0000000, 0x100000);
