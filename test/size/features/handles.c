/* minimal.c's program with a handle.
 *
 * SPDX-License-Identifier: MIT */
#include <moat.h>

void use_feature(void);

void use_feature(void) {
    static char object;
    uint32_t handle = moat_handle_new(&object);
    (void)moat_handle_get(handle);
    (void)moat_handle_delete(handle);
}
