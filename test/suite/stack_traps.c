/* Stacks that no scan knows, and tasks that are inside of moat at the same time: each way to allocate or collect there
 * traps, with a record and a sentence that says what to do; what is allowed, handlers, finalizers and the hook for
 * memory that ran out among it, is quiet.
 *
 * A trap resets the board, and the next boot judges it and goes on: the state of the run is in retained RAM.
 *
 * SPDX-License-Identifier: MIT */
#include "console.h"
#include "fresh_heap.h"
#include "guard/message.h"
#include "harness.h"

#include "fault/fault.h"
#include "base/port.h"
#include "heap/cycle.h"
#include "cpu.h"
#include "task.h"

#include <bsp.h>
#include <moat.h>
#include <string.h>

#define ARENA_BYTES 8192
#define STACK_WORDS 4096
#define FAR 8192            /* bytes that no overflow is thought to reach */
#define FUNCTION_BYTES 1000 /* no body is larger */
#define SLOW 256            /* so many nodes take more than the fast path */
#define TRIALS_MAX 48

struct node {
    MOAT_REF(struct node) next;
    uintptr_t value;
};
MOAT_TYPE(node_type, struct node, next);

struct row {
    uintptr_t count;
    MOAT_REF(struct node) items[];
};
MOAT_TYPE_FLEX(row_type, struct row, MOAT_TAIL_SLOTS(struct row, items));

static void (*finalizer)(void);
static void finalize(void *object) {
    (void)object;
    if (finalizer != NULL) {
        finalizer();
    }
}
MOAT_TYPE_FINALIZED(finalized_type, struct node, finalize, next);

static MOAT_ROOT(struct node) kept;
FRESH_ARENA(arena, ARENA_BYTES);

/* ---- tasks ---- */

struct task {
    struct moat_stack stack;
    uintptr_t caller; /* the stack pointer of what resumed it */
    void (*run)(void);
};

/* One stack lies right below another, the others far from everything. */
static struct {
    _Alignas(16) uintptr_t far[STACK_WORDS];
    char gap[FAR];
    _Alignas(16) uintptr_t below[STACK_WORDS], above[STACK_WORDS];
    char end[FAR];
} memory;

static struct task task, other;
static struct task *running;

static void yield(void) {
    struct task *self = running;
    cpu_switch(&self->stack.sp, self->caller);
    running = self;
}

static void begin(void) {
    running->run();
    yield();
}

static void resume(struct task *next) {
    struct task *self = running;
    running = next;
    cpu_switch(&next->caller, next->stack.sp);
    running = self;
}

static void prepare(struct task *which, uintptr_t *words, size_t count, void (*run)(void)) {
    which->run = run;
    which->stack = (struct moat_stack){.name = "task"};
    task_lay_out(&which->stack, words, count, begin);
}

static void run_unknown(void (*run)(void)) {
    prepare(&task, memory.far, STACK_WORDS, run);
    resume(&task);
}

/* A call on a stack that nothing is on: what the task has pushed so far is not of its stack. */
static void empty_the_stack(void) {
    uintptr_t high = task.stack.high;
    cpu_call_arguments[0] = 1000;
    for (unsigned i = 0; i < 3; i++) {
        cpu_call_function = i == 0   ? (uintptr_t)test_random
                            : i == 1 ? (uintptr_t)moat_gc_collect
                                     : (uintptr_t)moat_new_bytes;
        cpu_call();
        task.stack.high = cpu_call_sp;
    }
    task.stack.high = high;
}

static void run_known(void (*run)(void)) {
    prepare(&task, memory.far, STACK_WORDS, run);
    CHECK_EQUAL(moat_stack_add(&task.stack), MOAT_OK);
    resume(&task);
    if (task.stack.next != NULL || moat_heap.tables.stacks == &task.stack) {
        CHECK_EQUAL(moat_stack_remove(&task.stack), MOAT_OK);
    }
}

