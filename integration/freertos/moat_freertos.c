/* moat on FreeRTOS. See moat_freertos.h.
 *
 * SPDX-License-Identifier: MIT */
#include <FreeRTOS.h>
#include <semphr.h>
#include <task.h>

#include <moat.h>

#if !MOAT_CONFIG_TASKS
#error "build moat and the firmware with -DMOAT_CONFIG_TASKS=1"
#endif

/* ---- stacks ---- */

static struct moat_stack records[MOAT_FREERTOS_TASKS];

/* In a critical section of the kernel, or before it runs. */
void *moat_freertos_created(void *low, void *high, void *sp, const char *name) {
    for (size_t i = 0; i < MOAT_FREERTOS_TASKS; i++) {
        struct moat_stack *record = &records[i];
        if (record->high == 0) {
            record->low = (uintptr_t)low;
            record->high = (uintptr_t)high + sizeof(StackType_t);
            record->sp = (uintptr_t)sp;
            record->name = name;
            if (moat_task_add(record) == MOAT_OK) {
                return record;
            }
            record->high = 0;
            return NULL;
        }
    }
    return NULL;
}

/* In the kernel's switch. */
void moat_freertos_switched_out(void *record, void *sp) {
    if (record != NULL) {
        moat_task_switch(record, (uintptr_t)sp);
    }
}

/* In a critical section. A task that deletes itself runs on until the switch, and does not allocate any more. */
void moat_freertos_deleted(void *record) {
    struct moat_stack *stack = record;
    if (stack != NULL) {
        (void)moat_task_remove(stack);
        stack->high = 0;
    }
}

/* ---- the collector's lock ---- */

static SemaphoreHandle_t mutex;

int moat_freertos_start(void) {
#if configSUPPORT_STATIC_ALLOCATION
    static StaticSemaphore_t memory;
    mutex = xSemaphoreCreateMutexStatic(&memory);
#else
    mutex = xSemaphoreCreateMutex();
#endif
    return mutex == NULL ? -1 : 0;
}

static bool is_running(void) {
    return mutex != NULL && xTaskGetSchedulerState() != taskSCHEDULER_NOT_STARTED;
}

/* A task that has suspended the scheduler must not wait: it does not allocate. */
bool moat_kernel_lock(bool wait) {
    return !is_running() || xSemaphoreTake(mutex, wait ? portMAX_DELAY : 0) == pdTRUE;
}

/* The kernel lets a waiting task of a higher priority run at once, and this one of the same. */
void moat_kernel_unlock(void) {
    if (is_running()) {
        (void)xSemaphoreGive(mutex);
        if (moat_heap.front.waiting != 0) {
            taskYIELD();
        }
    }
}

void moat_kernel_rest(void) {
    vTaskDelay(1);
}

void moat_freertos_collector(void *unused) {
    (void)unused;
    moat_gc_task(MOAT_CONFIG_PACE);
}

/* ---- RISC-V, whose traps enter at the kernel's: MOAT_CONFIG_BOARD_IN_HANDLER=1 ---- */

#if defined(__riscv) && MOAT_CONFIG_BOARD_IN_HANDLER
#ifndef configISR_STACK_SIZE_WORDS
#error "moat tells a handler by its stack: set configISR_STACK_SIZE_WORDS"
#endif

extern const StackType_t xISRStackTop;

/* The kernel runs its handlers on a stack of their own. */
bool moat_board_in_handler(void) {
    uintptr_t sp, top = (uintptr_t)xISRStackTop;
    __asm__ volatile("mv %0, sp" : "=r"(sp));
    return top - sp < configISR_STACK_SIZE_WORDS * sizeof(StackType_t);
}
#endif
