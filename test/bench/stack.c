/* moat: stack: instructions that the scan of a stack takes for a word that is no heap pointer, and more for one that
 * is. The probe times the scans; it needs two lengths to leave out what every scan costs.
 *
 * SPDX-License-Identifier: MIT */
#include "bench.h"
#include "probe.h"
#include "workload.h"

#include <moat.h>

#define WORDS 2048
#define FEW 1024

struct node {
    MOAT_REF(struct node) next;
    uint32_t value;
};
MOAT_TYPE(hit_node_type, struct node, next);

static moat_word words[WORDS];
static struct moat_stack stack = {.name = "measured"};

/* The longest scan of a collection: of the last `count` words, which are far more than there are on the thread's stack.
 */
static uint32_t scan(uint32_t count) {
    stack.low = stack.sp = (uintptr_t)(words + WORDS - count);
    stack.high = (uintptr_t)(words + WORDS);
    if (moat_stack_add(&stack) != MOAT_OK) {
        bench_fail("moat refused the stack");
    }
    bench_probe_restart();
    moat_heap.mark.waiting_most = 0; /* all of them are looked up by the scan */
    (void)moat_gc_collect();
    uint32_t cost = bench_probe_get().stack_max;
    (void)moat_stack_remove(&stack);
    return cost;
}

/* Objects that nothing else refers to, so that each hit marks one. */
static void fill(uint32_t from, uint32_t to) {
    for (uint32_t i = from; i < to; i++) {
        words[i] = (moat_word)MOAT_NEW(hit_node_type);
        if (words[i] == 0) {
            bench_fail("no memory for what the stack refers to");
        }
    }
}

void bench_stack(const char *none) {
    (void)none;
    for (uint32_t i = 0; i < WORDS; i++) {
        words[i] = i;
    }
    uint32_t misses = scan(WORDS);
    bench_print_mean("insn_per_word_miss", misses - scan(FEW), WORDS - FEW);
    fill(WORDS - FEW, WORDS);
    uint32_t hits = scan(WORDS);
    bench_print_mean("insn_per_hit", hits - misses, FEW);
}
