/* moat: a table's rows in the order of their bytes. See order.h.
 *
 * SPDX-License-Identifier: MIT */
#include "inspect/order.h"

#include <stdbool.h>

/* Whether a row comes behind another one. */
static bool is_behind(uintptr_t bytes, uint32_t i, uintptr_t other_bytes, uint32_t other) {
    return bytes != other_bytes ? bytes < other_bytes : i > other;
}

uint32_t moat_order_next(const void *rows, uint32_t count, uint32_t last,
                         uintptr_t (*bytes_of)(const void *rows, uint32_t i)) {
    uintptr_t last_bytes = last == count ? 0 : bytes_of(rows, last), next_bytes = 0;
    uint32_t next = count;
    for (uint32_t i = 0; i < count; i++) {
        uintptr_t bytes = bytes_of(rows, i);
        bool left = last == count || is_behind(bytes, i, last_bytes, last);
        if (left && (next == count || is_behind(next_bytes, next, bytes, i))) {
            next = i;
            next_bytes = bytes;
        }
    }
    return next;
}
