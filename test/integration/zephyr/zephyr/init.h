/* See kernel.h.
 *
 * SPDX-License-Identifier: MIT */
#ifndef ZEPHYR_INIT_H
#define ZEPHYR_INIT_H

#define SYS_INIT(function, level, priority) int (*const moat_test_init)(void) = (function)
extern int (*const moat_test_init)(void);

#endif
