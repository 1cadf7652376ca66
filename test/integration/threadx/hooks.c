/* The places in the kernel where it has its extensions.
 *
 * SPDX-License-Identifier: MIT */
#include "tx_api.h"

void moat_test_hooks(TX_THREAD *thread);

void moat_test_hooks(TX_THREAD *thread) {
    TX_THREAD_STARTED_EXTENSION(thread)
    TX_THREAD_STATE_CHANGE(thread, TX_COMPLETED)
    TX_THREAD_STATE_CHANGE(thread, TX_TERMINATED)
}
