/* moat: CHECK1: what C is passed by MOAT_CALL, and what MOAT_RETURN gives back to it. See moat_guard.h.
 *
 * After Go's cgoCheckArg and cgoCheckResult (src/runtime/cgocall.go): C may be passed a pointer to an object, not one
 * through which it finds others.
 *
 * SPDX-License-Identifier: MIT */
#include "fault/fault.h"
#include "space/granule.h"
#include "guard/guard.h"
#include "guard/range.h"
#include "base/result.h"

/* Arguments and results are checked. */
static volatile bool enabled = MOAT_CONFIG_CHECK >= 1;

int moat_check_level_set(int level) {
    const enum moat_refused call = MOAT_IN_CHECK_LEVEL_SET;
    if (level < 0 || level > 2) {
        return moat_refuse(call, MOAT_REASON_LEVEL, (uintptr_t)level);
    }
    if (level == 2 && MOAT_CONFIG_CHECK < 2) {
        return moat_refuse(call, MOAT_REASON_NO_STORE_CHECKS, 2);
    }
    if (level == 1 && MOAT_CONFIG_CHECK < 1) {
        return moat_refuse(call, MOAT_REASON_NO_CALL_CHECKS, 1);
    }
    enabled = level >= 1;
    return MOAT_OK;
}

/* How much of a holder a pointer shows: all of the array that it points at an element of, all of it if the pointer says
 * nothing (0 bytes), else what it points at. */
static void shown(const struct moat_guard_holder *holder, uintptr_t *start, uintptr_t *bytes) {
    bool element = holder->array && holder->type != NULL && *bytes == holder->type->size;
    if (*bytes == 0 || element) {
        *start = holder->type == NULL ? *start : holder->start;
        *bytes = holder->type == NULL ? MOAT_WORD_BYTES : holder->end - holder->start;
    }
}

static void check_pointee(enum moat_fault_kind kind, const void *p, uintptr_t bytes, uintptr_t pc) {
    struct moat_guard_holder holder;
    if (!moat_guard_holder_of(p, &holder)) {
        return;
    }
    uintptr_t start = (uintptr_t)p;
    shown(&holder, &start, &bytes);
    struct moat_guard_range range;
    struct moat_object object;
    moat_guard_range_begin(&range, &holder, start, start + bytes);
    moat_slot *slot = moat_guard_range_next_kept_in(&range, &object);
    if (slot != NULL) {
        moat_guard_trap(kind, slot, range.value, &object, pc);
    }
}

static void check_result(const void *value, uintptr_t bytes, uintptr_t pc) {
    struct moat_object object;
    if (moat_guard_is_kept_in(value, &object)) {
        moat_guard_trap(MOAT_FAULT_RESULT, NULL, value, &object, pc);
    }
    check_pointee(MOAT_FAULT_RESULT, value, bytes, pc);
}

MOAT_ENTRY void moat_check_argument_(const void *argument, size_t bytes) {
    if (enabled) {
        check_pointee(MOAT_FAULT_ARGUMENT, argument, bytes, MOAT_CALLER());
    }
}

MOAT_ENTRY void moat_check_result_(const void *result, size_t bytes) {
    if (enabled) {
        check_result(result, bytes, MOAT_CALLER());
    }
}

MOAT_ENTRY void moat_check_argument_struct_(const void *argument, size_t bytes) {
    const moat_slot *words = argument;
    for (size_t i = 0; enabled && i < bytes / MOAT_WORD_BYTES; i++) {
        check_pointee(MOAT_FAULT_ARGUMENT, words[i], 0, MOAT_CALLER());
    }
}

MOAT_ENTRY void moat_check_result_struct_(const void *result, size_t bytes) {
    const moat_slot *words = result;
    for (size_t i = 0; enabled && i < bytes / MOAT_WORD_BYTES; i++) {
        check_result(words[i], 0, MOAT_CALLER());
    }
}
