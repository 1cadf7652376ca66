/* moat: what newlib asks of a system: a console, memory for malloc, an exit.
 *
 * SPDX-License-Identifier: MIT */
#include "../bsp.h"

#include <errno.h>
#include <sys/stat.h>

extern char moat_malloc_start[], moat_malloc_end[];

/* The library refers to them only after link-time optimisation has dropped what nobody refers to. */
#define FOR_NEWLIB __attribute__((used))

FOR_NEWLIB void _exit(int status);
FOR_NEWLIB void *_sbrk(ptrdiff_t bytes);
FOR_NEWLIB int _write(int file, const char *text, int bytes);
FOR_NEWLIB int _read(int file, char *buffer, int bytes);
FOR_NEWLIB int _close(int file);
FOR_NEWLIB int _lseek(int file, int offset, int whence);
FOR_NEWLIB int _fstat(int file, struct stat *out);
FOR_NEWLIB int _isatty(int file);
FOR_NEWLIB int _kill(int process, int signal);
FOR_NEWLIB int _getpid(void);

void _exit(int status) {
    bsp_exit(status);
}

/* Weak: firmware may hand out memory of its own, as the benchmark does. */
__attribute__((weak)) void *_sbrk(ptrdiff_t bytes) {
    static char *brk = moat_malloc_start;
    if (bytes > moat_malloc_end - brk || bytes < moat_malloc_start - brk) {
        errno = ENOMEM;
        return (void *)-1; /* newlib's sign of failure */
    }
    char *before = brk;
    brk += bytes;
    return before;
}

int _write(int file, const char *text, int bytes) {
    (void)file;
    bsp_write(text, (size_t)bytes);
    return bytes;
}

/* Waits for one byte, then takes what has arrived. */
int _read(int file, char *buffer, int bytes) {
    (void)file;
    int got = 0;
    while (got < bytes) {
        int byte = bsp_getchar();
        if (byte >= 0) {
            buffer[got++] = (char)byte;
        } else if (got > 0) {
            break;
        }
    }
    return got;
}

int _close(int file) {
    (void)file;
    return 0;
}

int _lseek(int file, int offset, int whence) {
    (void)file;
    (void)offset;
    (void)whence;
    errno = ESPIPE;
    return -1;
}

int _fstat(int file, struct stat *out) {
    (void)file;
    out->st_mode = S_IFCHR;
    return 0;
}

int _isatty(int file) {
    (void)file;
    return 1;
}

/* abort() raises SIGABRT this way. */
int _kill(int process, int signal) {
    (void)process;
    bsp_exit(128 + signal);
}

int _getpid(void) {
    return 1;
}
