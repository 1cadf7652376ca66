/* moat in a firmware whose linker script knows nothing of it: docs/no-script.md.
 *
 * It builds lists and drops them, says what the heap made of it, and last stores a heap pointer where C owns the
 * memory: the guard traps.
 *
 * SPDX-License-Identifier: MIT */
#include "board.h"

#include <moat.h>

struct sample {
    uint32_t time, value; /* no slots */
};
MOAT_TYPE(sample_type, struct sample);

struct node {
    MOAT_REF(struct node) next;
    MOAT_REF(struct sample) sample;
};
MOAT_TYPE(node_type, struct node, next, sample);

struct window {
    MOAT_REF(struct node) first;
    uint32_t length;
};
MOAT_TYPE(window_type, struct window, first);

static MOAT_ROOT(struct node) list;
MOAT_ROOT_OF(window_type, struct window, window);
static MOAT_C_OWNED void *dma_buffer;

static uint32_t memory[4096];

static bool push(uint32_t time) {
    struct node *node = MOAT_NEW(node_type);
    struct sample *sample = node == NULL ? NULL : MOAT_NEW(sample_type);
    if (sample == NULL) {
        return false;
    }
    sample->time = time;
    sample->value = ~time;
    MOAT_INIT(node->sample, sample);
    MOAT_INIT(node->next, list);
    MOAT_STORE(list, node);
    return true;
}

static __attribute__((noinline)) bool work(void) {
    for (uint32_t time = 0; time < 20000; time++) {
        if (time % 50 == 0) {
            MOAT_CLEAR(list);
        }
        if (!push(time)) {
            return false;
        }
    }
    MOAT_STORE(window.first, list);
    for (const struct node *node = window.first; node != NULL; node = node->next) {
        window.length += node->sample->value == ~node->sample->time;
    }
    return window.length == 50;
}

int main(void) {
    if (moat_init_with(memory, sizeof memory, board_stack_low, board_stack_high) != MOAT_OK) {
        board_print("no heap\n");
        return 1;
    }
    struct moat_stats stats;
    if (!work() || moat_gc_collect() != MOAT_OK || moat_stats_get(&stats) != MOAT_OK ||
        moat_heap_check(NULL) != MOAT_OK || stats.cycles < 10) {
        board_print("the heap is wrong\n");
        return 1;
    }
    board_print("the heap is right\n");
    MOAT_STORE(*(MOAT_REF(struct node) *)&dma_buffer, list);
    return 1;
}
