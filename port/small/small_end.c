/* moat: the small end. See small_end.h.
 *
 * SPDX-License-Identifier: MIT */
#include "small/small_end.h"

#include "base/port.h"

#include <moat_fault.h>

#define MAGIC 0x646e656du /* "mend" */

/* Start-up does not clear it: linker/moat_ram.ld. */
__attribute__((section(".noinit.moat_small_end"))) static volatile struct moat_small_end retained;

static uint32_t check_of(const volatile struct moat_small_end *end) {
    uintptr_t sum = end->cause + 3 * end->detail + 5 * end->address + 7 * end->pc + 9 * end->lr + 11 * end->sp;
    return end->magic ^ ~(uint32_t)sum ^ end->kind;
}

static _Noreturn void finish(uint32_t kind) {
    retained.kind = kind;
    retained.magic = MAGIC;
    retained.check = check_of(&retained);
    moat_port_trap();
}

_Noreturn void moat_fault_exception(const struct moat_fault_exception *exception) {
    retained.cause = exception->cause;
    retained.detail = exception->detail;
    retained.address = exception->address;
    retained.pc = exception->pc;
    retained.lr = exception->lr;
    retained.sp = exception->sp;
    finish(MOAT_SMALL_END_EXCEPTION);
}

_Noreturn void moat_fault_misused(uintptr_t pc, uintptr_t sp, uintptr_t other) {
    retained.cause = retained.detail = retained.lr = 0;
    retained.address = other;
    retained.pc = pc;
    retained.sp = sp;
    finish(other != 0 ? MOAT_SMALL_END_SECOND_TASK : MOAT_SMALL_END_UNKNOWN_STACK);
}

/* cause: the invariant that does not hold. */
_Noreturn void moat_fault_overwritten(unsigned invariant, uintptr_t where, uintptr_t pc) {
    retained.cause = invariant;
    retained.detail = retained.lr = retained.sp = 0;
    retained.address = where;
    retained.pc = pc;
    finish(MOAT_SMALL_END_OVERWRITTEN);
}

bool moat_small_end_get(struct moat_small_end *out) {
    bool ended = retained.magic == MAGIC && retained.check == check_of(&retained);
    *out = retained;
    retained.magic = 0;
    return ended;
}
