/* Tasks of five priorities and two interrupts on one object graph, each object with a checksum, preempted at random.
 * The command line's `switches=` says how many switches it takes, `tasks=` how many tasks.
 *
 * SPDX-License-Identifier: MIT */
#include "harness.h"
#include "kernel/kernel.h"
#include "xorshift.h"

#include "base/port.h"

#include <bsp.h>
#include <moat.h>

#define ARENA_BYTES 24576
#define TASKS 7
#define STACK_WORDS 512
#define SHARED 24
#define KEPT 6
#define HOPS 40
#define SWITCHES 40000u
#define TICK_LEAST 30u
#define TICK_SPAN 3000u
#define OPERATIONS_AT_ONCE 24u /* of a task that others wait for */
#define WAIT_MOST 60000u       /* instructions; assertions take most of them */
#define KEY 0x9e3779b1u
#define FILL 0xee

struct item {
    MOAT_REF(struct item) a;
    MOAT_REF(struct item) b;
    uintptr_t serial;
    uintptr_t sum;
};
MOAT_TYPE(item_type, struct item, a, b);

struct table {
    MOAT_REF(struct item) items[8];
};
MOAT_TYPE(table_type, struct table, items);

static MOAT_ROOT(struct item) shared[SHARED];
static MOAT_ROOT(struct table) tables[2];

struct counts {
    uint32_t operations, stores, denied, interrupts;
};
static volatile struct counts counts;
static const char *volatile wrong; /* the first thing that was */
static volatile bool over;
static volatile uint32_t being_made; /* tasks that make bytes: a large object may have bits and no back bytes yet */
static volatile uintptr_t serials;

static void complain(const char *what) {
    moat_port_mask_t masked = moat_port_mask();
    wrong = wrong == NULL ? what : wrong;
    over = true;
    moat_port_unmask(masked);
}

static uint32_t draw(uint32_t *state, uint32_t bound) {
    return xorshift_below(xorshift(state), bound);
}

/* ---- items ---- */

static void look_at(const struct item *item) {
    if (item != NULL && (item->serial == 0 || item->sum != item->serial * KEY)) {
        complain("an item's checksum");
    }
}

static void note_store(void) {
    counts.stores++;
}

static struct item *new_item(void) {
    struct item *item = MOAT_NEW(item_type);
    if (item != NULL) {
        moat_port_mask_t masked = moat_port_mask();
        item->serial = ++serials;
        moat_port_unmask(masked);
        item->sum = item->serial * KEY;
    }
    return item;
}

/* Memory is out: nobody needs any of this. */
static void drop_all(void) {
    counts.denied++;
    for (int i = 0; i < SHARED; i++) {
        MOAT_CLEAR(shared[i]);
    }
}

static void walk(uint32_t *state) {
    const struct item *item = shared[draw(state, SHARED)];
    for (int i = 0; i < HOPS && item != NULL; i++) {
        look_at(item);
        item = draw(state, 2) == 0 ? item->a : item->b;
    }
}

/* Chains do not grow for ever: one link in two is cut. */
static void add(uint32_t *state) {
    struct item *item = new_item();
    if (item == NULL) {
        drop_all();
        return;
    }
    MOAT_INIT(item->a, shared[draw(state, SHARED)]);
    struct item *other = shared[draw(state, SHARED)];
    if (other != NULL) {
        MOAT_CLEAR(other->a);
        MOAT_STORE(other->b, draw(state, 2) == 0 ? item : NULL);
    }
    MOAT_STORE(shared[draw(state, SHARED)], item);
    note_store();
}

static void exchange(uint32_t *state) {
    uint32_t from = draw(state, SHARED), to = draw(state, SHARED);
    struct item *item = shared[from];
    look_at(item);
    switch (draw(state, 3)) {
    case 0:
        MOAT_SWAP(shared[from], shared[to]);
        break;
    case 1:
        look_at(MOAT_EXCHANGE(shared[to], item));
        break;
    default:
        (void)MOAT_CAS(shared[from], item, shared[to]);
        break;
    }
    note_store();
}

