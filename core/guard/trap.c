/* moat: the guard's traps. See guard.h.
 *
 * SPDX-License-Identifier: MIT */
#include "fault/fault.h"
#include "guard/guard.h"
#include "guard/region.h"

_Noreturn void moat_guard_trap(enum moat_fault_kind kind, const void *at, const void *value,
                               const struct moat_object *object, uintptr_t pc) {
    bool nowhere =
        at == NULL && (kind == MOAT_FAULT_RESULT || kind == MOAT_FAULT_ARGUMENT); /* for a store 0 is a place */
    const struct moat_region *region = nowhere ? NULL : moat_region_of((uintptr_t)at);
    struct moat_fault_report report;
    moat_fault_report_begin(&report, kind, pc, (uintptr_t)__builtin_frame_address(0));
    report.value = (uintptr_t)value;
    report.object = object == NULL ? 0 : (uintptr_t)object->start;
    report.type = object == NULL ? NULL : object->type->name;
    report.destination = (uintptr_t)at;
    report.region = region == NULL ? NULL : region->name;
    report.region_kind = region == NULL ? MOAT_REGION_UNKNOWN : region->kind;
    moat_fault_raise(&report);
}
