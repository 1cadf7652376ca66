/* minimal.c's program with a registered stack.
 *
 * SPDX-License-Identifier: MIT */
#include <moat.h>

static struct moat_stack task;

void use_feature(void);

void use_feature(void) {
    (void)moat_stack_add(&task);
    (void)moat_stack_remove(&task);
}