static void copy(uint32_t *state) {
    struct item *from = shared[draw(state, SHARED)], *to = MOAT_NEW(item_type);
    if (from != NULL && to != NULL) {
        (void)MOAT_MOVE(item_type, to, from);
        look_at(to);
        MOAT_CLEAR(to->b);
        MOAT_STORE(shared[draw(state, SHARED)], to);
        note_store();
    }
}

static void copy_table(uint32_t *state) {
    uint32_t which = draw(state, 2);
    struct table *to = tables[which], *from = tables[1 - which];
    if (to == NULL || draw(state, 16) == 0) {
        MOAT_STORE(tables[which], MOAT_NEW(table_type));
    } else if (from == NULL || draw(state, 8) == 0) {
        (void)MOAT_ZERO(table_type, to);
    } else if (draw(state, 2) == 0) {
        (void)MOAT_MOVE(table_type, to, from);
    } else {
        MOAT_STORE(to->items[draw(state, 8)], shared[draw(state, SHARED)]);
        look_at(to->items[draw(state, 8)]);
    }
    note_store();
}

/* ---- tasks ---- */

/* Kept on a task's stack alone. */
struct kept {
    struct item *volatile items[KEPT];
    uintptr_t item_serials[KEPT];
    unsigned char *volatile bytes;
    uint32_t byte_count;
};

static void keep(struct kept *kept, uint32_t *state) {
    uint32_t at = draw(state, KEPT);
    struct item *item = draw(state, 2) == 0 ? shared[draw(state, SHARED)] : new_item();
    kept->item_serials[at] = item == NULL ? 0 : item->serial;
    kept->items[at] = item;
}

static void keep_bytes(struct kept *kept, uint32_t *state) {
    static const uint32_t most[] = {16, 40, 200, 200, 1500, 5000};
    uint32_t bytes = 1 + draw(state, most[draw(state, sizeof most / sizeof most[0])]);
    for (uint32_t i = 0; kept->bytes != NULL && i < kept->byte_count; i++) {
        if (kept->bytes[i] != FILL) {
            complain("bytes that a stack keeps");
            return;
        }
    }
    moat_port_mask_t masked = moat_port_mask();
    being_made++;
    moat_port_unmask(masked);
    kept->bytes = MOAT_NEW_BYTES(bytes);
    masked = moat_port_mask();
    being_made--;
    moat_port_unmask(masked);
    kept->byte_count = bytes;
    for (uint32_t i = 0; kept->bytes != NULL && i < bytes; i++) {
        if (kept->bytes[i] != 0) {
            complain("new bytes are 0");
        }
        kept->bytes[i] = FILL;
    }
}

static void verify(const struct kept *kept) {
    for (uint32_t i = 0; i < KEPT; i++) {
        const struct item *item = kept->items[i];
        look_at(item);
        if (item != NULL && item->serial != kept->item_serials[i]) {
            complain("an item that a stack keeps");
        }
    }
}

static __attribute__((noinline)) void operate(struct kept *kept, uint32_t *state) {
    switch (draw(state, 10)) {
    case 0:
    case 1:
        add(state);
        break;
    case 2:
        exchange(state);
        break;
    case 3:
        copy(state);
        break;
    case 4:
    case 5:
        copy_table(state);
        break;
    case 6:
        keep(kept, state);
        break;
    case 7:
        keep_bytes(kept, state);
        break;
    case 8:
        verify(kept);
        break;
    default:
        walk(state);
        break;
    }
    counts.operations++;
}

static struct kernel_task tasks[TASKS];
static uintptr_t stacks[TASKS][STACK_WORDS];

/* A task of high priority works when it is woken. */
static void work(void *argument) {
    uint32_t state = (uint32_t)(uintptr_t)argument;
    struct kept kept = {{NULL}, {0}, NULL, 0};
    while (!over) {
        for (uint32_t i = 0; i < OPERATIONS_AT_ONCE && !over; i++) {
            operate(&kept, &state);
        }
        if (kernel_current()->base > 1) {
            kernel_sleep();
        } else if (draw(&state, 64) == 0) {
            (void)moat_gc_collect();
        }
    }
}

