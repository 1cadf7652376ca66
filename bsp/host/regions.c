/* moat: the host as a board, its regions. The heap of its C library grows where the system puts it: what is stored
 * there is in no region, which the guard's strict policy refuses too. A page stands in for a device's registers.
 *
 * SPDX-License-Identifier: MIT */
#include <moat_region.h>

extern const char __executable_start[], __data_start[], end[];
extern const char moat_root_records_end[]; /* the last of the constants: linker/moat_host.ld */

static __attribute__((aligned(4096))) char uart0[4096];

MOAT_REGION(uart0, "uart0", MOAT_REGION_PERIPHERAL, uart0, uart0 + sizeof uart0);
MOAT_REGION(flash, "flash", MOAT_REGION_FLASH, __executable_start, moat_root_records_end);
MOAT_REGION(statics, ".data/.bss", MOAT_REGION_STATIC, __data_start, end);
