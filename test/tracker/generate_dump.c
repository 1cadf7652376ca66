/* The firmware's generator as a host program: `generate_dump SEED LINES` writes the log to the standard output.
 *
 * SPDX-License-Identifier: MIT */
#include "generate.h"

#include <stdio.h>
#include <stdlib.h>

int main(int count, char **arguments) {
    if (count != 3) {
        fputs("usage: generate_dump SEED LINES\n", stderr);
        return 2;
    }
    generate_start((uint32_t)strtoul(arguments[1], NULL, 10));
    for (unsigned long lines = strtoul(arguments[2], NULL, 10); lines > 0; lines--) {
        char line[GENERATE_LINE_MAX];
        fwrite(line, 1, generate_line(line), stdout);
    }
    return 0;
}
