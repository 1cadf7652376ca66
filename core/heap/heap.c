/* moat: the heap's start. See moat.h, moat_heap.h.
 *
 * SPDX-License-Identifier: MIT */
#include "base/result.h"
#include "heap/arena.h"
#include "space/granule.h"

int moat_init(void) {
    const enum moat_refused call = MOAT_IN_INIT;
    if (moat_heap.front.ready) {
        return moat_refuse(call, MOAT_REASON_TWICE, 0);
    }
    int started = moat_require_started(call);
    if (started != MOAT_OK) {
        return started;
    }
    moat_heap.types.count =
        ((uintptr_t)moat_types_end - (uintptr_t)moat_types_start + MOAT_TYPE_ALIGN - 1) >> MOAT_TYPE_SHIFT;
    moat_heap.types.first_header = moat_header_of_type((const struct moat_type *)moat_types_start);
    moat_heap.types.bytes_header = moat_header_of_type(&moat_type_bytes) | MOAT_HEADER_ARRAY;
    moat_heap.pace.mean = MOAT_PAYMENT_GRANULES * 16;
    moat_heap.pace.size = 512;
    moat_heap.front.ready = true;
    uintptr_t start = MOAT_CONFIG_LINKER_SCRIPT ? (uintptr_t)moat_arena_start : 0;
    uintptr_t end = MOAT_CONFIG_LINKER_SCRIPT ? (uintptr_t)moat_arena_end : 0;
    if (end != start) {
        moat_arena_open(start, end - start);
    }
    return MOAT_OK;
}
