/* moat: refusing a call. See result.h, moat.h.
 *
 * SPDX-License-Identifier: MIT */
#include "base/result.h"

#include "base/context.h"
#include "base/port.h"

#pragma weak moat_refusal_print

static int last_error;

int moat_last_error(void) {
    return last_error;
}

void moat_note_error(enum moat_result result) {
    last_error = result;
}

int moat_refuse_number(uint32_t refusal, uintptr_t argument) {
    const int result = moat_refusal_result(refusal);
    last_error = result;
    if (MOAT_CONFIG_MESSAGES != 0 && moat_refusal_print != NULL) {
        moat_refusal_print(refusal, argument);
    }
    return result;
}

int moat_require_ready(enum moat_refused call) {
    MOAT_REQUIRE_CONTEXT();
    return moat_heap.front.ready ? MOAT_OK : moat_refuse(call, MOAT_REASON_NOT_READY, 0);
}

int moat_require_started(enum moat_refused call) {
    if (moat_port_undone() != NULL) {
        return moat_refuse(call, MOAT_REASON_START, 0);
    }
    return moat_port_in_handler() ? moat_refuse(call, MOAT_REASON_IN_HANDLER, 0) : MOAT_OK;
}