/* Once, in the middle of the next slow path or cycle of thread mode: where a kernel's interrupt would switch tasks. */
static void (*preempts)(void);

static void preempt(void) {
    void (*now)(void) = preempts;
    if (now != NULL && moat_heap.front.inside != 0 && !moat_port_in_handler() && !moat_port_is_masked()) {
        preempts = NULL;
        now();
    }
}

void __real_moat_clear_words(uintptr_t from, uintptr_t to);
void __wrap_moat_clear_words(uintptr_t from, uintptr_t to);
void __wrap_moat_clear_words(uintptr_t from, uintptr_t to) {
    preempt();
    __real_moat_clear_words(from, to);
}

/* Once, in a scan of a stack. */
static void (*preempts_scan)(void);

void *__real_moat_port_spill_and_call(void *(*function)(void *context, uintptr_t sp), void *context);
void *__wrap_moat_port_spill_and_call(void *(*function)(void *context, uintptr_t sp), void *context);
void *__wrap_moat_port_spill_and_call(void *(*function)(void *context, uintptr_t sp), void *context) {
    void (*now)(void) = preempts_scan;
    if (now != NULL) {
        preempts_scan = NULL;
        now();
    }
    preempt();
    return __real_moat_port_spill_and_call(function, context);
}

/* ---- what is done on a stack; no tail calls, nothing inlined: the record's pc is to be in here ---- */

#define FUNCTION(name, statement)                                                                                      \
    static __attribute__((noinline, noclone)) void name(void) {                                                        \
        statement;                                                                                                     \
        __asm__ volatile("" : : : "memory");                                                                           \
    }

FUNCTION(
    make_objects, for (int i = 0; i < SLOW; i++) { (void)MOAT_NEW(node_type); })
FUNCTION(
    make_bytes, for (int i = 0; i < SLOW; i++) { (void)MOAT_NEW_BYTES(16); })
FUNCTION(make_large, (void)MOAT_NEW_BYTES(2048))
FUNCTION(make_array, (void)MOAT_NEW_ARRAY(node_type, 2))
FUNCTION(make_row, (void)MOAT_NEW_FLEX(row_type, 3))
FUNCTION(make_finalized, (void)MOAT_NEW(finalized_type))
FUNCTION(step, (void)moat_gc_step(1))
FUNCTION(collect, (void)moat_gc_collect())
FUNCTION(add_root, static MOAT_REF(struct node) slot; (void)moat_root_add(&slot, NULL, 1);
         (void)moat_root_remove(&slot))
FUNCTION(add_stack, static uintptr_t words[8]; static struct moat_stack stack; stack.low = (uintptr_t)words;
         stack.high = (uintptr_t)(words + 8); (void)moat_stack_add(&stack); (void)moat_stack_remove(&stack))

static void (*const makers[])(void) = {make_objects,   make_bytes, make_large, make_array, make_row,
                                       make_finalized, step,       collect,    add_root,   add_stack};

static void make_everything(void) {
    for (size_t i = 0; i < sizeof makers / sizeof makers[0]; i++) {
        makers[i]();
    }
}

/* ---- trials ---- */

static void (*body)(void); /* of the trial */

static void on_unknown(void) {
    run_unknown(body);
}

static void on_unknown_below_known(void) {
    prepare(&other, memory.above, STACK_WORDS, make_objects);
    CHECK_EQUAL(moat_stack_add(&other.stack), MOAT_OK);
    prepare(&task, memory.below, STACK_WORDS, body);
    resume(&task);
}

static void drop_own_stack(void) {
    (void)moat_stack_remove(&task.stack);
}

static void drop_own_stack_and_go_on(void) {
    drop_own_stack();
    body();
}

static void on_removed(void) {
    run_known(drop_own_stack_and_go_on);
}

static int collections;

