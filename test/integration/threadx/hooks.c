/* The places in the kernel where it has its extensions.
 *
 * SPDX-License-Identifier: MIT */
#include "tx_api.h"

void moat_test_hooks(TX_THREAD *thread);

void moat_test_hooks(TX_THREAD *thread) {
    TX_THREAD_CREATE_EXTENSION(thread)
    TX_THREAD_COMPLETED_EXTENSION(thread)
    TX_THREAD_TERMINATED_EXTENSION(thread)
    TX_THREAD_DELETE_EXTENSION(thread)
}
