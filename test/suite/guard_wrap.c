/* The C library's copies behind the guard (wrap/): see test/guard/cases.h for what a row is.
 *
 * SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "guard/cases.h"

#include <stdio.h>
#include <strings.h>

#define HEAP_TEXT ((char *)kept)
#define C_TEXT ((char *)&c_buffer)
/* More than two words and less than three, with two characters before it. */
#define LONG_TEXT (MOAT_WORD_BYTES == 4 ? "nine char" : "seventeen letters")

#ifndef __riscv
void __aeabi_memcpy(void *to, const void *from, size_t bytes);
void __aeabi_memcpy4(void *to, const void *from, size_t bytes);
void __aeabi_memcpy8(void *to, const void *from, size_t bytes);
void __aeabi_memmove(void *to, const void *from, size_t bytes);
void __aeabi_memmove4(void *to, const void *from, size_t bytes);
void __aeabi_memmove8(void *to, const void *from, size_t bytes);
void __aeabi_memset(void *at, size_t bytes, int value);
void __aeabi_memset4(void *at, size_t bytes, int value);
void __aeabi_memset8(void *at, size_t bytes, int value);
void __aeabi_memclr(void *at, size_t bytes);
void __aeabi_memclr4(void *at, size_t bytes);
void __aeabi_memclr8(void *at, size_t bytes);
#endif

static void memcpy_in_handler(void) {
    (void)memcpy(&c_buffer, kept, sizeof *kept);
    __asm__ volatile("");
}

/* A stream that reads `from` and whose buffer is `to`: filling it is a call from one file of the library to another. */
static void copy_inside_the_library(void *to, const void *from, size_t bytes) {
    FILE *file = fmemopen((void *)(uintptr_t)from, bytes, "r");
    NEED(file != NULL && setvbuf(file, to, _IOFBF, bytes) == 0);
    NEED(fgetc(file) == *(const unsigned char *)from);
    (void)fclose(file);
}

#define GUARD_ROWS "guard/rows_wrap.h"
#include "guard/program.h"
