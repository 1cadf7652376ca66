/* CHECK2: each store and copy of each kind of value into each kind of memory, in both halves of the barrier's test.
 * Each trap is compared with its expected record and message; legal stores, and all stores of a build without CHECK2,
 * must be quiet.
 *
 * A trap resets the board, and the next boot judges it and goes on: the state of the run is in retained RAM.
 *
 * SPDX-License-Identifier: MIT */
#include "console.h"
#include "fresh_heap.h"
#include "guard/message.h"
#include "harness.h"

#include "heap/cycle.h"
#include "base/sections.h"

#include <bsp.h>
#include <moat.h>
#include <stdlib.h>
#include <string.h>

#define ARENA_BYTES 4096

/* Fills its granules, so that one past its end is outside the object. */
struct node {
    uintptr_t value;
    MOAT_REF(struct node) next;
    uintptr_t more;
};
MOAT_TYPE(node_type, struct node, next);

struct pair {
    struct node node[2];
};
MOAT_TYPE(pair_type, struct pair, node[0].next, node[1].next);

/* ---- the operations ---- */

/* The assembly keeps the last call from being a jump, whose return address would be in the caller. */
#define OPERATION(name, statement)                                                                                     \
    static __attribute__((noinline)) void name(struct node *at, struct node *value) {                                  \
        statement;                                                                                                     \
        __asm__ volatile("");                                                                                          \
    }

OPERATION(op_store, MOAT_STORE(at->next, value))
OPERATION(op_init, MOAT_INIT(at->next, value))
OPERATION(op_cas, (void)MOAT_CAS(at->next, NULL, value))
OPERATION(op_failing_cas, (void)MOAT_CAS(at->next, at, value))
OPERATION(op_atomic_store, MOAT_ATOMIC_STORE(at->next, value))
OPERATION(op_exchange, (void)MOAT_EXCHANGE(at->next, value))
OPERATION(op_swap, struct node here = {.next = value}; MOAT_SWAP(at->next, here.next))
OPERATION(op_swap_back, struct node here = {.next = value}; MOAT_SWAP(here.next, at->next))
OPERATION(op_move, struct node here = {.next = value}; (void)MOAT_MOVE(node_type, at, &here))
OPERATION(op_move_part, struct node here = {.next = value};
          (void)MOAT_MOVE_PART(node_type, at, &here, offsetof(struct node, next), sizeof here.next))
OPERATION(op_move_other_part, struct node here = {.next = value};
          (void)MOAT_MOVE_PART(node_type, at, &here, offsetof(struct node, more), sizeof here.more))
OPERATION(op_move_array, struct node here[2] = {{.next = value}}; (void)MOAT_MOVE_ARRAY(node_type, at, here, 2))

static const struct operation {
    void (*run)(struct node *at, struct node *value);
    const char *word; /* of the message */
    bool stores;
    bool brings; /* a pointer */
} operations[] = {
    {op_store, "store", true, true},     {op_init, "store", true, true},
    {op_cas, "store", true, true},       {op_failing_cas, "store", false, true},
    {op_exchange, "store", true, true},  {op_atomic_store, "store", true, true},
    {op_swap, "store", true, true},      {op_swap_back, "store", true, true},
    {op_move, "copy", true, true},       {op_move_part, "copy", true, true},
    {op_move_array, "copy", true, true}, {op_move_other_part, "copy", false, false},
};
#define OPERATIONS (sizeof operations / sizeof operations[0])

/* ---- the destinations ---- */

FRESH_ARENA(arena, ARENA_BYTES);
static MOAT_ROOT(struct node) roots[sizeof(struct pair) / sizeof(void *)];
MOAT_ROOT_OF(pair_type, struct pair, typed_root);
static struct pair added_root;
static struct pair task_memory;
static struct moat_stack task;
static MOAT_C_OWNED struct pair c_buffer;
static MOAT_C_OWNED struct pair dma_ring;
MOAT_C_OWNED_NAME(dma_ring);
static struct pair ordinary;
static const struct pair constant;
static __attribute__((section(".noinit.moat_guard_suite"))) struct pair undeclared;

enum destination {
    TO_HEAP,
    TO_ROOT,
    TO_TYPED_ROOT,
    TO_ADDED_ROOT,
    TO_STACK,
    TO_HANDLER_STACK,
    TO_TASK_STACK,
    LEGAL_DESTINATIONS,
    TO_C_OWNED = LEGAL_DESTINATIONS,
    TO_NAMED_REGION,
    TO_LIBRARY,
    TO_MALLOC,
    TO_PERIPHERAL,
    TO_STATIC,
    TO_FLASH,
    TO_UNDECLARED,
    DESTINATIONS
};

