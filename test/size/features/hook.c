/* minimal.c's program with the out-of-memory hook.
 *
 * SPDX-License-Identifier: MIT */
#include <moat.h>

static bool let_go(size_t bytes) {
    return bytes == 0;
}

void use_feature(void);

void use_feature(void) {
    (void)moat_out_of_memory_hook_set(let_go);
}
