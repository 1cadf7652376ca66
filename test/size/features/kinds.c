/* minimal.c's program with an arena of a kind, and an object that asks for it.
 *
 * SPDX-License-Identifier: MIT */
#include <moat.h>

#include "base/sections.h"

void use_feature(void);

void use_feature(void) {
    (void)moat_arena_kinds(moat_arena_start, MOAT_MEMORY_FAST);
    (void)moat_new_in(MOAT_MEMORY_FAST, &moat_type_bytes);
}
