/* moat on FreeRTOS: the kernel's trace hooks. Include this at the end of FreeRTOSConfig.h, which sets
 *
 *   configRECORD_STACK_HIGH_ADDRESS 1, configUSE_MUTEXES 1, INCLUDE_xTaskGetSchedulerState 1, INCLUDE_vTaskDelay 1
 *   configNUM_THREAD_LOCAL_STORAGE_POINTERS: one more than MOAT_FREERTOS_POINTER, which is moat's
 *   MOAT_FREERTOS_TASKS: the most tasks that there are at once, the kernel's own (idle, timer) included
 *
 * and call moat_freertos_start after moat_init, before any task is created. Ports whose switch saves the stack pointer
 * in the task before it calls vTaskSwitchContext: ARM_CM0, CM3, CM4F, CM7, CM23, CM33, RISC-V. docs/tasks.md has the
 * steps.
 *
 * SPDX-License-Identifier: MIT */
#ifndef MOAT_FREERTOS_H
#define MOAT_FREERTOS_H

#if configRECORD_STACK_HIGH_ADDRESS != 1 || configUSE_MUTEXES != 1 || INCLUDE_xTaskGetSchedulerState != 1
#error "moat needs configRECORD_STACK_HIGH_ADDRESS, configUSE_MUTEXES and INCLUDE_xTaskGetSchedulerState to be 1"
#endif
#if INCLUDE_vTaskDelay != 1
#error "moat's collector waits by vTaskDelay: INCLUDE_vTaskDelay must be 1"
#endif
#if configNUM_THREAD_LOCAL_STORAGE_POINTERS <= MOAT_FREERTOS_POINTER
#error "configNUM_THREAD_LOCAL_STORAGE_POINTERS must be larger than MOAT_FREERTOS_POINTER, moat's own pointer"
#endif
#if defined(configNUMBER_OF_CORES) && configNUMBER_OF_CORES != 1
#error "moat is for one core: configNUMBER_OF_CORES must be 1"
#endif

#if !defined(__ASSEMBLER__) && !defined(__IAR_SYSTEMS_ASM__)

/* Makes the collector's mutex. Returns 0, or -1: no memory for it. */
int moat_freertos_start(void);

/* The function of the collector's task, for xTaskCreate or xTaskCreateStatic with tskIDLE_PRIORITY. */
void moat_freertos_collector(void *unused);

/* For the hooks. high: the stack's highest word. created: returns the task's record, or NULL: there are more tasks than
 * MOAT_FREERTOS_TASKS, and this one traps when it allocates. */
void *moat_freertos_created(void *low, void *high, void *sp, const char *name);
void moat_freertos_switched_out(void *record, void *sp);
void moat_freertos_deleted(void *record);

/* In tasks.c, where the task's control block is known. */
#define traceTASK_CREATE(task)                                                                                         \
    ((task)->pvThreadLocalStoragePointers[MOAT_FREERTOS_POINTER] = moat_freertos_created(                              \
         (void *)(task)->pxStack, (void *)(task)->pxEndOfStack, (void *)(task)->pxTopOfStack, (task)->pcTaskName))
#define traceTASK_SWITCHED_OUT()                                                                                       \
    moat_freertos_switched_out(pxCurrentTCB->pvThreadLocalStoragePointers[MOAT_FREERTOS_POINTER],                      \
                               (void *)pxCurrentTCB->pxTopOfStack)
#define traceTASK_DELETE(task)                                                                                         \
    (moat_freertos_deleted((task)->pvThreadLocalStoragePointers[MOAT_FREERTOS_POINTER]),                               \
     (task)->pvThreadLocalStoragePointers[MOAT_FREERTOS_POINTER] = NULL)

#endif

#endif
