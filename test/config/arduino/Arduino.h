/* As much of Arduino as examples/builds/arduino uses, for QEMU's mps2-an385.
 *
 * SPDX-License-Identifier: MIT */
#ifndef ARDUINO_H
#define ARDUINO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
struct Serial_ {
    void begin(unsigned long) {
    }
    void write(const uint8_t *text, size_t length);
    void println(const char *text);
    void println(unsigned long number);
    void flush() {
    }
};
extern Serial_ Serial;
unsigned long micros();
void setup();
void loop();
#endif

#endif