static const struct moat_region *region_named(const char *name) {
    for (const struct moat_region *region = moat_regions_start; region < moat_regions_end; region++) {
        if (strcmp(region->name, name) == 0) {
            return region;
        }
    }
    return NULL;
}

/* The start of a region, or NULL if it is not there or is too small. */
static struct node *start_of(const char *name) {
    const struct moat_region *region = region_named(name);
    if (region == NULL || (uintptr_t)region->end - (uintptr_t)region->start < sizeof(struct pair)) {
        return NULL;
    }
    return (struct node *)(uintptr_t)region->start;
}

static struct node *memory_of(enum destination to) {
    switch (to) {
    case TO_HEAP:
        return moat_new(&pair_type);
    case TO_ROOT:
        return (struct node *)(void *)&MOAT_RAW(roots[0]);
    case TO_TYPED_ROOT:
        return typed_root.node;
    case TO_ADDED_ROOT:
        return added_root.node;
    case TO_TASK_STACK:
        return task_memory.node;
    case TO_C_OWNED:
        return c_buffer.node;
    case TO_NAMED_REGION:
        return dma_ring.node;
    case TO_LIBRARY:
        return start_of("newlib");
    case TO_MALLOC:
        return calloc(1, sizeof(struct pair));
    case TO_PERIPHERAL:
        return start_of("uart0");
    case TO_STATIC:
        return ordinary.node;
    case TO_FLASH:
        return (struct node *)(uintptr_t)constant.node;
    case TO_UNDECLARED:
        memset((void *)&undeclared, 0, sizeof undeclared);
        return undeclared.node;
    default:
        return NULL; /* a stack: the memory is the operation's own */
    }
}

/* The name that the guard should give the memory: by the table of regions, or undeclared. */
static const struct moat_region *region_of(enum destination to, const void *at) {
    static const char *const names[DESTINATIONS] = {
        [TO_C_OWNED] = "c-owned",  [TO_NAMED_REGION] = "dma_ring", [TO_LIBRARY] = "newlib", [TO_MALLOC] = "malloc",
        [TO_PERIPHERAL] = "uart0", [TO_STATIC] = ".data/.bss",     [TO_FLASH] = "flash",
    };
    const struct moat_region *region = names[to] == NULL ? NULL : region_named(names[to]);
    if (to == TO_UNDECLARED || to == TO_FLASH) { /* on the host all that is linked is in .data/.bss or flash */
        region = region_named(".data/.bss");
        region = region != NULL && at >= region->start && at < region->end ? region : NULL;
        region = to == TO_FLASH && region == NULL ? region_named("flash") : region;
        region = region != NULL && at >= region->start && at < region->end ? region : NULL;
    }
    return region;
}

/* ---- the values ---- */

static MOAT_ROOT(struct node) object;
static MOAT_ROOT(struct node) pinned;

enum value {
    AN_OBJECT,
    ITS_INSIDE,
    ONE_PAST_ITS_END,
    A_PINNED_OBJECT,
    NO_OBJECT,
    A_STATIC_VARIABLE,
    FREE_MEMORY,
    VALUES
};

static struct node *value_of(enum value value) {
    switch (value) {
    case AN_OBJECT:
        return object;
    case ITS_INSIDE:
        return (struct node *)(void *)&MOAT_RAW(object->next);
    case ONE_PAST_ITS_END:
        return object + 1;
    case A_PINNED_OBJECT:
        return pinned;
    case A_STATIC_VARIABLE:
        return ordinary.node;
    case FREE_MEMORY:
        return (struct node *)(void *)(arena.bytes + sizeof arena.bytes - 128);
    default:
        return NULL;
    }
}

/* ---- the run, in retained RAM ---- */

static __attribute__((section(".noinit.moat_guard_suite"))) struct {
    uint32_t next; /* trial */
    uint32_t traps;
    bool finished;
    bool expects_trap;
    uint32_t operation;
    enum destination destination;
    enum value value;
    bool marking;
    struct node *at;
    struct node *stored;
    struct node *object;
    uint32_t quiet[DESTINATIONS], trapped[DESTINATIONS], failed[DESTINATIONS];
    char why[DESTINATIONS][CONSOLE_BYTES];
} run;

/* Keeps the first failure of each destination. */
static void fail(const char *what, const char *more) {
    enum destination to = run.destination;
    if (run.failed[to]++ == 0) {
        char *why = run.why[to];
        why[0] = '\0';
        guard_append(why, "operation ");
        guard_append_number(why, run.operation);
        guard_append(why, ", value ");
        guard_append_number(why, run.value);
        guard_append(why, run.marking ? ", marking: " : ", idle: ");
        guard_append(why, what);
        guard_append(why, more);
    }
}

