/* The functions that moat asks of a board (port/port_board.h), for QEMU's mps2-an385 and riscv32 virt, and the
 * program's start. vendor.ld is as a chip's maker ships it.
 *
 * SPDX-License-Identifier: MIT */
#include "board.h"

#include <moat.h>
#if __has_include(<port_board.h>) /* where moat is one file, moat.h has it */
#include <port_board.h>
#endif

#include <stdint.h>

extern uint32_t data_load[], data_start[], data_end[], bss_start[], bss_end[];
int main(void);

#ifdef __riscv
#define REGISTER(address) (*(volatile uint32_t *)(uintptr_t)(address))

static void put(char c) {
    *(volatile uint8_t *)0x10000000u = (uint8_t)c;
}

static _Noreturn void end(int status) {
    for (;;) {
        REGISTER(0x100000u) = status == 0 ? 0x5555u : (uint32_t)status << 16 | 0x3333u;
    }
}

/* This firmware has no handlers: see MOAT_CONFIG_BOARD_IN_HANDLER. */
bool moat_board_in_handler(void) {
    return false;
}
#else
#define REGISTER(address) (*(volatile uint32_t *)(address))

static void put(char c) {
    REGISTER(0x40004008u) = 1; /* the transmitter is on */
    REGISTER(0x40004000u) = (uint32_t)c;
}

static _Noreturn void end(int status) {
    uint32_t block[2] = {0x20026u, (uint32_t)status}; /* the application's exit */
    register uint32_t operation __asm__("r0") = 0x20u;
    register uint32_t *argument __asm__("r1") = block;
    __asm__ volatile("bkpt 0xab" : : "r"(operation), "r"(argument) : "memory");
    for (;;) {
    }
}
#endif

void board_print(const char *text) {
    while (*text != '\0') {
        put(*text++);
    }
}

void moat_board_write(const char *text, size_t length) {
    for (size_t i = 0; i < length; i++) {
        put(text[i]);
    }
}

_Noreturn void moat_board_trap_end(bool again) {
    end(again ? 4 : 3);
}

void moat_board_boot(struct moat_port_boot *out) {
    (void)out;
}

uint32_t moat_board_clock(void) {
    return 0;
}

bool moat_board_interrupt(uintptr_t line) {
    (void)line;
    return false;
}

_Noreturn void board_start(void) {
    const uint32_t *from = data_load;
    for (volatile uint32_t *to = data_start; to < data_end; to++) {
        *to = *from++;
    }
    for (volatile uint32_t *to = bss_start; to < bss_end; to++) {
        *to = 0;
    }
    end(main());
}

#ifdef __riscv
__asm__(".pushsection .start, \"ax\"\n.globl board_reset\nboard_reset:\n la sp, board_stack_high\n j board_start\n"
        ".popsection");
#else
/* A trap of moat's ends in a HardFault here: this table has no more handlers. */
static _Noreturn void fault(void) {
    end(3);
}

__attribute__((section(".start"), used)) static const uintptr_t vectors[] = {
    (uintptr_t)board_stack_high,
    (uintptr_t)board_start,
    (uintptr_t)fault,
    (uintptr_t)fault,
};
#endif
