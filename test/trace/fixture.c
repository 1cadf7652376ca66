/* moat: a firmware that keeps its own account of what the collector does, prints it, and prints the trace:
 * test_roundtrip.py compares the two. The clock wraps while it runs, a handler allocates, memory runs out once,
 * finalizers run; the ring is printed before it overflows, so that its printings overlap; then it does overflow.
 *
 * SPDX-License-Identifier: MIT */
#include "base/event.h"
#include "base/port.h"

#include <bsp.h>
#include <moat.h>

#include <stdio.h>

#define DEPTH 8u /* of spans in each other */
#define CYCLES_MAX 200u
#define WRAP_IN 100000u /* instructions from the start to the clock's wrap */
#define PERIOD 3001u    /* of the handler, in instructions */
#define PRINT_AT (MOAT_CONFIG_EVENTS / 2)

struct node {
    MOAT_REF(struct node) next;
    uint32_t value[3];
};
MOAT_TYPE(node_type, struct node, next);

static void count_final(void *object);
MOAT_TYPE_FINALIZED(final_type, struct node, count_final, next);

static MOAT_ROOT(struct node) list;

/* ---- the account ---- */

/* Spans of one kind. Each of their ends is known to lie between two readings of the clock, so a length has two bounds.
 */
struct account {
    uint32_t begun, ended;
    uint32_t longest_low, longest_high;
    uint32_t before[DEPTH], after[DEPTH];
};

static struct account slices, allocations, scans, finalizers, collections;
static uint32_t events, exhausted, cycles;
static uint32_t free_at_end[CYCLES_MAX];
static uint32_t finalized;
static uint32_t printed_at; /* value of `events` */

static void begin(struct account *account, uint32_t before, uint32_t after) {
    uint32_t depth = account->begun++ - account->ended;
    account->before[depth % DEPTH] = before;
    account->after[depth % DEPTH] = after;
}

static void end(struct account *account, uint32_t before, uint32_t after) {
    uint32_t depth = account->begun - ++account->ended;
    uint32_t low = before - account->after[depth % DEPTH], high = after - account->before[depth % DEPTH];
    account->longest_low = low > account->longest_low ? low : account->longest_low;
    account->longest_high = high > account->longest_high ? high : account->longest_high;
}

static void cycle_ends(void) {
    struct moat_stats stats;
    (void)moat_stats_get(&stats);
    free_at_end[cycles++ % CYCLES_MAX] = (uint32_t)stats.free_bytes;
}

void __real_moat_event_add(enum moat_event_kind kind, uint32_t argument);
void __wrap_moat_event_add(enum moat_event_kind kind, uint32_t argument);

void __wrap_moat_event_add(enum moat_event_kind kind, uint32_t argument) {
    static struct account *const begins[] = {
        [MOAT_EVENT_SLICE_BEGIN] = &slices,        [MOAT_EVENT_ALLOCATE_BEGIN] = &allocations,
        [MOAT_EVENT_SCAN_BEGIN] = &scans,          [MOAT_EVENT_FINALIZE_BEGIN] = &finalizers,
        [MOAT_EVENT_COLLECT_BEGIN] = &collections, [MOAT_EVENT_COLLECT_END] = NULL,
    };
    static struct account *const ends[] = {
        [MOAT_EVENT_SLICE_END] = &slices,        [MOAT_EVENT_ALLOCATE_END] = &allocations,
        [MOAT_EVENT_SCAN_END] = &scans,          [MOAT_EVENT_FINALIZE_END] = &finalizers,
        [MOAT_EVENT_COLLECT_END] = &collections,
    };
    moat_port_mask_t masked = moat_port_mask();
    uint32_t before = moat_port_clock();
    __real_moat_event_add(kind, argument);
    uint32_t after = moat_port_clock();
    events++;
    if (begins[kind] != NULL) {
        begin(begins[kind], before, after);
    } else if (ends[kind] != NULL) {
        end(ends[kind], before, after);
    } else if (kind == MOAT_EVENT_CYCLE_END) {
        cycle_ends();
    } else if (kind == MOAT_EVENT_EXHAUSTED) {
        exhausted++;
    }
    moat_port_unmask(masked);
}

