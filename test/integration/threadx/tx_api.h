/* The part of ThreadX that moat's glue uses, after its user guide: for a test that compiles it. No code of ThreadX.
 *
 * SPDX-License-Identifier: MIT */
#ifndef TX_API_H
#define TX_API_H

#include "moat_threadx.h" /* as tx_user.h does */

/* As ports define them, whatever tx_user.h says. */
#define TX_THREAD_CREATE_EXTENSION(thread)
#define TX_THREAD_DELETE_EXTENSION(thread)
#define TX_THREAD_COMPLETED_EXTENSION(thread)
#define TX_THREAD_TERMINATED_EXTENSION(thread)

#include <stddef.h>

#define VOID void
typedef unsigned int UINT;
typedef unsigned long ULONG;
typedef char CHAR;

#define TX_NULL NULL
#define TX_SUCCESS 0u
#define TX_COMPLETED 1u
#define TX_TERMINATED 2u
#define TX_INHERIT 1u
#define TX_NO_WAIT 0u
#define TX_WAIT_FOREVER 0xffffffffu

typedef struct TX_THREAD_STRUCT {
    VOID *tx_thread_stack_ptr;
    VOID *tx_thread_stack_start;
    ULONG tx_thread_stack_size;
    CHAR *tx_thread_name;
    TX_THREAD_USER_EXTENSION
} TX_THREAD;

typedef struct TX_MUTEX_STRUCT {
    ULONG opaque[14];
} TX_MUTEX;

TX_THREAD *tx_thread_identify(void);
UINT tx_mutex_create(TX_MUTEX *mutex, CHAR *name, UINT inherit);
UINT tx_mutex_get(TX_MUTEX *mutex, ULONG wait);
UINT tx_mutex_put(TX_MUTEX *mutex);
UINT tx_thread_sleep(ULONG ticks);
void tx_thread_relinquish(void);

/* The execution profile's hooks. */
VOID _tx_execution_initialize(void);
VOID _tx_execution_thread_enter(void);
VOID _tx_execution_thread_exit(void);
VOID _tx_execution_isr_enter(void);
VOID _tx_execution_isr_exit(void);

#endif
