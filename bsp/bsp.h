/* moat: the interface of a board, the same on every one. Firmware and tests use it; core does not know it.
 *
 * Start-up leaves the console ready for polled output and interrupts masked, then calls main(). The value that main
 * returns becomes the exit status.
 *
 * Instructions are the unit of time. On the QEMU boards, run with the -icount of their .mk file, they are guest
 * instructions, counted exactly; time spent in wfi counts as if instructions had run. On the host one instruction
 * stands for one nanosecond of the process's time.
 *
 * SPDX-License-Identifier: MIT */
#ifndef MOAT_BSP_H
#define MOAT_BSP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Enables the console's input and opens interrupts. Call it first in main, once. */
void bsp_init(void);

/* ---- console ---- */

/* The next byte received, or -1 if none is waiting. Context: thread. */
int bsp_getchar(void);

/* How often the UART lost input since bsp_init. A full ring is no loss: the UART then holds on to its bytes until
 * bsp_getchar has made room. Context: any. */
unsigned bsp_rx_overruns(void);

/* Writes bytes to the console, by polling. Context: any. */
void bsp_write(const char *text, size_t bytes);

/* ---- ends ---- */

/* Ends the run with an exit status of 0..255. Context: any. */
_Noreturn void bsp_exit(int status);

/* Resets the board. Retained RAM (.noinit.moat_*) keeps its contents. Context: any; on the host, thread. */
_Noreturn void bsp_reset(void);

/* Power-up is 1, each reset adds one. Context: any. */
uint32_t bsp_boot_count(void);

enum bsp_trap_action {
    BSP_TRAP_EXIT,  /* end the run with status BSP_TRAP_STATUS: the default */
    BSP_TRAP_RESET, /* reset the board, as a product would */
};

#define BSP_TRAP_STATUS 3

/* Sets what a trap ends in, once the fault is recorded. A fault while a trap is being taken always exits. */
void bsp_on_trap(enum bsp_trap_action action);

/* ---- time and interrupts ---- */

/* A free-running count of instructions; wraps at 2^32. Context: any. */
uint32_t bsp_instructions(void);

/* How many of them are a second; 0 where that says nothing, as under QEMU's -icount. Context: any. */
uint32_t bsp_instructions_hz(void);

/* Milliseconds since some moment before main; wraps at 2^32. Context: any. */
uint32_t bsp_milliseconds(void);

/* Calls handler in interrupt context when `instructions` (1 .. 100 million) have run after the timer was started,
 * which is a fixed number of instructions after the call; if periodic, again after every `instructions`. Replaces
 * what was started before. A count that is over before the call returns is due then. The host rounds up to a
 * microsecond, and a period to 50. Context: thread, or the handler itself. */
void bsp_timer_start(uint32_t instructions, bool periodic, void (*handler)(void));

/* Stops the timer; its handler is not called after this returns. Context: thread, or the handler itself. */
void bsp_timer_stop(void);

/* Pends an interrupt that calls handler as soon as interrupts are open, before this returns if they are. One can
 * be pending; another call replaces its handler. Context: any. */
void bsp_interrupt(void (*handler)(void));

/* ---- the developer's computer ---- */

/* Copies the run's arguments, without the program's name, as a string cut to `bytes`. Returns its length, or -1 if
 * there is no way to ask. Context: thread. */
int bsp_command_line(char *buffer, size_t bytes);

/* Opens a file of the computer for reading. Returns a file number, or -1. Context: thread. */
int bsp_file_open(const char *name);

/* Reads up to `bytes` bytes. Returns how many, 0 at the end, or -1. Context: thread. */
int bsp_file_read(int file, void *buffer, size_t bytes);

/* Closes it. Context: thread. */
void bsp_file_close(int file);

#endif