uint32_t __real_moat_port_clock(void);
uint32_t __wrap_moat_port_clock(void);

uint32_t __wrap_moat_port_clock(void) {
    return __real_moat_port_clock() - WRAP_IN;
}

static void print_spans(const char *name, const struct account *account) {
    printf("account %s %lu %lu %lu\n", name, (unsigned long)account->ended, (unsigned long)account->longest_low,
           (unsigned long)account->longest_high);
}

static void print_account(void) {
    struct moat_stats stats;
    (void)moat_stats_get(&stats);
    print_spans("slice", &slices);
    print_spans("allocate", &allocations);
    print_spans("scan", &scans);
    print_spans("finalizer", &finalizers);
    print_spans("moat_gc_collect", &collections);
    printf("account events %lu\naccount exhausted %lu\n", (unsigned long)events, (unsigned long)exhausted);
    printf("account stats %lu %lu %lu %lu %lu\n", (unsigned long)stats.slices, (unsigned long)stats.cycles,
           (unsigned long)stats.finalized, (unsigned long)stats.out_of_memory, (unsigned long)stats.arena_bytes);
    printf("account free");
    for (uint32_t i = 0; i < cycles && i < CYCLES_MAX; i++) {
        printf(" %lu", (unsigned long)free_at_end[i]);
    }
    printf("\naccount clock %lu\n", (unsigned long)moat_port_clock());
}

/* ---- the work ---- */

static void count_final(void *object) {
    (void)object;
    finalized++;
}

static void handler(void) {
    (void)moat_new_bytes(20);
}

static void print_trace(void) {
    bsp_timer_stop();
    (void)moat_trace_print();
    printed_at = events;
    bsp_timer_start(PERIOD, true, handler);
}

/* Prints before the ring is full: what an allocation adds is far less than half of it. */
static void print_in_time(void) {
    if (events - printed_at > PRINT_AT) {
        print_trace();
    }
}

/* A list that is half garbage, some of it with finalizers, and arrays. */
static void churn(uint32_t rounds, void (*each)(void)) {
    for (uint32_t i = 0; i < rounds; i++) {
        struct node *node = i % 16 == 0 ? MOAT_NEW(final_type) : MOAT_NEW(node_type);
        if (node != NULL) {
            MOAT_INIT(node->next, i % 64 == 0 ? NULL : list);
            MOAT_STORE(list, node);
        }
        if (i % 50 == 0) {
            (void)MOAT_NEW_ARRAY(node_type, 4);
        }
        each();
    }
}

/* All that is made is kept until nothing is left. Then the list is taken apart: a word on the stack may still name its
 * head. */
static void run_out(void) {
    for (struct node *node; (node = MOAT_NEW(node_type)) != NULL; print_in_time()) {
        MOAT_INIT(node->next, list);
        MOAT_STORE(list, node);
    }
    while (list != NULL) {
        struct node *next = list->next;
        MOAT_CLEAR(list->next);
        MOAT_STORE(list, next);
    }
}

static void nothing(void) {
}

/* The bytes of an object in memory, for a core file. */
static void print_memory(const void *start, size_t bytes) {
    printf("memory %lx ", (unsigned long)(uintptr_t)start);
    for (size_t i = 0; i < bytes; i++) {
        printf("%02x", ((const unsigned char *)start)[i]);
    }
    printf("\n");
}

int main(void) {
    bsp_init();
    if (bsp_boot_count() > 1) {
        (void)moat_fault_print();
        moat_fault_clear();
        bsp_exit(0);
    }
    bsp_on_trap(BSP_TRAP_RESET);
    if (moat_init() != MOAT_OK) {
        return 1;
    }
    bsp_timer_start(PERIOD, true, handler);
    churn(600, print_in_time);
    (void)moat_gc_collect();
    run_out();
    churn(200, print_in_time);
    print_trace();
    bsp_timer_stop();
    print_account();
    printf("overflow\n");
    bsp_timer_start(PERIOD, true, handler);
    churn(2000, nothing);
    print_trace();
    bsp_timer_stop();
    print_account();
    print_memory(&moat_event_ring, sizeof moat_event_ring);
    print_memory(&moat_heap, sizeof moat_heap);
    moat_fault_assert();
}
