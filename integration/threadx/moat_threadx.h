/* moat on ThreadX: what tx_user.h includes. ThreadX and its port are built with TX_INCLUDE_USER_DEFINE_FILE and
 * TX_ENABLE_EXECUTION_CHANGE_NOTIFY, and without the execution profile, which defines the same functions. docs/tasks.md
 * has the steps.
 *
 * SPDX-License-Identifier: MIT */
#ifndef MOAT_THREADX_H
#define MOAT_THREADX_H

#ifndef TX_ENABLE_EXECUTION_CHANGE_NOTIFY
#error "moat learns of switches by TX_ENABLE_EXECUTION_CHANGE_NOTIFY: define it for C and for assembly"
#endif

#ifndef __ASSEMBLER__

#include <moat_heap.h>

/* In each thread. */
#define TX_THREAD_USER_EXTENSION struct moat_stack tx_thread_moat;

/* Makes the mutex of the collector: in tx_application_define, after moat_init, before threads are created. Returns 0,
 * or -1. */
int moat_threadx_start(void);

/* The function of the collector's thread, which has the lowest priority. */
void moat_threadx_collector(unsigned long unused);

/* thread: a TX_THREAD, which is not complete where this is read. */
void moat_threadx_started(void *thread);
void moat_threadx_gone(void *thread);

/* The first thing that a thread does, after tx_thread_reset too; and each change of its state. Ports of the kernel
 * define the extensions at a thread's creation and end themselves, whatever tx_user.h says. */
#define TX_THREAD_STARTED_EXTENSION(thread) moat_threadx_started(thread);
#define TX_THREAD_STATE_CHANGE(thread, state)                                                                          \
    if ((state) == TX_COMPLETED || (state) == TX_TERMINATED) {                                                         \
        moat_threadx_gone(thread);                                                                                     \
    }

#endif

#endif
