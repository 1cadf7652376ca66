/* The cases of a port's self-test that need no boot of their own, and its run over the console.
 *
 * SPDX-License-Identifier: MIT */
#ifndef TEST_PORT_CASES_H
#define TEST_PORT_CASES_H

#include <stdint.h>

void clock_counts_instructions(void);
void timer_hits_each_instruction_once(void);
void masks_nest(void);
void the_mask_can_be_read(void);
void mask_returns_what_was(void);
void handlers_are_known_and_have_their_stack(void);
void interrupted_stack_is_known(void);
void spill_leaves_each_register_on_the_stack(void);
void registers_are_written_by_number(void);
void calls_are_told_from_other_code(void);
void clear_clears_four_words(void);
void clear_many_clears_eights(void);
void boot_is_described(void);

/* Receives bytes of a known sequence: test/port/console.py sends them. Returns how many arrived in order. */
uint32_t port_console_receive(uint32_t bytes);

#endif
