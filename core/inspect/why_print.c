/* moat: printing a way from a root to an object. See moat_answers.h.
 *
 * SPDX-License-Identifier: MIT */
#include "base/text.h"
#include "inspect/type_name.h"
#include "moat.h"

void moat_why_each(const struct moat_why *why, moat_why_out *out, void *context) {
    for (uint32_t i = 0; i < why->count; i++) {
        out(&why->hops[i], context);
    }
}

static const char *text_of(enum moat_why_kind kind) {
    switch (kind) {
    case MOAT_WHY_ROOT:
        return "a root, the slot at ";
    case MOAT_WHY_PIN:
        return "a pin, the entry at ";
    case MOAT_WHY_HANDLE:
        return "a handle, the entry at ";
    case MOAT_WHY_STACK:
        return "a stack, the word at ";
    case MOAT_WHY_OBJECT:
    default:
        return "the slot at ";
    }
}

void moat_why_print_hop(const struct moat_why_hop *hop, void *unused) {
    struct moat_text text;
    (void)unused;
    moat_text_begin(&text);
    moat_text_string(&text, "why: by ");
    moat_text_string(&text, text_of(hop->kind));
    moat_text_address(&text, (uintptr_t)hop->slot);
    if (hop->kind == MOAT_WHY_OBJECT) {
        moat_text_string(&text, ", +");
        moat_text_decimal(&text, (uintptr_t)hop->slot - (uintptr_t)hop->holder);
        moat_text_string(&text, " in ");
        moat_text_address(&text, (uintptr_t)hop->holder);
        moat_text_string(&text, ", ");
        moat_text_type(&text, hop->type);
    } else if (hop->stack != NULL) {
        moat_text_string(&text, ", of ");
        moat_text_string(&text, hop->stack);
    }
    moat_text_end(&text);
}

static const char *text_of_state(enum moat_why_state state) {
    switch (state) {
    case MOAT_WHY_FOUND:
        return " is kept";
    case MOAT_WHY_NONE:
        return ": nothing was seen that leads to it";
    case MOAT_WHY_LONG:
        return ": not known, there are more hops than room; the last ones:";
    case MOAT_WHY_CHANGED:
        return ": not known, the heap has changed; it was:";
    case MOAT_WHY_WORKING:
    default:
        return ": not known yet";
    }
}

void moat_why_print(const struct moat_why *why) {
    struct moat_text text;
    moat_text_begin(&text);
    moat_text_string(&text, "why: ");
    moat_text_address(&text, ~why->object);
    moat_text_string(&text, text_of_state(why->state));
    moat_text_end(&text);
    moat_why_each(why, moat_why_print_hop, NULL);
}
