/* moat: the out-of-memory hook. See moat.h.
 *
 * SPDX-License-Identifier: MIT */
#include "heap/alloc.h"
#include "moat.h"

/* The hook is not asked again by what it allocates itself. Others may set another one, or none, at any time. */
bool moat_alloc_ask_hook(uintptr_t bytes) {
    moat_out_of_memory_hook *hook = moat_heap.front.out_of_memory_hook;
    if (hook == NULL || moat_heap.front.asking_hook) {
        return false;
    }
    moat_heap.front.asking_hook = true;
    bool shared = moat_cycle_share();
    uintptr_t caller = moat_stack_leave();
    moat_owner_leave();
    bool again = hook(bytes);
    moat_stack_enter(caller);
    moat_owner_wait();
    moat_cycle_share_end(shared);
    moat_heap.front.asking_hook = false;
    if (again) {
        moat_cycle_finish();
    }
    return again;
}

moat_out_of_memory_hook *moat_out_of_memory_hook_set(moat_out_of_memory_hook *hook) {
    moat_out_of_memory_hook *previous = moat_heap.front.out_of_memory_hook;
    moat_heap.front.out_of_memory_hook = hook;
    return previous;
}
