/* moat: the guard's messages, put together by hand. See message.h.
 *
 * SPDX-License-Identifier: MIT */
#include "guard/message.h"

#include <string.h>

void guard_append(char *to, const char *text) {
    size_t used = strlen(to);
    for (; *text != '\0' && used < CONSOLE_BYTES - 1; text++) {
        to[used++] = *text;
    }
    to[used] = '\0';
}

void guard_append_address(char *to, uintptr_t address) {
    char digits[2 * sizeof address + 3] = "0x";
    for (size_t i = 0; i < 2 * sizeof address; i++) {
        digits[2 + i] = "0123456789abcdef"[address >> (8 * sizeof address - 4 - 4 * i) & 0xf];
    }
    digits[sizeof digits - 1] = '\0';
    guard_append(to, digits);
}

void guard_append_number(char *to, uint32_t number) {
    char digits[11];
    char *at = digits + sizeof digits - 1;
    *at = '\0';
    do {
        *--at = (char)('0' + number % 10);
        number /= 10;
    } while (number != 0);
    guard_append(to, at);
}

static void append_value(char *line, const struct moat_fault *fault) {
    guard_append_address(line, (uintptr_t)fault->value);
    if (fault->object == 0) {
        guard_append(line, " (in no object)");
        return;
    }
    guard_append(line, " (");
    guard_append(line, fault->type);
    guard_append(line, ", +");
    guard_append_number(line, (uint32_t)(fault->value - fault->object));
    guard_append(line, ")");
}

static void append_end(char *line, const struct moat_fault *fault) {
    guard_append_address(line, (uintptr_t)fault->destination);
    guard_append(line, ", from ");
    guard_append_address(line, (uintptr_t)fault->pc);
    guard_append(line, "\n");
}

void guard_message(char *line, const char *word, const struct moat_fault *fault, const struct moat_region *region) {
    static const char *const kinds[] = {"undeclared", "c-owned", "peripheral", "flash", "static"};
    line[0] = '\0';
    guard_append(line, "\nmoat: ");
    guard_append(line, word);
    guard_append(line, " of heap pointer ");
    append_value(line, fault);
    guard_append(line, " into ");
    guard_append(line, kinds[region == NULL ? MOAT_REGION_UNKNOWN : region->kind]);
    guard_append(line, region == NULL ? " memory" : " region \"");
    guard_append(line, region == NULL ? "" : region->name);
    guard_append(line, region == NULL ? "" : "\"");
    guard_append(line, " at ");
    append_end(line, fault);
}

void guard_message_of(char *line, const char *what, const char *at, const struct moat_fault *fault) {
    line[0] = '\0';
    guard_append(line, "\nmoat: ");
    guard_append(line, what);
    append_value(line, fault);
    guard_append(line, at);
    append_end(line, fault);
}
