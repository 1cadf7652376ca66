/* Cooperative tasks with registered stacks: what only a suspended task's stack holds is kept, wherever the collector
 * stands when tasks switch, and when stacks are added and removed.
 *
 * Three tasks and the main loop, whose stack is registered like theirs while a task may run a collection.
 *
 * SPDX-License-Identifier: MIT */
#include "heap/cycle.h"
#include "harness.h"
#include "base/port.h"
#include "cpu.h"
#include "mark/stack.h"
#include "support/node.h"
#include "support/situation.h"
#include "task.h"

#include <bsp.h>
#include <moat.h>

#define TASKS 3
#define STACK_WORDS 4096
#define ROUNDS 2000
#define INTERRUPT_PERIOD 20011u

struct task {
    struct moat_stack stack;
    void (*run)(struct task *self); /* for ever */
    uintptr_t handed;               /* serial of what it holds */
    uint32_t rounds;
};

static _Alignas(16) uintptr_t stacks[TASKS][STACK_WORDS];
static struct task tasks[TASKS];
static struct moat_stack main_stack;
static struct task *running;

static MOAT_ROOT(struct node) mailbox[TASKS];
static MOAT_ROOT(struct node) handled;

/* ---- switching ---- */

static void resume(struct task *task) {
    running = task;
    cpu_switch(&main_stack.sp, task->stack.sp);
    running = NULL;
}

static void yield(struct task *self) {
    cpu_switch(&self->stack.sp, main_stack.sp);
}

static void begin(void) {
    running->run(running);
}

static void prepare(struct task *task, uintptr_t *words, void (*run)(struct task *)) {
    task_lay_out(&task->stack, words, STACK_WORDS, begin);
    task->run = run;
    task->rounds = 0;
}

/* ---- what tasks do ---- */

/* Holds a node in a local variable alone, and looks after each round whether it is still what it was. */
static void hold(struct task *self) {
    for (;;) {
        struct node *node = node_new();
        CHECK(node != NULL);
        self->handed = node->serial;
        MOAT_STORE(node->a, node_new());
        yield(self);
        if (node->serial != self->handed || node->a == NULL || node->a->serial != self->handed + 1) {
            test_fail(__FILE__, __LINE__, "a suspended task's object was freed");
        }
        self->rounds++;
    }
}

static uintptr_t counted_serial;

/* Takes what the next task has left in its mailbox onto its own stack, drops it there, and passes it on a round later:
 * an object moves between heap and stacks while they are being scanned. */
static void pass_on(struct task *self) {
    size_t me = (size_t)(self - tasks);
    for (;;) {
        struct node *node = mailbox[me];
        MOAT_CLEAR(mailbox[me]);
        uintptr_t serial = node == NULL ? 0 : node->serial;
        yield(self);
        if (node != NULL) {
            if (node->serial != serial || serial != counted_serial) {
                test_fail(__FILE__, __LINE__, "an object on its way was freed");
            }
            MOAT_STORE(mailbox[(me + 1) % TASKS], node);
            node = NULL;
            self->rounds++;
        }
        (void)node_new();
        yield(self);
    }
}

static void interrupt(void) {
    if (handled != NULL && handled->next != NULL && handled->next->next != NULL) {
        MOAT_CLEAR(handled->next);
    }
    (void)node_push(&handled);
    (void)MOAT_NEW_ARRAY(node_type, 2);
}

/* ---- the cases ---- */

static void register_all(void (*run)(struct task *)) {
    for (size_t i = 0; i < TASKS; i++) {
        prepare(&tasks[i], stacks[i], run);
        CHECK_EQUAL(moat_stack_add(&tasks[i].stack), MOAT_OK);
    }
}

static void unregister_all(void) {
    for (size_t i = 0; i < TASKS; i++) {
        CHECK_EQUAL(moat_stack_remove(&tasks[i].stack), MOAT_OK);
    }
    CHECK_EQUAL(moat_stack_remove(&tasks[0].stack), MOAT_ERR_ABSENT);
    CHECK_HEAP();
}

