/* moat: STM32VLDISCOVERY, its regions. Where they nest, the smallest counts.
 *
 * SPDX-License-Identifier: MIT */
#include "../common/regions.h"

MOAT_PERIPHERAL(apb1, 0x40000000, 0x10000);
MOAT_PERIPHERAL(apb2, 0x40010000, 0x8000);
MOAT_PERIPHERAL(usart1, 0x40013800, 0x400);
MOAT_PERIPHERAL(ahb, 0x40020000, 0x4000);
MOAT_PERIPHERAL(dma1, 0x40020000, 0x400);
MOAT_PERIPHERAL(system, 0xe0000000, 0x100000);
