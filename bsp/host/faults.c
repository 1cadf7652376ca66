/* moat: the host as a board: signals that mean a fault reach the reporter, as a CPU's exceptions do on a board.
 *
 * In the record, cause is the signal's number and detail its code. pc, lr and sp are 0: the C library's context is
 * a CPU's own. A sanitizer that was built in reports such a signal itself, and better.
 *
 * SPDX-License-Identifier: MIT */
#include "base/port.h"
#include "../bsp.h"
#include "host.h"

#include <moat_fault.h>

#include <signal.h>
#include <unistd.h>

static void on_fault(int signal, siginfo_t *info, void *context) {
    (void)context;
    static volatile sig_atomic_t reporting;
    if (reporting > 1) { /* the second is nested in the first, and recorded as such */
        _exit(BSP_TRAP_STATUS);
    }
    reporting = reporting + 1;
    moat_port_host_masked = 1;
    moat_port_host_in_handler = 1;
    const struct moat_fault_exception exception = {
        .address = (uintptr_t)info->si_addr, .cause = (uintptr_t)signal, .detail = (uintptr_t)info->si_code};
    moat_fault_exception(&exception);
}

/* On a stack of its own, since the fault may be the thread's stack overflowing. */
void bsp_faults_init(void) {
    static char stack[64 * 1024];
    static const int signals[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE};
    const stack_t alternate = {.ss_sp = stack, .ss_size = sizeof stack};
    sigaltstack(&alternate, NULL);
    for (size_t i = 0; i < sizeof signals / sizeof signals[0]; i++) {
        struct sigaction action = {0};
        sigaction(signals[i], NULL, &action);
        if (action.sa_handler == SIG_DFL) {
            action = (struct sigaction){.sa_sigaction = on_fault, .sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER};
            sigaddset(&action.sa_mask, SIGALRM);
            sigaction(signals[i], &action, NULL);
        }
    }
}
