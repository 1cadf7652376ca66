/* The out-of-line half of a port, empty: minimal.c is linked to be measured, not to run.
 *
 * SPDX-License-Identifier: MIT */
#include <base/port.h>

void *moat_port_spill_and_call(void *(*visit)(void *context, uintptr_t sp), void *context) {
    return visit(context, 0);
}

struct moat_range moat_port_thread_stack(void) {
    return (struct moat_range){0, 0};
}
struct moat_range moat_port_handler_stack(void) {
    return (struct moat_range){0, 0};
}

void moat_port_write(const char *text, size_t length) {
    (void)text;
    (void)length;
}

_Noreturn void moat_port_trap(void) {
    for (;;) {
    }
}

const char *moat_port_undone(void) {
    return NULL;
}

_Noreturn void moat_port_misused(uintptr_t pc, uintptr_t sp, uintptr_t other) {
    (void)pc;
    (void)sp;
    (void)other;
    moat_port_trap();
}

#ifdef __arm__
bool moat_port_handler_may_use(void) {
    return true;
}
#endif

_Noreturn void moat_port_overwritten(unsigned invariant, uintptr_t where) {
    (void)invariant;
    (void)where;
    moat_port_trap();
}

uint32_t moat_port_clock(void) {
    return 0;
}

uint64_t moat_port_registers(uintptr_t registers[MOAT_PORT_REGISTERS]) {
    (void)registers;
    return 0;
}

uintptr_t moat_port_interrupted_sp(void) {
    return 0;
}

bool moat_port_follows_call(uintptr_t address) {
    (void)address;
    return false;
}

void moat_port_boot(struct moat_port_boot *out) {
    out->boots = out->reset_cause = out->uptime = out->clock_hz = 0;
}
