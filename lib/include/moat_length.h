/* moat: how long an array is.
 *
 * SPDX-License-Identifier: MIT */
#ifndef MOAT_LENGTH_H
#define MOAT_LENGTH_H

#include <moat.h>

#include <stddef.h>

MOAT_C_BEGIN_

/* The elements that an object has room for: of an array, or in the tail of a flexible object; the bytes of raw bytes; 1
 * for any other object; 0 if nothing begins at `object`. No length is stored, and objects are rounded up: where an
 * element is smaller than MOAT_GRANULE there may be more than were asked for, (MOAT_GRANULE - 1) / its size at most.
 * Those are zero, unless the firmware has written to them, and its own to use: marking scans them.
 * Context: any. Cost: as moat_object_find's, and a division. */
size_t moat_length(const void *object);

/* The same, of an object of a type by the type's name: warns where `object` is no pointer to it. */
#define MOAT_LENGTH(type, object) moat_length(1 ? (object) : (const MOAT_OBJECT_OF_(type) *)0)

MOAT_C_END_

#endif
