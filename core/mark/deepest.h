/* moat: the longest stack that a scan had to look at. Internal to core; linked where somebody asks (moat_high_get).
 *
 * SPDX-License-Identifier: MIT */
#ifndef MOAT_DEEPEST_H
#define MOAT_DEEPEST_H

#include <stdint.h>

/* Bytes. */
extern uintptr_t moat_stack_deepest;

/* A scan of a stack begins, of so many bytes. Thread mode. */
void moat_stack_note(uintptr_t bytes);

#endif