static __attribute__((noinline)) void collect_one_finalized(void) {
    (void)MOAT_NEW(finalized_type);
    scrub_stack();
    for (int i = 0; i < collections; i++) {
        collect();
    }
}

static void finalizer_drops_the_stack(void) {
    finalizer = drop_own_stack;
    collections = 1; /* nothing comes behind the finalizer that would look */
    run_known(collect_one_finalized);
}

static bool hook_drops(size_t bytes) {
    (void)bytes;
    drop_own_stack();
    return false;
}

static __attribute__((noinline)) void ask_too_much(void) {
    const size_t most = moat_heap.arenas.largest / 3 * 2;
    void *volatile held = MOAT_NEW_BYTES(most);
    CHECK(held != NULL);
    CHECK_POINTER(MOAT_NEW_BYTES(most), NULL);
    (void)held;
}

static void hook_drops_the_stack(void) {
    (void)moat_out_of_memory_hook_set(hook_drops);
    run_known(ask_too_much);
}

static void resume_other(void) {
    finalizer = NULL;
    resume(&other);
}

static void (*first)(void) = make_large; /* what is preempted */

/* The other task does `body` while this one is inside `first`. */
static void second(void) {
    prepare(&other, memory.above, STACK_WORDS, body);
    CHECK_EQUAL(moat_stack_add(&other.stack), MOAT_OK);
    preempts = resume_other;
    run_known(first);
    CHECK(preempts == NULL);
    CHECK_EQUAL(moat_stack_remove(&other.stack), MOAT_OK);
}

/* A stack is removed while a cycle marks that has not scanned it: the removal does. */
static uintptr_t third_words[8];
static struct moat_stack third;

FUNCTION(remove_third, (void)moat_stack_remove(&third))

static void second_while_removing(void) {
    third = (struct moat_stack){.low = (uintptr_t)third_words, .high = (uintptr_t)(third_words + 8)};
    prepare(&other, memory.above, STACK_WORDS, body);
    CHECK_EQUAL(moat_stack_add(&other.stack), MOAT_OK);
    moat_cycle_start();
    CHECK_EQUAL(moat_stack_add(&third), MOAT_OK);
    preempts_scan = resume_other;
    run_known(remove_third);
    CHECK(preempts_scan == NULL);
}

static void second_while_collecting(void) {
    first = collect;
    second();
}

/* ---- and what is right ---- */

static void on_known(void) {
    run_known(make_everything);
}

static void on_empty(void) {
    run_known(empty_the_stack);
}

static void on_main(void) {
    make_everything();
}

/* As it was at the start. */
static void bytes_before_init(void) {
    static struct moat_heap saved;
    saved = moat_heap;
    memset(&moat_heap, 0, sizeof moat_heap);
    CHECK_POINTER(MOAT_NEW_BYTES(16), NULL);
    CHECK_EQUAL(moat_last_error(), MOAT_ERR_NOT_READY);
    CHECK_POINTER(MOAT_NEW(node_type), NULL);
    CHECK_EQUAL(moat_last_error(), MOAT_ERR_NOT_READY);
    moat_heap = saved;
}

static void handler_inside(void) {
    bsp_interrupt(make_objects);
    bsp_interrupt(make_large);
}

static void handler_enters_meanwhile(void) {
    preempts = handler_inside;
    run_known(make_large);
    CHECK(preempts == NULL);
    CHECK_EQUAL(moat_heap.front.inside, 0);
}

/* A handler's allocation does not make thread mode's go unseen. */
static void handler_then_second(void) {
    prepare(&other, memory.above, STACK_WORDS, body);
    CHECK_EQUAL(moat_stack_add(&other.stack), MOAT_OK);
    preempts = handler_inside;
    run_known(resume_other);
}

static void handler_inside_and_resume(void) {
    handler_inside();
    resume(&other);
}

static void second_behind_a_handler(void) {
    prepare(&other, memory.above, STACK_WORDS, body);
    CHECK_EQUAL(moat_stack_add(&other.stack), MOAT_OK);
    preempts = handler_inside_and_resume;
    run_known(make_large);
}

