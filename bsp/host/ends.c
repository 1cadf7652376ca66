/* moat: the host as a board: exit, and a reset that runs the program again with its retained data.
 *
 * SPDX-License-Identifier: MIT */
#include "base/port.h"
#include "../bsp.h"
#include "../common/boot.h"
#include "host.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

extern char moat_retained_start[], moat_retained_end[];

#define RETAINED_VARIABLE "MOAT_RETAINED_FD"

_Noreturn void bsp_exit(int status) {
    if (moat_port_in_handler()) {
        _exit(status); /* exit is not safe in a signal handler */
    }
    exit(status);
}

static _Noreturn void reset_failed(const char *call) {
    perror(call);
    (void)fputs("moat: the host can't be reset: the call above failed\n", stderr);
    _exit(1);
}

_Noreturn void bsp_reset(void) {
    bsp_boot_reset_asked();
    size_t bytes = (size_t)(moat_retained_end - moat_retained_start);
    char number[16];
    int file = memfd_create("moat-retained", 0);
    if (file < 0 || write(file, moat_retained_start, bytes) != (ssize_t)bytes) {
        reset_failed("memfd_create");
    }
    (void)snprintf(number, sizeof number, "%d", file);
    setenv(RETAINED_VARIABLE, number, 1);
    bsp_timer_stop();
    execv("/proc/self/exe", bsp_host_arguments());
    reset_failed("execv");
}

/* Before main, as a board's RAM is there before start-up: fetches what bsp_reset left. */
__attribute__((constructor)) static void retained_restore(void) {
    const char *number = getenv(RETAINED_VARIABLE);
    if (number != NULL) {
        size_t bytes = (size_t)(moat_retained_end - moat_retained_start);
        int file = (int)strtol(number, NULL, 10);
        if (pread(file, moat_retained_start, bytes, 0) != (ssize_t)bytes) {
            reset_failed("pread");
        }
        close(file);
        unsetenv(RETAINED_VARIABLE);
    }
    bsp_boot_counted();
}
