/* moat: allocation of flexible objects. See moat.h.
 *
 * SPDX-License-Identifier: MIT */
#include "base/result.h"
#include "heap/alloc.h"
#include "moat.h"

MOAT_USES_(flex, elements, 1);
MOAT_USES_(flex, large, 1);
MOAT_USES_(flex, far, 1);

static inline void *make(uint32_t memory, const struct moat_type *type, size_t tail, uintptr_t pc) {
    const enum moat_refused call = MOAT_IN_NEW_FLEX;
    struct moat_request request;
    if (!moat_alloc_request(call, type, &request)) {
        return NULL;
    }
    if (type->flexible == 0) {
        (void)moat_refuse(call, MOAT_REASON_FLEX_TYPE, (uintptr_t)type);
        return NULL;
    }
    const struct moat_run *run = &type->runs[type->run_count - 1];
    if (tail > UINTPTR_MAX / 2 / run->stride) {
        (void)moat_refuse(call, MOAT_REASON_TAIL_COUNT, tail);
        return NULL;
    }
    uintptr_t bytes = run->offset + tail * run->stride;
    bytes = bytes > type->size ? bytes : type->size;
    return moat_alloc_serve_in(memory, call, &request, bytes, pc);
}

MOAT_ENTRY void *moat_new_flex(const struct moat_type *type, size_t tail) {
    return make(MOAT_MEMORY_ANY, type, tail, MOAT_CALLER());
}

MOAT_ENTRY void *moat_new_flex_in(uint32_t memory, const struct moat_type *type, size_t tail) {
    return make(memory, type, tail, MOAT_CALLER());
}