/* ---- judging ---- */

static bool kind_traps(enum moat_region_kind kind) {
    return MOAT_CONFIG_STRICT != 0 || kind == MOAT_REGION_C_OWNED || kind == MOAT_REGION_PERIPHERAL;
}

static bool must_trap(void) {
    if (MOAT_CONFIG_CHECK < 2 || run.destination < LEGAL_DESTINATIONS || !operations[run.operation].brings) {
        return false;
    }
    const struct moat_region *region = region_of(run.destination, run.at);
    return (run.value == AN_OBJECT || run.value == ITS_INSIDE) &&
           kind_traps(region == NULL ? MOAT_REGION_UNKNOWN : region->kind);
}

static void expect_text(const struct moat_fault *fault, const struct moat_region *region) {
    char line[CONSOLE_BYTES];
    guard_message(line, operations[run.operation].word, fault, region);
    if (strncmp(console_text(), line, strlen(line)) != 0) {
        fail("the message should be", line + 1);
    }
}

static void judge_trap(void) {
    struct moat_fault fault;
    run.traps++;
    run.trapped[run.destination]++;
    if (!run.expects_trap) {
        fail("it trapped: ", console_text());
        return;
    }
    if (moat_fault_get(&fault) != MOAT_FAULT_STATUS_VALID) {
        fail("there is no valid record", "");
        return;
    }
    const struct moat_region *region = region_of(run.destination, run.at);
    bool copy = operations[run.operation].word[0] == 'c';
    uint32_t state = (run.marking ? MOAT_PHASE_MARK : MOAT_PHASE_IDLE) | (2u << MOAT_FAULT_CHECK_SHIFT);
    bool right = fault.sequence == run.traps && fault.kind == (copy ? MOAT_FAULT_COPY : MOAT_FAULT_STORE) &&
                 fault.value == (uintptr_t)run.stored && fault.object == (uintptr_t)run.object &&
                 fault.destination == (uintptr_t)&run.at->next && fault.state == state;
    if (!right || fault.region_kind != (region == NULL ? MOAT_REGION_UNKNOWN : region->kind)) {
        fail("a field of the record is wrong", "");
    }
    if (strcmp(fault.type, "struct node") != 0 || strcmp(fault.region, region == NULL ? "" : region->name) != 0) {
        fail("a name in the record is wrong: ", fault.region);
    }
    uintptr_t function = (uintptr_t)operations[run.operation].run & ~(uintptr_t)1;
    if ((uintptr_t)fault.pc - function > 1000) {
        fail("the record's pc is not in the function that stores", "");
    }
    expect_text(&fault, region);
}

static void judge_quiet(const struct node *at) {
    run.quiet[run.destination]++;
    if (run.expects_trap) {
        fail("it did not trap", "");
    } else if (operations[run.operation].stores && at->next != run.stored) {
        fail("it did not store", "");
    } else if (!operations[run.operation].stores && at->next != NULL) {
        fail("it stored", "");
    }
    if (!run.marking && moat_heap.marking != 0) {
        fail("the barrier is on and nothing is being marked", "");
    }
}

/* ---- trials ---- */

static void operate(struct node *at) {
    run.at = at;
    run.expects_trap = must_trap();
    console_begin();
    operations[run.operation].run(at, run.stored);
    judge_quiet(at);
    MOAT_CLEAR(at->next);
    at->value = 0;
}

static void operate_on_own_stack(void) {
    struct node here[2] = {{.next = NULL}, {.next = NULL}};
    operate(here);
}

static void perform(void) {
    if (run.destination == TO_STACK) {
        operate_on_own_stack();
    } else if (run.destination == TO_HANDLER_STACK) {
        bsp_interrupt(operate_on_own_stack);
    } else {
        struct node *at = memory_of(run.destination);
        run.at = at;
        bool swap = operations[run.operation].run == op_swap || operations[run.operation].run == op_swap_back;
        bool readable_only =
            run.destination == TO_FLASH || run.destination == TO_PERIPHERAL || run.destination == TO_LIBRARY;
        bool can_be_read = run.destination != TO_PERIPHERAL || !swap; /* not every device takes reads of a word */
        if (at != NULL && can_be_read && (!readable_only || must_trap())) {
            operate(at);
        }
    }
}

#define TRIALS (OPERATIONS * DESTINATIONS * VALUES * 2)