static void complete(void) {
    situation_leave(NODE_ARENA_BYTES / 4);
    CHECK_HEAP();
}

/* Each situation is entered between the switches, so that tasks run, allocate and drop before and after their scan. */
static void what_a_suspended_task_holds_is_kept(void) {
    register_all(hold);
    for (enum situation situation = 0; situation < SITUATIONS && !test_failed(); situation++) {
        for (size_t i = 0; i < TASKS; i++) {
            resume(&tasks[i]);
        }
        node_wash_stack();
        CHECK(situation_enter(situation));
        for (size_t i = 0; i < TASKS; i++) {
            resume(&tasks[(i + situation) % TASKS]);
            bsp_interrupt(interrupt);
            CHECK_HEAP();
        }
        complete();
        CHECK_EQUAL(moat_gc_collect(), MOAT_OK);
        CHECK_HEAP();
    }
    unregister_all();
    CHECK(tasks[0].rounds >= SITUATIONS);
}

static void objects_move_between_stacks(void) {
    register_all(pass_on);
    MOAT_STORE(mailbox[0], node_new());
    CHECK(mailbox[0] != NULL);
    counted_serial = mailbox[0]->serial;
    bsp_timer_start(INTERRUPT_PERIOD, true, interrupt);
    for (int i = 0; i < ROUNDS && !test_failed(); i++) {
        resume(&tasks[test_random_below(TASKS)]);
        if (test_random_below(4) == 0) {
            (void)node_new_array(1 + test_random_below(8));
        }
        (void)moat_gc_step(1 + test_random_below(4));
        if (moat_heap.cycle.phase == MOAT_PHASE_IDLE) {
            node_overwrite_free(NODE_ARENA_BYTES / 16);
            moat_heap.cycle.requested = true;
        }
        if (i % 64 == 0) {
            CHECK_HEAP();
        }
    }
    bsp_timer_stop();
    for (size_t i = 0; i < TASKS; i++) {
        MOAT_CLEAR(mailbox[i]);
    }
    unregister_all();
    test_note("rounds", tasks[0].rounds + tasks[1].rounds + tasks[2].rounds);
    CHECK(tasks[0].rounds >= 10);
}

static void collect_on_task(struct task *self) {
    for (;;) {
        if (moat_gc_collect() != MOAT_OK) {
            test_fail(__FILE__, __LINE__, "moat_gc_collect on a task's stack");
        }
        node_overwrite_free(NODE_ARENA_BYTES / 4);
        self->rounds++;
        yield(self);
    }
}

/* The main loop's stack is one of several then, and registered as such. */
static void a_task_collects_while_the_main_loop_waits(void) {
    struct moat_range all = moat_port_thread_stack();
    main_stack.low = all.low;
    main_stack.high = all.high;
    CHECK_EQUAL(moat_stack_add(&main_stack), MOAT_OK);
    register_all(hold);
    prepare(&tasks[1], stacks[1], collect_on_task);
    struct node *volatile mine = node_new();
    CHECK(mine != NULL);
    const uintptr_t serial = mine->serial;
    resume(&tasks[0]);
    resume(&tasks[2]);
    resume(&tasks[1]);
    CHECK_EQUAL(mine->serial, serial);
    resume(&tasks[0]);
    resume(&tasks[2]);
    CHECK_EQUAL(tasks[1].rounds, 1);
    unregister_all();
    CHECK_EQUAL(moat_stack_remove(&main_stack), MOAT_OK);
}

/* A stack that comes while marking is scanned in this cycle, even when all others have been. */
static void a_stack_added_while_marking_is_scanned(void) {
    const enum situation when[] = {SITUATION_MARK_GREY, SITUATION_MARK_LATER, SITUATION_MARK_END};
    for (size_t i = 0; i < sizeof when / sizeof when[0]; i++) {
        prepare(&tasks[0], stacks[0], hold);
        CHECK_EQUAL(moat_stack_add(&tasks[0].stack), MOAT_OK);
        resume(&tasks[0]);
        CHECK_EQUAL(moat_stack_remove(&tasks[0].stack), MOAT_OK); /* now nobody knows what it holds */
        node_wash_stack();
        CHECK(situation_enter(when[i]));
        CHECK_EQUAL(moat_stack_add(&tasks[0].stack), MOAT_OK);
        CHECK_HEAP();
        complete();
        resume(&tasks[0]);
        CHECK(!test_failed());
        CHECK_EQUAL(moat_stack_remove(&tasks[0].stack), MOAT_OK);
    }
}

