/* moat: the longest stack that a scan had to look at. See deepest.h.
 *
 * SPDX-License-Identifier: MIT */
#include "mark/deepest.h"

uintptr_t moat_stack_deepest;

void moat_stack_note(uintptr_t bytes) {
    moat_stack_deepest = bytes > moat_stack_deepest ? bytes : moat_stack_deepest;
}
