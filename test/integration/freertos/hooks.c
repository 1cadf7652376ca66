/* The places in the kernel where it has its trace hooks, with a control block that has what the documentation of the
 * hooks names.
 *
 * SPDX-License-Identifier: MIT */
#include "task.h"

typedef struct tskTaskControlBlock {
    volatile StackType_t *pxTopOfStack;
    StackType_t *pxStack;
    char pcTaskName[16];
    StackType_t *pxEndOfStack;
    void *pvThreadLocalStoragePointers[configNUM_THREAD_LOCAL_STORAGE_POINTERS];
} TCB_t;

extern TCB_t *volatile pxCurrentTCB;
void moat_test_hooks(TCB_t *task);

void moat_test_hooks(TCB_t *task) {
    traceTASK_CREATE(task);
    traceTASK_SWITCHED_OUT();
    traceTASK_DELETE(task);
}
