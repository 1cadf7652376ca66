/* Tasks that hold an object. See holders.h.
 *
 * SPDX-License-Identifier: MIT */
#include "holders.h"

#include "cpu.h"
#include "harness.h"
#include "task.h"

#define STACK_WORDS 256

MOAT_ROOT(void) holders_mailbox;

static struct holder {
    struct moat_stack stack;
    bool added;
} holders[HOLDERS];

static uintptr_t words[HOLDERS][STACK_WORDS];
static uintptr_t main_sp;
static struct holder *running;

/* Takes, and lets go, in turns. */
static void begin(void) {
    for (;;) {
        void *volatile mine = holders_mailbox;
        MOAT_CLEAR(holders_mailbox);
        cpu_switch(&running->stack.sp, main_sp);
        mine = NULL;
        (void)mine;
        cpu_switch(&running->stack.sp, main_sp);
    }
}

void holders_begin(void) {
    for (unsigned i = 0; i < HOLDERS; i++) {
        holders[i] = (struct holder){.added = false};
    }
}

void holders_add(unsigned holder) {
    task_lay_out(&holders[holder].stack, words[holder], STACK_WORDS, begin);
    CHECK_EQUAL(moat_stack_add(&holders[holder].stack), MOAT_OK);
    holders[holder].added = true;
}

void holders_remove(unsigned holder) {
    CHECK_EQUAL(moat_stack_remove(&holders[holder].stack), MOAT_OK);
    holders[holder].added = false;
}

bool holders_is_added(unsigned holder) {
    return holders[holder].added;
}

void holders_resume(unsigned holder) {
    running = &holders[holder];
    cpu_switch(&main_sp, running->stack.sp);
}
