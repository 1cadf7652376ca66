/* moat: the texts of refusals. See result.h, moat.h.
 *
 * SPDX-License-Identifier: MIT */
#include "base/port.h"
#include "base/result.h"
#include "base/text.h"

MOAT_FEATURE_(messages);

#define CALL_TEXT(name, text) text,
static const char *const calls[] = {MOAT_REFUSING_CALLS(CALL_TEXT)};

#define REASON_TEXT(name, result, text) text,
static const char *const reasons[] = {MOAT_REASONS(REASON_TEXT)};

_Static_assert(sizeof calls / sizeof calls[0] <= 2 * (MOAT_REFUSAL_CALL_MASK + 1) &&
                   sizeof reasons / sizeof reasons[0] <= MOAT_REFUSAL_REASON_MASK + 1,
               "a call and a reason fit into a refusal");

void moat_refusal_print(uint32_t refusal, uintptr_t argument) {
    uint32_t reason = moat_refusal_reason(refusal);
    struct moat_text text;
    moat_text_begin(&text);
    moat_text_string(&text, "moat: ");
    moat_text_string(&text, calls[moat_refusal_call(refusal)]);
    moat_text_string(&text, ": ");
    moat_text_string(&text, reason == MOAT_REASON_INDEX_START ? moat_port_undone() : reasons[reason]);
    moat_text_string(&text, " (");
    moat_text_string(&text, moat_result_name(moat_refusal_result(refusal)));
    moat_text_string(&text, ", ");
    moat_text_address(&text, argument);
    moat_text_string(&text, ")");
    moat_text_end(&text);
}
