/* moat: NEW_FAMILY, the out-of-line half of core/base/port.h. A template: whatever is not written yet traps.
 * moat_port_spill_and_call and moat_port_registers are assembly, in files of their own.
 *
 * SPDX-License-Identifier: MIT */
#include "base/port.h"

#include "../ending.h"

#include <stddef.h>

void *moat_port_spill_and_call(void *(*visit)(void *context, uintptr_t sp), void *context) {
    (void)visit;
    (void)context;
    __builtin_trap();
}

uint64_t moat_port_registers(uintptr_t registers[MOAT_PORT_REGISTERS]) {
    (void)registers;
    __builtin_trap();
}

const char *moat_port_undone(void) {
    return "this port is a template: write its functions";
}

uintptr_t moat_port_interrupted_sp(void) {
    __builtin_trap();
}

bool moat_port_follows_call(uintptr_t address) {
    (void)address;
    __builtin_trap();
}

_Noreturn void moat_port_trap(void) {
    moat_port_ending_trap(true);
    __builtin_trap();
}
