/* The part of FreeRTOS that moat's glue uses, after its reference manual: for a test that compiles it. No code of
 * FreeRTOS.
 *
 * SPDX-License-Identifier: MIT */
#ifndef FREERTOS_H
#define FREERTOS_H

#include <stddef.h>
#include <stdint.h>

#define configRECORD_STACK_HIGH_ADDRESS 1
#define configUSE_MUTEXES 1
#define INCLUDE_xTaskGetSchedulerState 1
#define INCLUDE_vTaskDelay 1
#define configNUM_THREAD_LOCAL_STORAGE_POINTERS 2
#define configISR_STACK_SIZE_WORDS 256
#define MOAT_FREERTOS_POINTER 1
#define MOAT_FREERTOS_TASKS 8
#include "moat_freertos.h"

typedef uint32_t StackType_t;
typedef long BaseType_t;
typedef uint32_t TickType_t;

#define pdTRUE ((BaseType_t)1)
#define portMAX_DELAY ((TickType_t)0xffffffffu)

#endif
