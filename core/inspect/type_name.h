/* moat: what a line calls a type. Internal to core.
 *
 * SPDX-License-Identifier: MIT */
#ifndef MOAT_TYPE_NAME_H
#define MOAT_TYPE_NAME_H

#include "base/text.h"
#include "moat_type.h"

/* Its name, "raw bytes", or its address where it has no name. */
void moat_text_type(struct moat_text *text, const struct moat_type *type);

#endif
