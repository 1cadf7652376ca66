/* moat: MPS2 / AN505, its regions. Where they nest, the smallest counts.
 *
 * SPDX-License-Identifier: MIT */
#include "../common/regions.h"

MOAT_PERIPHERAL(uart0, 0x50200000, 0x1000);
MOAT_PERIPHERAL(secure, 0x50000000, 0x10000000);
MOAT_PERIPHERAL(non_secure, 0x40000000, 0x10000000);
MOAT_PERIPHERAL(system, 0xe0000000, 0x100000);
