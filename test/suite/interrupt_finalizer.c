/* Finalizers run in thread mode, at safe points, and never in a handler, even when it allocates while one is due.
 *
 * SPDX-License-Identifier: MIT */
#include "heap/cycle.h"
#include "harness.h"
#include "base/port.h"
#include "mark/finalize.h"
#include "support/node.h"
#include "support/step.h"

#include <bsp.h>
#include <moat.h>

#define OBJECTS 10u
#define VOLUME 200 /* objects in an interrupt: memory runs out in a few */
#define VOLUME_PERIODIC 8
#define PERIOD 50021u

struct file {
    MOAT_REF(struct node) buffer;
    uint32_t number;
};

static uint32_t calls, calls_in_handler;
static bool seen[OBJECTS];

static void close_file(void *object) {
    struct file *file = object;
    calls++;
    calls_in_handler += moat_port_in_handler() ? 1 : 0;
    if (file->number < OBJECTS && file->buffer != NULL && file->buffer->serial != 0) {
        seen[file->number] = true;
    }
    (void)node_new(); /* may allocate */
}
MOAT_TYPE_FINALIZED(file_type, struct file, close_file, buffer);

static bool out_of_memory;

/* Allocates, finalized objects among the rest. */
static void allocate(int volume) {
    for (int i = 0; i < volume; i++) {
        if (i % 8 != 0) {
            out_of_memory = MOAT_NEW_ARRAY(node_type, 1) == NULL || out_of_memory;
            continue;
        }
        struct file *file = MOAT_NEW(file_type);
        out_of_memory = out_of_memory || file == NULL;
        if (file != NULL) {
            file->number = OBJECTS;
        }
    }
}

static __attribute__((noinline)) void make_files(void) {
    calls = calls_in_handler = 0;
    /* Start-up may have left the address of the arena's first granule on the stack: no file is within its reach. */
    CHECK(MOAT_NEW_BYTES(100) != NULL);
    for (uint32_t i = 0; i < OBJECTS; i++) {
        seen[i] = false;
        struct file *file = MOAT_NEW(file_type);
        CHECK(file != NULL);
        file->number = i;
        MOAT_INIT(file->buffer, node_new());
    }
}

static void allocate_much(void) {
    allocate(VOLUME);
}

static void allocate_some(void) {
    allocate(VOLUME_PERIODIC);
}

/* The files are found dead, and their finalizers due, while only handlers allocate. */
static void a_handler_runs_none(void) {
    make_files();
    CHECK(!test_failed());
    node_wash_stack();
    moat_cycle_start();
    moat_cycle_finish(); /* no safe point of the API: nothing has been finalized */
    CHECK(moat_heap.finalizers.doomed != NULL);
    for (int i = 0; i < 20; i++) {
        bsp_interrupt(allocate_much);
    }
    CHECK(out_of_memory);
    CHECK_EQUAL(calls, 0);
    CHECK_HEAP();
    CHECK_EQUAL(moat_gc_collect(), MOAT_OK);
    CHECK_EQUAL(calls_in_handler, 0);
    uint32_t files = 0;
    for (uint32_t i = 0; i < OBJECTS; i++) {
        files += seen[i] ? 1 : 0;
    }
    CHECK(files >= OBJECTS - 1); /* a stale word may keep one */
    CHECK_HEAP();
}

/* With interrupts all the time, cycles and finalizers in thread mode: each exactly once, none in a handler. */
static void none_under_a_periodic_interrupt(void) {
    calls = calls_in_handler = 0;
    uint32_t made = 0;
    bsp_timer_start(PERIOD, true, allocate_some);
    for (int i = 0; i < 5000; i++) {
        struct file *file = MOAT_NEW(file_type);
        CHECK(file != NULL);
        file->number = OBJECTS;
        made++;
        CHECK(node_new() != NULL);
    }
    bsp_timer_stop();
    CHECK_EQUAL(moat_gc_collect(), MOAT_OK);
    CHECK(calls >= made - 1);
    CHECK_EQUAL(calls_in_handler, 0);
    CHECK_HEAP();
    test_note("finalizers", calls);
}

/* ---- a handler's at each instruction of the thread's ---- */

static struct file *thread_made, *handler_made;

static void make_file(void) {
    thread_made = MOAT_NEW(file_type);
}

static void make_file_in_handler(void) {
    handler_made = MOAT_NEW(file_type);
}

static bool waits_for_its_death(void *file) {
    void *object = moat_heap.finalizers.finalizable;
    while (object != NULL && object != file) {
        object = *moat_finalize_link(object);
    }
    return object != NULL;
}

static enum step_where try_instruction(const void *unused, uint32_t n) {
    (void)unused;
    (void)moat_gc_collect();
    enum step_where where = step_at(n, make_file, make_file_in_handler);
    bool made = thread_made != NULL && handler_made != NULL;
    if (!made || !waits_for_its_death(thread_made) || !waits_for_its_death(handler_made)) {
        test_fail(__FILE__, __LINE__, "both will be finalized");
    }
    thread_made = handler_made = NULL;
    return test_failed() ? STEP_AFTER : where;
}

static void at_each_instruction_of_an_allocation(void) {
#ifdef __linux__
    (void)try_instruction;
    SKIP("the host's timer aims at no instruction");
#else
    test_note("points hit", step_through(try_instruction, NULL, 20));
    CHECK_HEAP();
#endif
}

static bool started;

static void heap_starts(void) {
    CHECK(started);
}

static const struct test_case cases[] = {
    TEST_CASE(heap_starts),
    TEST_CASE(a_handler_runs_none),
    TEST_CASE(none_under_a_periodic_interrupt),
    TEST_CASE(at_each_instruction_of_an_allocation),
};

int main(void) {
    started = node_heap_start(NODE_ARENA_BYTES);
    return TEST_MAIN(cases);
}
