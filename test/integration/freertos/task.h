/* See FreeRTOS.h.
 *
 * SPDX-License-Identifier: MIT */
#ifndef TASK_H
#define TASK_H

#include "FreeRTOS.h"

#define taskSCHEDULER_NOT_STARTED ((BaseType_t)1)

BaseType_t xTaskGetSchedulerState(void);
void vTaskDelay(TickType_t ticks);
void moat_test_yield(void);
#define taskYIELD() moat_test_yield()

#endif
