/* minimal.c's program with a second arena.
 *
 * SPDX-License-Identifier: MIT */
#include <moat.h>

static _Alignas(16) unsigned char arena[4096];

void use_feature(void);

void use_feature(void) {
    (void)moat_arena_add(arena, sizeof arena);
}
