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

/* How much of a holder a pointer shows: all of the array that it points at an element of, a flexible object with its
 * tail, all of it if the pointer says nothing (0 bytes), or what follows; else what it points at. */
static void shown(const struct moat_guard_holder *holder, uintptr_t *start, uintptr_t *bytes) {
    bool known = holder->type != NULL && *bytes == holder->type->size;
    bool element = known && (holder->array || (holder->type->flexible != 0 && *start == holder->start));
    if (*bytes == 0 || element) {
        *start = holder->type == NULL ? *start : holder->start;
        *bytes = holder->type == NULL ? MOAT_WORD_BYTES : holder->end - holder->start;
    } else if (*bytes > holder->end - *start) {
        *bytes = holder->end - *start;
    }
}

/* The first slot in a range whose value C may not hold, or that holds a root's address and leads to such a value: as
 * Go follows data and bss, one step. range->value and *object then describe it. */
static const moat_slot *leads_to(struct moat_guard_range *range, struct moat_object *object) {
    for (moat_slot *slot = moat_guard_range_next(range); slot != NULL; slot = moat_guard_range_next(range)) {
        range->value = *slot;
        if (moat_guard_is_kept_in(range->value, object)) {
            return slot;
        }
        struct moat_guard_holder root;
        if (!moat_guard_is_near(range->value) && moat_guard_holder_of(range->value, &root)) {
            struct moat_guard_range behind;
            uintptr_t start = (uintptr_t)range->value, bytes = root.type == NULL ? 0 : root.type->size;
            shown(&root, &start, &bytes);
            moat_guard_range_begin(&behind, &root, start, start + bytes);
            const moat_slot *found = moat_guard_range_next_kept_in(&behind, object);
            range->value = found == NULL ? NULL : behind.value;
            if (found != NULL) {
                return found;
            }
        }
    }
    return NULL;
}

/* Inlined: this is the deepest way into core's stack. */
static inline __attribute__((always_inline)) void check_range(enum moat_fault_kind kind,
                                                              const struct moat_guard_holder *holder, uintptr_t start,
                                                              uintptr_t end, uintptr_t pc) {
    struct moat_guard_range range;
    struct moat_object object;
    moat_guard_range_begin(&range, holder, start, end);
    const moat_slot *slot = leads_to(&range, &object);
    if (slot != NULL) {
        moat_guard_trap(kind, slot, range.value, &object, pc);
    }
}

static void check_pointee(enum moat_fault_kind kind, uintptr_t start, uintptr_t bytes, uintptr_t pc) {
    struct moat_guard_holder holder;
    if (moat_guard_holder_of((const void *)start, &holder)) {
        shown(&holder, &start, &bytes);
        check_range(kind, &holder, start, start + bytes, pc);
    }
}

static void check_kept(enum moat_fault_kind kind, uintptr_t value, uintptr_t pc) {
    struct moat_object object;
    if (moat_guard_is_kept_in((const void *)value, &object)) {
        moat_guard_trap(kind, NULL, (const void *)value, &object, pc);
    }
}

static void check_result(uintptr_t value, uintptr_t bytes, uintptr_t pc) {
    check_kept(MOAT_FAULT_RESULT, value, pc);
    check_pointee(MOAT_FAULT_RESULT, value, bytes, pc);
}

/* A word of a struct passed by value, whose type nobody knows. One into the middle of an object is taken for one to
 * bytes there, as with a length beside it. */
static uintptr_t bytes_of_word(uintptr_t word) {
    struct moat_object object;
    bool inside = moat_object_find((const void *)word, &object) && word != (uintptr_t)object.start;
    return inside ? MOAT_WORD_BYTES : 0;
}

MOAT_ENTRY void moat_check_argument_(uintptr_t argument, size_t bytes) {
    if (enabled) {
        check_pointee(MOAT_FAULT_ARGUMENT, argument, bytes, MOAT_CALLER());
    }
}

MOAT_ENTRY void moat_check_result_(uintptr_t result, size_t bytes) {
    if (enabled) {
        check_result(result, bytes, MOAT_CALLER());
    }
}

MOAT_ENTRY void moat_check_kept_(uintptr_t argument) {
    if (enabled) {
        check_kept(MOAT_FAULT_ARGUMENT, argument, MOAT_CALLER());
    }
}

MOAT_ENTRY void moat_check_filled_(const struct moat_type *type, uintptr_t argument) {
    if (enabled && argument != 0) {
        const struct moat_guard_holder holder = {type, argument, argument + type->size, false};
        check_range(MOAT_FAULT_ARGUMENT, &holder, holder.start, holder.end, MOAT_CALLER());
    }
}

MOAT_ENTRY void moat_check_argument_struct_(const void *argument, size_t bytes) {
    const moat_raw *words = argument;
    for (size_t i = 0; enabled && i < bytes / MOAT_WORD_BYTES; i++) {
        check_pointee(MOAT_FAULT_ARGUMENT, words[i], bytes_of_word(words[i]), MOAT_CALLER());
    }
}

MOAT_ENTRY void moat_check_result_struct_(const void *result, size_t bytes) {
    const moat_raw *words = result;
    for (size_t i = 0; enabled && i < bytes / MOAT_WORD_BYTES; i++) {
        check_result(words[i], bytes_of_word(words[i]), MOAT_CALLER());
    }
}
