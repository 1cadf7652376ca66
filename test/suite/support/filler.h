/* Fillers: bytes that take up room, so that the next object gets its place.
 *
 * SPDX-License-Identifier: MIT */
#ifndef TEST_FILLER_H
#define TEST_FILLER_H

#include <stddef.h>

/* Makes a filler of `granules` with its header, not 0, which is kept until the heap starts anew. Fails the case if
 * there is no room, or FILLERS_MAX have been made. */
#define FILLERS_MAX 3
void fill(size_t granules);

#endif