static void finalizer_makes_everything(void) {
    finalizer = make_everything;
    run_known(collect_one_finalized);
    CHECK(moat_heap.stats.finalized > 0);
}

static bool hook_makes(size_t bytes) {
    (void)bytes;
    make_everything();
    return false;
}

static void hook_makes_everything(void) {
    (void)moat_out_of_memory_hook_set(hook_makes);
    run_known(ask_too_much);
    CHECK_EQUAL(moat_last_error(), MOAT_ERR_MEMORY);
}

static void finalizer_switches(void) {
    prepare(&other, memory.above, STACK_WORDS, make_everything);
    CHECK_EQUAL(moat_stack_add(&other.stack), MOAT_OK);
    finalizer = resume_other;
    run_known(collect_one_finalized);
    CHECK(moat_heap.stats.finalized > 0);
    CHECK_EQUAL(moat_stack_remove(&other.stack), MOAT_OK);
}

static uintptr_t expected_value;

static __attribute__((noinline)) void hold_over_a_collection(void) {
    struct node *volatile node = MOAT_NEW(node_type);
    node->value = expected_value = 0x5eed;
    collect();
    make_objects();
    CHECK_EQUAL(node->value, expected_value);
}

/* Before a kernel starts, main may run on the stack that handlers use. */
static void on_the_handlers_stack(void) {
    struct moat_range stack = moat_port_handler_stack(), thread = moat_port_thread_stack();
    if (stack.low == thread.low) {
        return;
    }
    moat_port_mask_t masked = moat_port_mask();
    prepare(&task, (uintptr_t *)stack.low, (stack.high - stack.low) / sizeof(uintptr_t), hold_over_a_collection);
    expected_value = 0;
    resume(&task);
    moat_port_unmask(masked);
    CHECK_EQUAL(expected_value, 0x5eed);
}

static const struct trial {
    const char *name;
    void (*run)(void);
    void (*body)(void);
    uint32_t kind; /* 0: quiet */
} trials[] = {
    {"an object on an unknown stack", on_unknown, make_objects, MOAT_FAULT_UNKNOWN_STACK},
    {"bytes on an unknown stack", on_unknown, make_bytes, MOAT_FAULT_UNKNOWN_STACK},
    {"a large object on an unknown stack", on_unknown, make_large, MOAT_FAULT_UNKNOWN_STACK},
    {"an array on an unknown stack", on_unknown, make_array, MOAT_FAULT_UNKNOWN_STACK},
    {"a flexible object on an unknown stack", on_unknown, make_row, MOAT_FAULT_UNKNOWN_STACK},
    {"a finalized object on an unknown stack", on_unknown, make_finalized, MOAT_FAULT_UNKNOWN_STACK},
    {"a step on an unknown stack", on_unknown, step, MOAT_FAULT_UNKNOWN_STACK},
    {"a collection on an unknown stack", on_unknown, collect, MOAT_FAULT_UNKNOWN_STACK},
    {"an object right below a known stack", on_unknown_below_known, make_objects, MOAT_FAULT_UNKNOWN_STACK},
    {"an object on a removed stack", on_removed, make_objects, MOAT_FAULT_UNKNOWN_STACK},
    {"a collection on a removed stack", on_removed, collect, MOAT_FAULT_UNKNOWN_STACK},
    {"a finalizer removes its stack", finalizer_drops_the_stack, collect, MOAT_FAULT_UNKNOWN_STACK},
    {"a hook removes its stack", hook_drops_the_stack, ask_too_much, MOAT_FAULT_UNKNOWN_STACK},
    {"a second task allocates", second, make_objects, MOAT_FAULT_SECOND_TASK},
    {"a second task makes an array", second, make_array, MOAT_FAULT_SECOND_TASK},
    {"a second task steps", second, step, MOAT_FAULT_SECOND_TASK},
    {"a second task collects", second, collect, MOAT_FAULT_SECOND_TASK},
    {"a second task adds a root", second, add_root, MOAT_FAULT_SECOND_TASK},
    {"a second task adds a stack", second, add_stack, MOAT_FAULT_SECOND_TASK},
    {"a second task allocates in a collection", second_while_collecting, make_objects, MOAT_FAULT_SECOND_TASK},
    {"a second task allocates while a stack is removed", second_while_removing, make_objects, MOAT_FAULT_SECOND_TASK},
    {"a second task behind a handler", second_behind_a_handler, make_objects, MOAT_FAULT_SECOND_TASK},
    {"a known stack", on_known, NULL, 0},
    {"a known stack that nothing is on", on_empty, NULL, 0},
    {"the thread's stack", on_main, NULL, 0},
    {"an unknown stack before moat_init", on_unknown, bytes_before_init, 0},
    {"the handlers' stack", on_the_handlers_stack, NULL, 0},
    {"a handler enters meanwhile", handler_enters_meanwhile, NULL, 0},
    {"a handler has left", handler_then_second, make_objects, 0},
    {"a finalizer allocates", finalizer_makes_everything, NULL, 0},
    {"a finalizer switches", finalizer_switches, NULL, 0},
    {"a hook allocates", hook_makes_everything, NULL, 0},
};

