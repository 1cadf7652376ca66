/* moat: the host as a board, what its files share.
 *
 * SPDX-License-Identifier: MIT */
#ifndef MOAT_BSP_HOST_H
#define MOAT_BSP_HOST_H

/* Lines of port/host/interrupt.h. */
#define HOST_LINE_TIMER 0u
#define HOST_LINE_SOFTWARE 1u

void bsp_faults_init(void); /* signals that mean a fault are reported */
void bsp_timer_init(void);

char **bsp_host_arguments(void); /* main's argv */

#endif