static struct node *passed; /* from one stack to another, past the collector */

static void hand_over(struct task *self) {
    struct node *volatile node = node_new();
    self->handed = node->serial;
    yield(self);
    passed = node;
    yield(self);
}

/* A stack that goes while marking, before it was scanned, is scanned then: what it held may be on another one now. */
static void a_stack_removed_while_marking_is_scanned(void) {
    prepare(&tasks[0], stacks[0], hand_over);
    CHECK_EQUAL(moat_stack_add(&tasks[0].stack), MOAT_OK);
    resume(&tasks[0]);
    node_wash_stack();
    CHECK(situation_enter(SITUATION_MARK_GREY));
    CHECK(tasks[0].stack.cycle != moat_heap.cycle.number);
    CHECK_EQUAL(moat_stack_remove(&tasks[0].stack), MOAT_OK);
    resume(&tasks[0]);
    struct node *volatile mine = passed;
    passed = NULL;
    complete();
    CHECK_EQUAL(mine->serial, tasks[0].handed);
}

/* ---- what holds an object after a stack that was not scanned has let go of it ---- */

static uint32_t handle;
static uintptr_t given; /* a pinned object's address, disguised */

static void into_handle(struct node *node) {
    handle = moat_handle_new(node);
}
static struct node *from_handle(void) {
    struct node *node = moat_handle_get(handle);
    (void)moat_handle_delete(handle);
    return node;
}

static void into_pin(struct node *node) {
    (void)moat_pin(node);
    given = ~(uintptr_t)node;
}
static struct node *from_pin(void) {
    struct node *node = (struct node *)~given;
    (void)moat_unpin(node);
    return node;
}

static const struct keeper {
    void (*in)(struct node *node);
    struct node *(*out)(void);
} keepers[] = {{into_handle, from_handle}, {into_pin, from_pin}};

static const struct keeper *keeper;

static __attribute__((noinline)) void give(struct node *volatile *from) {
    keeper->in(*from);
    *from = NULL;
}

static void give_away(struct task *self) {
    struct node *volatile node = node_new();
    self->handed = node->serial;
    yield(self);
    give(&node);
    node_wash_stack();
    yield(self);
}

/* One slice, as an allocation in a handler does it: it scans no stack. */
static void slice(void) {
    moat_cycle_pace();
}

/* The roots have all been visited or not, this stack has not. */
static void what_a_stack_gives_away_while_marking_is_kept(void) {
    for (size_t i = 0; i < sizeof keepers / sizeof keepers[0]; i++) {
        for (unsigned visited = 0; visited < 2; visited++) {
            keeper = &keepers[i];
            prepare(&tasks[0], stacks[0], give_away);
            CHECK_EQUAL(moat_stack_add(&tasks[0].stack), MOAT_OK);
            resume(&tasks[0]);
            node_wash_stack();
            CHECK(situation_enter(SITUATION_MARK_GREY));
            for (unsigned k = 0; visited != 0 && k < ROUNDS && moat_heap.mark.stage < MOAT_STAGE_STACKS; k++) {
                bsp_interrupt(slice);
            }
            CHECK(visited == 0 || moat_heap.mark.stage == MOAT_STAGE_STACKS);
            CHECK(tasks[0].stack.cycle != moat_heap.cycle.number);
            resume(&tasks[0]);
            complete();
            struct node *volatile mine = keeper->out();
            CHECK(mine != NULL && moat_object_find(mine, NULL));
            CHECK_EQUAL(mine->serial, tasks[0].handed);
            CHECK_EQUAL(moat_stack_remove(&tasks[0].stack), MOAT_OK);
        }
    }
}

