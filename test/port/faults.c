/* The faults and traps that the self-test of a port provokes, each in a boot of its own.
 *
 * SPDX-License-Identifier: MIT */
#include "port/faults.h"

#include "base/port.h"
#include "cpu.h"
#include "fault/fault.h"

#include <bsp.h>

/* A call is to leave a frame. */
#define FUNCTION __attribute__((noinline, noclone)) static void

static volatile uint32_t sink;
static volatile uint32_t depth;

FUNCTION overflow(void) {
    volatile uint32_t room[12];
    room[0] = depth++;
    if (depth != 0) {
        overflow();
    }
    room[1] = room[0];
}

static void trap(void) {
    moat_fault_assert();
}

static void trap_masked(void) {
    (void)moat_port_mask();
    moat_fault_assert();
}

static void trap_in_handler(void) {
    bsp_interrupt(trap);
}

static void undefined_instruction(void) {
    cpu_undefined();
}

static void undefined_instruction_masked(void) {
    (void)moat_port_mask();
    cpu_undefined();
}

FUNCTION load_of_nothing(void) {
    sink = *(volatile uint32_t *)cpu_nothing;
}

FUNCTION store_to_nothing(void) {
    *(volatile uint32_t *)cpu_nothing = 1;
}

FUNCTION call(uintptr_t address) {
    ((void (*)(void))address)();
    sink = 0;
}

static void jump_to_nothing(void) {
    call(cpu_nothing);
}

static void call_through_null(void) {
    call(0);
}

static void stray_interrupt(void) {
    cpu_stray_interrupt();
}

static void fault_in_handler(void) {
    bsp_interrupt(load_of_nothing);
}

static void stack_pointer_to_nothing(void) {
    cpu_stack_lose(cpu_nothing);
}

static void thread_stack_overflow(void) {
    overflow();
}

static void handler_stack_overflow(void) {
    bsp_interrupt(overflow);
}

/* The name of the report's type can't be read. */
static void fault_in_report(void) {
    struct moat_fault_report report;
    moat_fault_report_begin(&report, MOAT_FAULT_STORE, 0x1000, 0x2222);
    report.type = (const char *)cpu_nothing;
    moat_fault_raise(&report);
}

#define ROW(name, kind, flags) {#name, name, kind, flags},
const struct port_fault port_faults[PORT_FAULT_COUNT] = {PORT_FAULTS(ROW)};