#define TRIALS (sizeof trials / sizeof trials[0])

static __attribute__((section(".noinit.moat_stack_traps"))) struct {
    uint32_t next;  /* trial */
    uint32_t traps; /* so far */
    bool finished;
    bool trapped[TRIALS_MAX], failed[TRIALS_MAX];
    char why[TRIALS_MAX][CONSOLE_BYTES];
} run;

static void fail(const char *what, const char *more) {
    char *why = run.why[run.next];
    if (!run.failed[run.next]) {
        why[0] = '\0';
        guard_append(why, what);
        guard_append(why, more);
    }
    run.failed[run.next] = true;
}

/* ---- judging ---- */

static void expected_line(char *line, const struct moat_fault *fault, bool below) {
    bool unknown = fault->kind == MOAT_FAULT_UNKNOWN_STACK;
    line[0] = '\0';
    guard_append(line, unknown ? "\nmoat: allocation or collection on a stack that is not known, stack pointer "
                               : "\nmoat: a second task entered moat, stack pointer ");
    guard_append_address(line, (uintptr_t)fault->sp);
    if (!unknown) {
        guard_append(line, ", while another is inside, stack pointer ");
        guard_append_address(line, (uintptr_t)fault->destination);
    }
    guard_append(line, below ? ", or an overflow of the task's, from " : ", from ");
    guard_append_address(line, (uintptr_t)fault->pc);
    guard_append(line, !unknown ? ": tasks must switch outside of moat, or lock it\n"
                       : below  ? ": make that stack larger, or register this one with moat_stack_add\n"
                                : ": register the stack with moat_stack_add before allocating or collecting on it\n");
}

static bool lies_in(uint64_t at, const uintptr_t *words) {
    return (uintptr_t)at - (uintptr_t)words < STACK_WORDS * sizeof *words;
}

static void judge_trap(const struct trial *trial) {
    struct moat_fault fault;
    char line[CONSOLE_BYTES];
    run.traps++;
    run.trapped[run.next] = true;
    if (moat_fault_get(&fault) != MOAT_FAULT_STATUS_VALID) {
        fail("there is no valid record", "");
        return;
    }
    bool below = trial->run == on_unknown_below_known;
    bool second_task = trial->kind == MOAT_FAULT_SECOND_TASK;
    expected_line(line, &fault, below);
    if (fault.kind != trial->kind || (fault.state & MOAT_FAULT_IN_HANDLER) != 0) {
        fail("another fault: ", console_text() + 1);
    } else if (strncmp(console_text(), line, strlen(line)) != 0) {
        fail("the message should be", line + 1);
    } else if (!lies_in(fault.sp, second_task ? memory.above
                                  : below     ? memory.below
                                              : memory.far) ||
               (second_task && !lies_in(fault.destination, memory.far))) {
        fail("a stack pointer is wrong: ", console_text() + 1);
    } else if (trial->body != NULL && (uintptr_t)fault.pc - ((uintptr_t)trial->body & ~(uintptr_t)1) > FUNCTION_BYTES) {
        fail("the record's pc is not in the function that calls: ", console_text() + 1);
    }
}

