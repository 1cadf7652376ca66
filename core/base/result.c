/* moat: refusing a call. See result.h, moat.h.
 *
 * SPDX-License-Identifier: MIT */
#include "base/result.h"

#include "base/port.h"
#include "base/text.h"

static int last_error;

const char *moat_result_name(int result) {
    static const char *const names[] = {
        "MOAT_OK",         "MOAT_ERR_NOT_READY", "MOAT_ERR_READY",   "MOAT_ERR_NULL",  "MOAT_ERR_FOREIGN",
        "MOAT_ERR_SIZE",   "MOAT_ERR_ALIGN",     "MOAT_ERR_OVERLAP", "MOAT_ERR_FULL",  "MOAT_ERR_HANDLER",
        "MOAT_ERR_ABSENT", "MOAT_ERR_MEMORY",    "MOAT_ERR_TYPE",    "MOAT_ERR_BUILD", "MOAT_ERR_START",
    };
    int last = (int)(sizeof names / sizeof names[0]) - 1;
    return result <= 0 && result >= -last ? names[-result] : "not a moat result";
}

int moat_last_error(void) {
    return last_error;
}

void moat_note_error(enum moat_result result) {
    last_error = result;
}

int moat_refuse(enum moat_result result, const char *call, const char *what, uintptr_t argument) {
    last_error = result;
#if MOAT_CONFIG_MESSAGES
    struct moat_text text;
    moat_text_begin(&text);
    moat_text_string(&text, "moat: ");
    moat_text_string(&text, call);
    moat_text_string(&text, ": ");
    moat_text_string(&text, what);
    moat_text_string(&text, " (");
    moat_text_string(&text, moat_result_name(result));
    moat_text_string(&text, ", ");
    moat_text_address(&text, argument);
    moat_text_string(&text, ")");
    moat_text_end(&text);
#else
    (void)call;
    (void)what;
    (void)argument;
#endif
    return result;
}

int moat_require_ready(const char *call) {
    return moat_heap.front.ready ? MOAT_OK : moat_refuse(MOAT_ERR_NOT_READY, call, "call moat_init first", 0);
}

int moat_require_started(const char *call) {
    const char *undone = moat_port_undone();
    if (undone != NULL) {
        return moat_refuse(MOAT_ERR_START, call, undone, 0);
    }
    return moat_port_in_handler() ? moat_refuse(MOAT_ERR_HANDLER, call, "not in a handler: call it in thread mode", 0)
                                  : MOAT_OK;
}
