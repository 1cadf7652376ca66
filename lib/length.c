/* moat: how long an array is. See moat_length.h.
 *
 * SPDX-License-Identifier: MIT */
#include "moat_length.h"

size_t moat_length(const void *object) {
    struct moat_object found;
    if (!moat_object_find(object, &found) || found.start != object) {
        return 0;
    }
    if (found.type == &moat_type_bytes) {
        return found.bytes;
    }
    if (found.array) {
        return found.bytes / found.type->size;
    }
    if (found.type->flexible == 0) {
        return 1;
    }
    const struct moat_run *tail = &found.type->runs[found.type->run_count - 1];
    return (found.bytes - tail->offset) / tail->stride;
}
