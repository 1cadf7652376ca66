/* moat: RISC-V virt, its regions. Where they nest, the smallest counts.
 *
 * SPDX-License-Identifier: MIT */
#include "../common/regions.h"

MOAT_PERIPHERAL(uart0, 0x10000000, 0x100);
MOAT_PERIPHERAL(clint, 0x2000000, 0x10000);
MOAT_PERIPHERAL(plic, 0xc000000, 0x600000);
MOAT_PERIPHERAL(test, 0x100000, 0x1000);
MOAT_PERIPHERAL(rtc, 0x101000, 0x1000);
MOAT_PERIPHERAL(virtio, 0x10001000, 0x8000);
MOAT_PERIPHERAL(pflash, 0x20000000, 0x4000000);
