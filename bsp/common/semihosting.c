/* moat: arguments and files of the developer's computer, by semihosting.
 *
 * SPDX-License-Identifier: MIT */
#include "semihosting.h"

#include "../bsp.h"

#define MODE_READ_BINARY 1

static size_t text_length(const char *text) {
    size_t length = 0;
    while (text[length] != 0) {
        length++;
    }
    return length;
}

#ifdef BSP_ROOM_small
#define LINE_BYTES 256
#else
#define LINE_BYTES 1024
#endif

/* The emulator gives the program's name first, and does not cut a line that is too long: it refuses it. */
int bsp_command_line(char *buffer, size_t bytes) {
    static char line[LINE_BYTES];
    uintptr_t parameters[] = {(uintptr_t)line, sizeof line};
    if (bytes == 0 || bsp_semihosting(SEMIHOSTING_GET_CMDLINE, parameters) != 0) {
        return -1;
    }
    const char *from = line;
    while (*from != 0 && *from != ' ') {
        from++;
    }
    while (*from == ' ') {
        from++;
    }
    size_t length = 0;
    while (length < bytes - 1 && from[length] != 0) {
        buffer[length] = from[length];
        length++;
    }
    buffer[length] = 0;
    return (int)length;
}

int bsp_file_open(const char *name) {
    uintptr_t parameters[] = {(uintptr_t)name, MODE_READ_BINARY, text_length(name)};
    return (int)bsp_semihosting(SEMIHOSTING_OPEN, parameters);
}

/* The request answers with the number of bytes that it did not read. */
int bsp_file_read(int file, void *buffer, size_t bytes) {
    uintptr_t parameters[] = {(uintptr_t)file, (uintptr_t)buffer, bytes};
    intptr_t missing = bsp_semihosting(SEMIHOSTING_READ, parameters);
    if (missing < 0 || (size_t)missing > bytes) {
        return -1;
    }
    return (int)(bytes - (size_t)missing);
}

void bsp_file_close(int file) {
    uintptr_t parameters[] = {(uintptr_t)file};
    bsp_semihosting(SEMIHOSTING_CLOSE, parameters);
}
