/* See kernel.h.
 *
 * SPDX-License-Identifier: MIT */
#ifndef ZEPHYR_PRINTK_H
#define ZEPHYR_PRINTK_H

void printk(const char *format, ...);

#endif
