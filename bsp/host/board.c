/* moat: the host as a board: console, arguments, files, software interrupt.
 *
 * SPDX-License-Identifier: MIT */
#include "base/port.h"
#include "../../port/host/interrupt.h"
#include "../bsp.h"
#include "host.h"

#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <unistd.h>

#include <moat.h>

MOAT_USE_MESSAGES; /* here is where they are read */

void bsp_init(void) {
    (void)setvbuf(stdout, NULL, _IONBF, 0); /* in order with what bsp_write writes */
    bsp_faults_init();
    bsp_timer_init();
    moat_port_unmask(0);
}

/* ---- console ---- */

/* Input is the pipe's, which loses nothing: there is no ring. */
int bsp_getchar(void) {
    struct pollfd input = {.fd = STDIN_FILENO, .events = POLLIN};
    unsigned char byte;
    if (poll(&input, 1, 0) <= 0 || read(STDIN_FILENO, &byte, 1) != 1) {
        return -1;
    }
    return byte;
}

unsigned bsp_rx_overruns(void) {
    return 0;
}

void bsp_write(const char *text, size_t bytes) {
    while (bytes > 0) {
        ssize_t written = write(STDOUT_FILENO, text, bytes);
        if (written < 0) {
            return; /* nobody listens any more */
        }
        text += written;
        bytes -= (size_t)written;
    }
}

/* ---- software interrupt ---- */

void bsp_interrupt(void (*handler)(void)) {
    moat_port_host_handler_set(HOST_LINE_SOFTWARE, handler);
    moat_port_host_raise(HOST_LINE_SOFTWARE);
}

/* ---- arguments and files ---- */

static int argument_count;
static char **arguments;

/* glibc passes main's arguments to constructors. */
__attribute__((constructor)) static void arguments_keep(int argc, char **argv) {
    argument_count = argc;
    arguments = argv;
}

char **bsp_host_arguments(void) {
    return arguments;
}

int bsp_command_line(char *buffer, size_t bytes) {
    size_t length = 0;
    if (bytes == 0) {
        return -1;
    }
    for (int i = 1; i < argument_count; i++) {
        for (const char *from = arguments[i]; *from != 0 && length < bytes - 1; from++) {
            buffer[length++] = *from;
        }
        if (i + 1 < argument_count && length < bytes - 1) {
            buffer[length++] = ' ';
        }
    }
    buffer[length] = 0;
    return (int)length;
}

int bsp_file_open(const char *name) {
    return open(name, O_RDONLY);
}

int bsp_file_read(int file, void *buffer, size_t bytes) {
    return (int)read(file, buffer, bytes);
}

void bsp_file_close(int file) {
    close(file);
}
