/* An allocation with interrupts masked, where it has to wait for another task: a trap ends the run.
 *
 * SPDX-License-Identifier: MIT */
#include "harness.h"
#include "kernel/kernel.h"
#include "support/node.h"

#include "base/port.h"
#include "heap/cycle.h"

#include <moat.h>

#define STACK_WORDS 512

static struct kernel_task owner;
static uintptr_t owner_stack[STACK_WORDS];

static void hold_lock(void *unused) {
    (void)unused;
    (void)moat_kernel_lock(true);
    kernel_sleep();
}

int main(void) {
    if (!node_heap_start(NODE_ARENA_BYTES)) {
        return 1;
    }
    kernel_start();
    kernel_task_start(&owner, "owner", 1, owner_stack, STACK_WORDS, hold_lock, NULL);
    moat_cycle_request(); /* that nobody begins */
    moat_port_mask_t masked = moat_port_mask();
    (void)MOAT_NEW_BYTES(1000);
    moat_port_unmask(masked);
    return 0;
}
