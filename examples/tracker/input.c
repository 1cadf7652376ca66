/* tracker: where sentences come from. See input.h.
 *
 * SPDX-License-Identifier: MIT */
#include "input.h"

#include "generate.h"
#include "text.h"

#include <bsp.h>

#include <stddef.h>
#include <stdint.h>

#define END_OF_TRANSMISSION 0x04
#define ARGUMENTS_BYTES 256
#define BLOCK_BYTES 512

enum source { SOURCE_UART, SOURCE_FILE, SOURCE_GENERATED };

static struct {
    enum source source;
    bool messages;
    uint32_t dump_every; /* sentences */
    bool trace;
    bool answers;
    uint32_t generated; /* lines still to come */
    uint32_t seed;
    int file;
    uint32_t at;    /* next byte in the block */
    uint32_t bytes; /* in the block */
    char block[BLOCK_BYTES];
} input;

static char arguments[ARGUMENTS_BYTES];

/* The rest of `word` after `prefix`, or NULL if it does not begin so. */
static const char *after(const char *word, const char *prefix) {
    while (*prefix != '\0') {
        if (*word++ != *prefix++) {
            return NULL;
        }
    }
    return word;
}

static bool same(const char *word, const char *other) {
    const char *rest = after(word, other);
    return rest != NULL && *rest == '\0';
}

static bool read_number(const char *digits, uint32_t *out) {
    uint32_t value = 0;
    if (*digits == '\0') {
        return false;
    }
    for (; *digits != '\0'; digits++) {
        uint32_t digit = (uint32_t)(*digits - '0');
        if (digit > 9 || value > (INT32_MAX - digit) / 10) {
            return false;
        }
        value = value * 10 + digit;
    }
    *out = value;
    return true;
}

static bool open_file(const char *name) {
    input.source = SOURCE_FILE;
    input.file = bsp_file_open(name);
    if (input.file < 0) {
        text_string("tracker: can't open the file of the argument file=");
        text_string(name);
        text_string(": is it there, and is semihosting on?\n");
    }
    return input.file >= 0;
}

static bool take(const char *word) {
    const char *value;
    if (same(word, "uart")) {
        input.source = SOURCE_UART;
        return true;
    }
    if (same(word, "messages")) {
        input.messages = true;
        return true;
    }
    if (same(word, "trace")) {
        input.trace = true;
        return true;
    }
    if (same(word, "answers")) {
        input.answers = true;
        return true;
    }
    if ((value = after(word, "file=")) != NULL) {
        return open_file(value);
    }
    if ((value = after(word, "generated=")) != NULL && read_number(value, &input.generated)) {
        input.source = SOURCE_GENERATED;
        return true;
    }
    if ((value = after(word, "seed=")) != NULL && read_number(value, &input.seed)) {
        return true;
    }
    if ((value = after(word, "dump=")) != NULL && read_number(value, &input.dump_every) && input.dump_every > 0) {
        return true;
    }
    text_string("tracker: argument not understood: ");
    text_string(word);
    text_string("; give uart, file=NAME, generated=N, seed=S, messages, dump=N, trace, answers\n");
    return false;
}

bool input_open(void) {
    input.seed = 1;
    if (bsp_command_line(arguments, sizeof arguments) < 0) {
        arguments[0] = '\0';
    }
    char *at = arguments;
    while (*at != '\0') {
        char *word = at;
        while (*at != '\0' && *at != ' ') {
            at++;
        }
        if (*at == ' ') {
            *at++ = '\0';
        }
        if (*word != '\0' && !take(word)) {
            return false;
        }
    }
    if (input.source == SOURCE_GENERATED) {
        generate_start(input.seed);
    }
    return true;
}

bool input_wants_messages(void) {
    return input.messages;
}

uint32_t input_dump_every(void) {
    return input.dump_every;
}

bool input_wants_trace(void) {
    return input.trace;
}

bool input_wants_answers(void) {
    return input.answers;
}

static void next_block(void) {
    input.at = 0;
    input.bytes = 0;
    if (input.source == SOURCE_FILE) {
        int got = bsp_file_read(input.file, input.block, sizeof input.block);
        input.bytes = got > 0 ? (uint32_t)got : 0;
    } else if (input.generated > 0) {
        input.generated--;
        input.bytes = generate_line(input.block);
    }
}

int input_next(void) {
    if (input.source == SOURCE_UART) {
        int byte = bsp_getchar();
        return byte == END_OF_TRANSMISSION ? INPUT_END : byte < 0 ? INPUT_NOTHING : byte;
    }
    if (input.at == input.bytes) {
        next_block();
    }
    return input.bytes == 0 ? INPUT_END : (uint8_t)input.block[input.at++];
}