/* At the boot after a trap, or at the first: what comes next. */
static void perform(const struct trial *trial) {
    finalizer = NULL;
    preempts = preempts_scan = NULL;
    first = make_large;
    collections = 3;
    body = trial->body;
    (void)moat_out_of_memory_hook_set(NULL);
    console_begin();
    moat_fault_clear();
    if (!fresh_heap(arena.bytes, sizeof arena.bytes)) {
        fail("no fresh heap", "");
        return;
    }
    MOAT_STORE(kept, MOAT_NEW(node_type));
    trial->run();
    if (test_failed()) {
        fail("a check inside of it failed", "");
    } else if (trial->kind != 0) {
        fail("it did not trap", "");
    } else if (moat_heap_check(NULL) != MOAT_OK || moat_heap.front.inside != 0) {
        fail("the heap is damaged, or nobody has left", "");
    }
}

static void run_all(void) {
    bsp_on_trap(BSP_TRAP_RESET);
    while (run.next < TRIALS) {
        perform(&trials[run.next]);
        run.next++;
    }
    run.finished = true;
    bsp_on_trap(BSP_TRAP_EXIT);
}

static void judge(bool traps) {
    CHECK(run.finished);
    uint32_t judged = 0;
    for (size_t i = 0; i < TRIALS; i++) {
        if ((trials[i].kind != 0) == traps) {
            judged++;
            if (run.failed[i] || run.trapped[i] != traps) {
                test_fail(trials[i].name, (int)i, run.failed[i] ? run.why[i] : "it trapped");
                return;
            }
        }
    }
    test_note("trials", judged);
    CHECK(judged > 5);
}

static void the_wrong_use_traps(void) {
    judge(true);
}

static void the_right_use_is_quiet(void) {
    judge(false);
}

/* An exception in a handler or task that has pushed nothing yet: its stack pointer is where the next stack begins. */
static void an_end_is_the_lower_stack_s(void) {
    struct moat_range bounds = {0, 0};
    CHECK(fresh_heap(arena.bytes, sizeof arena.bytes));
    task_lay_out(&task.stack, memory.below, STACK_WORDS, begin);
    task_lay_out(&other.stack, memory.above, STACK_WORDS, begin);
    CHECK_EQUAL(moat_stack_add(&task.stack), MOAT_OK);
    CHECK_EQUAL(moat_stack_add(&other.stack), MOAT_OK);
    CHECK_EQUAL(moat_fault_stack_of((uintptr_t)memory.above, &bounds), MOAT_FAULT_STACK_TASK);
    CHECK_EQUAL(bounds.low, (uintptr_t)memory.below);
}

static const struct test_case cases[] = {
    TEST_CASE(an_end_is_the_lower_stack_s),
    TEST_CASE(the_wrong_use_traps),
    TEST_CASE(the_right_use_is_quiet),
};

int main(void) {
    _Static_assert(TRIALS <= TRIALS_MAX, "raise TRIALS_MAX");
    bsp_init();
    if (bsp_boot_count() == 1) {
        memset(&run, 0, sizeof run);
    } else if (!run.finished) {
        judge_trap(&trials[run.next]);
        run.next++;
    }
    if (!run.finished) {
        run_all();
    }
    return TEST_MAIN(cases);
}
