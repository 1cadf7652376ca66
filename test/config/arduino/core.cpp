/* Start and console of a sketch on QEMU's mps2-an385, which runs loop twice, and the symbols that Arduino's linker
 * scripts have.
 *
 * SPDX-License-Identifier: MIT */
#include "Arduino.h"

extern "C" {
extern uint32_t data_load[], data_start[], data_end[], bss_start[], bss_end[];
extern char board_stack_high[];
}

Serial_ Serial;

static volatile uint32_t &at(uintptr_t address) {
    return *reinterpret_cast<volatile uint32_t *>(address);
}

void Serial_::write(const uint8_t *text, size_t length) {
    at(0x40004008u) = 1; /* the transmitter is on */
    for (size_t i = 0; i < length; i++) {
        at(0x40004000u) = text[i];
    }
}

void Serial_::println(const char *text) {
    const char *end = text;
    while (*end != '\0') {
        end++;
    }
    write(reinterpret_cast<const uint8_t *>(text), size_t(end - text));
    write(reinterpret_cast<const uint8_t *>("\n"), 1);
}

void Serial_::println(unsigned long number) {
    char digits[11];
    char *first = digits + 10;
    *first = '\0';
    do {
        *--first = char('0' + number % 10);
        number /= 10;
    } while (number != 0);
    println(first);
}

unsigned long micros() {
    return 0;
}

static void end(int status) {
    uint32_t block[2] = {0x20026u, uint32_t(status)}; /* the application's exit */
    register uint32_t operation __asm__("r0") = 0x20u;
    register uint32_t *argument __asm__("r1") = block;
    __asm__ volatile("bkpt 0xab" : : "r"(operation), "r"(argument) : "memory");
}

static void start() {
    const uint32_t *from = data_load;
    for (volatile uint32_t *to = data_start; to < data_end; to++) {
        *to = *from++;
    }
    for (volatile uint32_t *to = bss_start; to < bss_end; to++) {
        *to = 0;
    }
    setup();
    loop();
    loop();
    end(0);
}

static void fault() {
    end(3);
}

typedef void (*vector)();
__attribute__((section(".start"), used)) static const vector vectors[] = {reinterpret_cast<vector>(board_stack_high),
                                                                          start, fault, fault};
