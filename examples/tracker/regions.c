/* tracker: what the guard should know about this firmware's memory.
 *
 * The radio driver's data lies between the linker's symbols of moat_c_owned.ld. On the host there is no such script,
 * and the region is empty: a store there is still refused, but not by name.
 *
 * SPDX-License-Identifier: MIT */
#include <moat.h>

extern const char dma_ring_start[] __attribute__((weak));
extern const char dma_ring_end[] __attribute__((weak));

MOAT_REGION(dma_ring, "dma_ring", MOAT_REGION_C_OWNED, dma_ring_start, dma_ring_end);
