/* The faults and traps that the self-test of a port provokes.
 *
 * SPDX-License-Identifier: MIT */
#ifndef TEST_PORT_FAULTS_H
#define TEST_PORT_FAULTS_H

#include <moat_fault.h>

#include <stdbool.h>

#define PORT_TRAP 0u
#define PORT_IN_HANDLER 1u
#define PORT_EXCEPTION 2u /* of the CPU: see cpu_exceptions */

/* X(name, kind of its record, flags). The traps come first, before the exceptions of the CPU. */
#define PORT_FAULTS(X)                                                                                                 \
    X(trap, MOAT_FAULT_ASSERT, PORT_TRAP)                                                                              \
    X(trap_masked, MOAT_FAULT_ASSERT, PORT_TRAP)                                                                       \
    X(trap_in_handler, MOAT_FAULT_ASSERT, PORT_TRAP | PORT_IN_HANDLER)                                                 \
    X(undefined_instruction, MOAT_FAULT_EXCEPTION, PORT_EXCEPTION)                                                     \
    X(undefined_instruction_masked, MOAT_FAULT_EXCEPTION, PORT_EXCEPTION)                                              \
    X(load_of_nothing, MOAT_FAULT_EXCEPTION, PORT_EXCEPTION)                                                           \
    X(store_to_nothing, MOAT_FAULT_EXCEPTION, PORT_EXCEPTION)                                                          \
    X(jump_to_nothing, MOAT_FAULT_EXCEPTION, PORT_EXCEPTION)                                                           \
    X(call_through_null, MOAT_FAULT_EXCEPTION, PORT_EXCEPTION)                                                         \
    X(stray_interrupt, MOAT_FAULT_EXCEPTION, PORT_EXCEPTION)                                                           \
    X(fault_in_handler, MOAT_FAULT_EXCEPTION, PORT_EXCEPTION | PORT_IN_HANDLER)                                        \
    X(stack_pointer_to_nothing, MOAT_FAULT_EXCEPTION, PORT_EXCEPTION)                                                  \
    X(thread_stack_overflow, MOAT_FAULT_STACK, PORT_EXCEPTION)                                                         \
    X(handler_stack_overflow, MOAT_FAULT_STACK, PORT_EXCEPTION | PORT_IN_HANDLER)                                      \
    X(fault_in_report, MOAT_FAULT_NESTED, PORT_EXCEPTION)

#define PORT_FAULT_NUMBER(name, kind, flags) PORT_##name,
enum port_fault_number { PORT_FAULTS(PORT_FAULT_NUMBER) PORT_FAULT_COUNT };

struct port_fault {
    const char *name;
    void (*provoke)(void); /* returns only if the fault did not happen. Interrupts are open */
    enum moat_fault_kind kind;
    unsigned flags;
};

extern const struct port_fault port_faults[PORT_FAULT_COUNT];

#endif
