/* moat: the host as a board: time, by the process's clock and SIGALRM. One instruction stands for a nanosecond.
 *
 * The timer is asynchronous: its handler interrupts thread mode wherever it stands, and must not call what is not
 * async-signal-safe, such as malloc or printf.
 *
 * SPDX-License-Identifier: MIT */
#include "../../port/host/interrupt.h"
#include "../bsp.h"
#include "host.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/time.h>
#include <time.h>

#define NANOSECONDS 1000000000u
#define MICROSECONDS 1000000u
#define PERIOD_MIN 50u /* microseconds: with less, signals can leave thread mode no time to run */

static void on_alarm(int signal) {
    (void)signal;
    int saved = errno;
    moat_port_host_raise(HOST_LINE_TIMER);
    errno = saved;
}

void bsp_timer_init(void) {
    struct sigaction action = {.sa_handler = on_alarm, .sa_flags = SA_RESTART};
    sigemptyset(&action.sa_mask);
    if (sigaction(SIGALRM, &action, NULL) != 0) {
        abort();
    }
}

uint32_t bsp_instructions(void) {
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (uint32_t)((uint64_t)now.tv_sec * NANOSECONDS + (uint64_t)now.tv_nsec);
}

uint32_t bsp_instructions_hz(void) {
    return NANOSECONDS;
}

uint32_t bsp_milliseconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint32_t)((uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000);
}

static void timer_set(uint32_t microseconds, bool periodic) {
    struct timeval time = {(time_t)(microseconds / MICROSECONDS), (suseconds_t)(microseconds % MICROSECONDS)};
    struct itimerval setting = {.it_value = time};
    if (periodic) {
        setting.it_interval = time;
    }
    setitimer(ITIMER_REAL, &setting, NULL);
}

void bsp_timer_start(uint32_t instructions, bool periodic, void (*handler)(void)) {
    bsp_timer_stop();
    moat_port_host_handler_set(HOST_LINE_TIMER, handler);
    uint32_t microseconds = (instructions + 999) / 1000;
    timer_set(periodic && microseconds < PERIOD_MIN ? PERIOD_MIN : microseconds, periodic);
}

void bsp_timer_stop(void) {
    timer_set(0, false);
    moat_port_host_handler_set(HOST_LINE_TIMER, NULL);
}