/* More than can wait to be looked up. */
#define MANY 100

static void hold_many(struct task *self) {
    struct node *volatile many[MANY];
    self->handed = node_new()->serial + 1;
    for (size_t i = 0; i < MANY; i++) {
        many[i] = node_new();
    }
    for (;;) {
        yield(self);
        for (size_t i = 0; i < MANY; i++) {
            if (many[i]->serial != self->handed + i) {
                test_fail(__FILE__, __LINE__, "one of many objects was freed");
            }
        }
        self->rounds++;
    }
}

static void start_to_hold_many(void) {
    prepare(&tasks[0], stacks[0], hold_many);
    CHECK_EQUAL(moat_stack_add(&tasks[0].stack), MOAT_OK);
    resume(&tasks[0]);
    node_wash_stack();
}

static void check_that_many_are_kept(void) {
    CHECK_EQUAL(moat_heap.mark.waiting, 0);
    node_overwrite_free(NODE_ARENA_BYTES);
    resume(&tasks[0]);
    CHECK_EQUAL(tasks[0].rounds, 1);
    CHECK_EQUAL(moat_stack_remove(&tasks[0].stack), MOAT_OK);
    CHECK_HEAP();
}

static void a_stack_keeps_more_than_can_wait(void) {
    CHECK(moat_heap.mark.waiting_most != 0 && moat_heap.mark.waiting_most < MANY);
    start_to_hold_many();
    CHECK_EQUAL(moat_gc_collect(), MOAT_OK);
    check_that_many_are_kept();
}

static void words_that_wait_are_looked_up_together(void) {
    start_to_hold_many();
    CHECK(situation_enter(SITUATION_MARK_GREY));
    while (moat_heap.cycle.phase == MOAT_PHASE_MARK && moat_heap.mark.waiting < 8) {
        (void)moat_gc_step(1);
    }
    CHECK(moat_heap.mark.waiting >= 8);
    (void)moat_stack_look_up(UINT32_MAX);
    CHECK_EQUAL(moat_heap.mark.waiting, 0);
    complete();
    check_that_many_are_kept();
}

/* Through a task whose stack is not registered any more. Returns the address, disguised. */
static __attribute__((noinline)) uintptr_t make_unheld(void) {
    prepare(&tasks[0], stacks[0], hand_over);
    if (moat_stack_add(&tasks[0].stack) != MOAT_OK) {
        return 0;
    }
    resume(&tasks[0]);
    (void)moat_stack_remove(&tasks[0].stack);
    resume(&tasks[0]);
    uintptr_t hidden = ~(uintptr_t)passed;
    passed = NULL;
    for (int i = 0; i < 4; i++) {
        (void)node_new(); /* the chunk, whose place may be on core's stack, moves on */
    }
    return hidden;
}

static void nothing_holds_what_no_stack_holds(void) {
    uintptr_t hidden = make_unheld();
    CHECK(hidden != 0);
    node_wash_stack();
    CHECK_EQUAL(moat_gc_collect(), MOAT_OK);
    CHECK(!moat_object_find((void *)~hidden, NULL));
}

static bool started;

static void heap_starts(void) {
    CHECK(started);
}

static const struct test_case cases[] = {
    TEST_CASE(heap_starts),
    TEST_CASE(nothing_holds_what_no_stack_holds),
    TEST_CASE(what_a_suspended_task_holds_is_kept),
    TEST_CASE(objects_move_between_stacks),
    TEST_CASE(a_task_collects_while_the_main_loop_waits),
    TEST_CASE(a_stack_added_while_marking_is_scanned),
    TEST_CASE(a_stack_removed_while_marking_is_scanned),
    TEST_CASE(what_a_stack_gives_away_while_marking_is_kept),
    TEST_CASE(a_stack_keeps_more_than_can_wait),
    TEST_CASE(words_that_wait_are_looked_up_together),
};

int main(void) {
    started = node_heap_start(NODE_ARENA_BYTES);
    node_wash_stack();
    return TEST_MAIN(cases);
}
