/* moat: numbers out. See bench.h.
 *
 * SPDX-License-Identifier: MIT */
#include "bench.h"

#include <bsp.h>

#include <string.h>

#define NUMBER_BYTES 24

static void print(const char *text) {
    bsp_write(text, strlen(text));
}

static void print_number(uint64_t value) {
    char buffer[NUMBER_BYTES];
    char *at = buffer + sizeof buffer - 1;
    *at = '\0';
    do {
        *--at = (char)('0' + value % 10);
        value /= 10;
    } while (value != 0);
    print(at);
}

void bench_print(const char *metric, uint32_t value) {
    print(metric);
    print(" ");
    print_number(value);
    print("\n");
}

void bench_print_mean(const char *metric, uint64_t sum, uint32_t count) {
    uint64_t hundredths = count == 0 ? 0 : (sum * 100 + count / 2) / count;
    print(metric);
    print(" ");
    print_number(hundredths / 100);
    print(hundredths % 100 < 10 ? ".0" : ".");
    print_number(hundredths % 100);
    print("\n");
}

_Noreturn void bench_fail(const char *why) {
    print("failed ");
    print(why);
    print("\n");
    bsp_exit(1);
}

_Noreturn void bench_exhausted(const char *why) {
    if (bench_managed) {
        bench_fail(why);
    }
    bench_print("out_of_memory", 1);
    bench_print("end", 0);
    bsp_exit(0);
}

_Noreturn void bench_skip(const char *why) {
    print("skipped ");
    print(why);
    print("\n");
    bsp_exit(0);
}
