/* moat: stacks of tasks. See task.h.
 *
 * SPDX-License-Identifier: MIT */
#include "task.h"

#include "cpu.h"

#include <string.h>

#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/asan_interface.h>
#else
#define ASAN_UNPOISON_MEMORY_REGION(at, bytes) ((void)(at), (void)(bytes))
#endif

void task_lay_out(struct moat_stack *stack, uintptr_t *words, size_t count, void (*begin)(void)) {
    ASAN_UNPOISON_MEMORY_REGION(words, count * sizeof *words); /* frames of a task that never ended */
    memset(words, 0, count * sizeof *words);
    uintptr_t *frame = words + count - cpu_frame_above - cpu_frame_words;
    frame[cpu_frame_return] = (uintptr_t)begin;
    stack->low = (uintptr_t)words;
    stack->high = (uintptr_t)(words + count);
    stack->sp = (uintptr_t)frame;
}
