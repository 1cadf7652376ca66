/* moat: a program on Linux, interrupts. A flag of sig_atomic_t for each line, written whole: signals and thread mode
 * run on one thread, so that a signal's handler runs to its end between two instructions of what it interrupts.
 *
 * SPDX-License-Identifier: MIT */
#include "interrupt.h"

#include "moat_port_cpu.h"

#include <stddef.h>

volatile sig_atomic_t moat_port_host_masked = 1; /* as a CPU starts */
volatile sig_atomic_t moat_port_host_pending;
volatile sig_atomic_t moat_port_host_in_handler;

static volatile sig_atomic_t raised[MOAT_PORT_HOST_LINES];
static void (*volatile handlers[MOAT_PORT_HOST_LINES])(void);

void moat_port_host_handler_set(unsigned line, void (*handler)(void)) {
    raised[line] = 0;
    handlers[line] = handler;
}

void moat_port_host_raise(unsigned line) {
    raised[line] = 1;
    moat_port_host_pending = 1;
    if (moat_port_host_masked == 0) {
        moat_port_host_deliver();
    }
}

static void run(unsigned line) {
    raised[line] = 0;
    void (*handler)(void) = handlers[line];
    if (handler != NULL) {
        handler();
    }
}

/* A signal may come at any point here. While in_handler is set it only leaves its flags, which the loop sees; between
 * the loop's last look and the clearing of in_handler, the outer loop does. */
void moat_port_host_deliver(void) {
    while (moat_port_host_pending != 0 && moat_port_host_in_handler == 0) {
        moat_port_host_in_handler = 1;
        moat_port_host_pending = 0;
        for (unsigned line = 0; line < MOAT_PORT_HOST_LINES; line++) {
            if (raised[line] != 0) {
                run(line);
            }
        }
        moat_port_host_in_handler = 0;
    }
}
