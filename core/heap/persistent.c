/* moat: persistent blocks, objects that are kept for good. See moat_guard.h.
 *
 * A list in the heap holds them. It only grows at its head, so that a handler may walk it or add to it at any time.
 *
 * SPDX-License-Identifier: MIT */
#include "moat.h"
#include "mark/pin.h"

struct block {
    MOAT_REF(struct block) next;
    MOAT_REF(void) start;
};
MOAT_TYPE(moat_persistent_type, struct block, next, start);

static MOAT_ROOT(struct block) blocks;

static bool is_persistent(const void *start) {
    const struct block *block = blocks;
    while (block != NULL && block->start != start) {
        block = block->next;
    }
    return block != NULL;
}

void *moat_persistent_new(const struct moat_type *type, size_t count) {
    void *start = count == 1 ? moat_new(type) : moat_new_array(type, count);
    struct block *block = start == NULL ? NULL : MOAT_NEW(moat_persistent_type);
    if (block == NULL) {
        return NULL;
    }
    MOAT_INIT(block->start, start);
    struct block *head;
    do {
        head = blocks;
        MOAT_STORE(block->next, head);
    } while (!MOAT_CAS(blocks, head, block));
    moat_pin_is_persistent = is_persistent;
    return start;
}