/* It ends, and the main program starts it again. */
static void work_a_little(void *argument) {
    uint32_t state = (uint32_t)(uintptr_t)argument;
    struct kept kept = {{NULL}, {0}, NULL, 0};
    for (uint32_t i = 0; i < OPERATIONS_AT_ONCE && !over; i++) {
        operate(&kept, &state);
    }
}

/* ---- interrupts ---- */

static uint32_t tick_state = 1;

static void soft(void) {
    static uint32_t state = 77;
    uint32_t since = bsp_instructions();
    counts.interrupts++;
    add(&state);
    walk(&state);
    kernel_interrupted(bsp_instructions() - since);
}

static void tick(void) {
    uint32_t since = bsp_instructions();
    counts.interrupts++;
    if (over) {
        return;
    }
    bsp_timer_start(TICK_LEAST + draw(&tick_state, TICK_SPAN), false, tick);
    switch (draw(&tick_state, 8)) {
    case 0:
        bsp_interrupt(soft);
        break;
    case 1:
        exchange(&tick_state);
        break;
    case 2:
    case 3:
        kernel_wake(&tasks[draw(&tick_state, TASKS)]);
        break;
    default:
        break;
    }
    kernel_preempt();
    kernel_interrupted(bsp_instructions() - since);
}

/* ---- the case ---- */

static uint32_t number(const char *name, uint32_t otherwise) {
    const char *text = test_argument(name);
    uint32_t value = 0;
    for (; text != NULL && *text >= '0' && *text <= '9'; text++) {
        value = value * 10 + (uint32_t)(*text - '0');
    }
    return value == 0 ? otherwise : value;
}

static void start(uint32_t i) {
    static uint32_t starts = 1;
    static const uint8_t priorities[TASKS] = {1, 1, 2, 3, 4, 1, 5};
    uintptr_t seed = (starts++ * 1000003u) | 1u;
    kernel_task_start(&tasks[i], "task", priorities[i], stacks[i], STACK_WORDS, i == 5 ? work_a_little : work,
                      (void *)seed); /* NOLINT(performance-no-int-to-ptr): a number */
}

static void check_heap(void) {
    struct moat_heap_error error;
    if (being_made == 0 && moat_heap_check(&error) != MOAT_OK) {
        complain(error.what);
    }
}

static void supervise(uint32_t switches, uint32_t task_count) {
    uint32_t next_check = 0;
    while (kernel_switches() < switches && !over) {
        if (task_count > 5 && tasks[5].ended) {
            kernel_task_delete(&tasks[5]);
            start(5);
        }
        if (kernel_switches() >= next_check) {
            check_heap();
            next_check = kernel_switches() + switches / 16;
        }
        kernel_yield();
    }
    over = true;
}

static bool started;

static void nothing_is_lost(void) {
    CHECK(started);
    uint32_t task_count = number("tasks", TASKS), switches = number("switches", SWITCHES);
    kernel_start();
    kernel_current()->priority = kernel_current()->base = 1;
    for (uint32_t i = 0; i < task_count; i++) {
        start(i);
    }
    bsp_timer_start(TICK_LEAST, false, tick);
    supervise(switches, task_count);
    bsp_timer_stop();
    test_note("switches", kernel_switches());
    test_note("operations", counts.operations);
    test_note("stores", counts.stores);
    test_note("interrupts", counts.interrupts);
    test_note("cycles", moat_heap.cycle.number);
    test_note("allocations denied", counts.denied);
    test_note("the longest wait of the task of the highest priority, instructions", tasks[TASKS - 1].longest_wait);
    if (wrong != NULL) {
        test_fail(__FILE__, __LINE__, wrong);
    }
    CHECK(!test_failed());
    CHECK(moat_heap.cycle.number > 10);
    CHECK(tasks[TASKS - 1].longest_wait < WAIT_MOST);
    CHECK_HEAP();
}

static const struct test_case cases[] = {
    TEST_CASE(nothing_is_lost),
};

int main(void) {
    static _Alignas(16) unsigned char arena[ARENA_BYTES];
    started = moat_init() == MOAT_OK && moat_arena_add(arena, sizeof arena) == MOAT_OK;
    return TEST_MAIN(cases);
}
