/* moat: allocation of arrays. See moat.h.
 *
 * SPDX-License-Identifier: MIT */
#include "base/result.h"
#include "heap/alloc.h"
#include "moat.h"

MOAT_USES_(array, elements, 1);
MOAT_USES_(array, large, 1);
MOAT_USES_(array, far, 1);

static inline void *make(uint32_t memory, const struct moat_type *type, size_t count, uintptr_t pc) {
    const enum moat_refused call = MOAT_IN_NEW_ARRAY;
    struct moat_request request;
    if (!moat_alloc_request(call, type, &request)) {
        return NULL;
    }
    if (type->finalize != NULL || type->flexible != 0) {
        (void)moat_refuse(call, MOAT_REASON_ARRAY_TYPE, (uintptr_t)type);
        return NULL;
    }
    if (count == 0 || type->size == 0 || count > UINTPTR_MAX / 2 / type->size) {
        (void)moat_refuse(call, MOAT_REASON_COUNT, count);
        return NULL;
    }
    request.header |= MOAT_HEADER_ARRAY;
    return moat_alloc_serve_in(memory, call, &request, count * type->size, pc);
}

MOAT_ENTRY void *moat_new_array(const struct moat_type *type, size_t count) {
    return make(MOAT_MEMORY_ANY, type, count, MOAT_CALLER());
}

MOAT_ENTRY void *moat_new_array_in(uint32_t memory, const struct moat_type *type, size_t count) {
    return make(memory, type, count, MOAT_CALLER());
}
