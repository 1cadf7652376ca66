/* moat: a table's rows in the order of their bytes. Internal to core.
 *
 * SPDX-License-Identifier: MIT */
#ifndef MOAT_ORDER_H
#define MOAT_ORDER_H

#include <stdint.h>

/* The row that comes behind row `last` (count: before all of them) by descending bytes, of as many in the table's
 * order; count: none does. The table stays as it is, for which each call goes through it. */
uint32_t moat_order_next(const void *rows, uint32_t count, uint32_t last,
                         uintptr_t (*bytes_of)(const void *rows, uint32_t i));

#endif