static void perform_next(void) {
    uint32_t trial = run.next++;
    run.marking = trial % 2 != 0;
    run.operation = trial / 2 % OPERATIONS;
    run.value = (enum value)(trial / 2 / OPERATIONS % VALUES);
    run.destination = (enum destination)(trial / 2 / OPERATIONS / VALUES);
    run.stored = value_of(run.value);
    run.object = object;
    if (run.marking) {
        moat_cycle_start();
    }
    perform();
    if (run.marking) {
        moat_cycle_finish();
    }
}

static bool set_up(void) {
    task = (struct moat_stack){
        .low = (uintptr_t)&task_memory, .high = (uintptr_t)(&task_memory + 1), .sp = (uintptr_t)&task_memory};
    bool ready = fresh_heap(arena.bytes, sizeof arena.bytes) && moat_root_add(&added_root, &pair_type, 1) == MOAT_OK &&
                 moat_stack_add(&task) == MOAT_OK;
    MOAT_STORE(object, MOAT_NEW(node_type));
    MOAT_STORE(pinned, MOAT_NEW(node_type));
    return ready && object != NULL && moat_pin(pinned) == MOAT_OK;
}

/* Runs what is left; a trap ends the boot, and the next one comes here again. */
static bool run_all(void) {
    if (run.finished) {
        return true;
    }
    bsp_on_trap(BSP_TRAP_RESET);
    if (!set_up()) {
        return false;
    }
    while (run.next < TRIALS) {
        perform_next();
    }
    run.finished = true;
    bsp_on_trap(BSP_TRAP_EXIT);
    return true;
}

/* ---- cases ---- */

static void judge(enum destination to, bool may_trap) {
    CHECK(run_all());
    test_note("quiet", run.quiet[to]);
    test_note("trapped", run.trapped[to]);
    if (run.failed[to] != 0) {
        test_fail(__FILE__, __LINE__, run.why[to]);
        return;
    }
    if (run.quiet[to] + run.trapped[to] == 0) {
        SKIP("this board has no such memory, or this build does not guard it and it can't be written to");
    }
    CHECK_EQUAL(run.trapped[to] != 0, may_trap);
}

#define JUDGE(name, destination, may_trap)                                                                             \
    static void name(void) {                                                                                           \
        judge(destination, MOAT_CONFIG_CHECK >= 2 && (may_trap));                                                      \
    }

#define STRICT (MOAT_CONFIG_STRICT != 0)

JUDGE(into_the_heap, TO_HEAP, false)
JUDGE(into_a_root, TO_ROOT, false)
JUDGE(into_a_typed_root, TO_TYPED_ROOT, false)
JUDGE(into_a_root_added_at_run_time, TO_ADDED_ROOT, false)
JUDGE(into_the_thread_stack, TO_STACK, false)
JUDGE(into_the_handler_stack, TO_HANDLER_STACK, false)
JUDGE(into_a_registered_stack, TO_TASK_STACK, false)
JUDGE(into_c_owned_memory, TO_C_OWNED, true)
JUDGE(into_a_region_with_a_name, TO_NAMED_REGION, true)
JUDGE(into_the_c_library, TO_LIBRARY, true)
JUDGE(into_malloc_memory, TO_MALLOC, STRICT || region_named("malloc") != NULL)
JUDGE(into_a_peripheral, TO_PERIPHERAL, true)
JUDGE(into_ordinary_data, TO_STATIC, STRICT)
JUDGE(into_flash, TO_FLASH, STRICT)
JUDGE(into_undeclared_memory, TO_UNDECLARED, STRICT)

static const struct test_case cases[] = {
    TEST_CASE(into_the_heap),
    TEST_CASE(into_a_root),
    TEST_CASE(into_a_typed_root),
    TEST_CASE(into_a_root_added_at_run_time),
    TEST_CASE(into_the_thread_stack),
    TEST_CASE(into_the_handler_stack),
    TEST_CASE(into_a_registered_stack),
    TEST_CASE(into_c_owned_memory),
    TEST_CASE(into_a_region_with_a_name),
    TEST_CASE(into_the_c_library),
    TEST_CASE(into_malloc_memory),
    TEST_CASE(into_a_peripheral),
    TEST_CASE(into_ordinary_data),
    TEST_CASE(into_flash),
    TEST_CASE(into_undeclared_memory),
};

int main(void) {
    if (bsp_boot_count() == 1) {
        memset(&run, 0, sizeof run);
    } else if (!run.finished) {
        judge_trap();
        moat_fault_clear(); /* or the next trap at this line would only be counted */
    }
    return TEST_MAIN(cases);
}
