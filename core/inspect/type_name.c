/* moat: what a line calls a type. See type_name.h.
 *
 * SPDX-License-Identifier: MIT */
#include "inspect/type_name.h"

#include "moat.h"

void moat_text_type(struct moat_text *text, const struct moat_type *type) {
    if (type == &moat_type_bytes) {
        moat_text_string(text, "raw bytes");
    } else if (type->name != NULL) {
        moat_text_string(text, type->name);
    } else {
        moat_text_string(text, "type ");
        moat_text_address(text, (uintptr_t)type);
    }
}
