/* moat: configuration, its defaults and their validation.
 *
 * An option's value comes from, in this order: the compiler's command line (-D), a header named
 * moat_config.h anywhere on the include path, the default here. Core and application must see the same
 * values: every unit that includes moat.h defines one absolute symbol per option, so that two values of
 * one option do not link, and the linker's "multiple definition" names the option.
 *
 * SPDX-License-Identifier: MIT */
#ifndef MOAT_DEFAULTS_H
#define MOAT_DEFAULTS_H

#ifdef __has_include
#if __has_include(<moat_config.h>)
#include <moat_config.h>
#endif
#endif

/* MOAT_CONFIG_CHECK: how much the guard checks. Range 0..2.
 * 0: nothing; the guard is not compiled in. 1: arguments of API calls. 2: every store and copy as well.
 * Cost at 2: a few instructions a store (see docs/design.md, "Guard"). The default is the safe one. */
#ifndef MOAT_CONFIG_CHECK
#define MOAT_CONFIG_CHECK 2
#endif

/* MOAT_CONFIG_STRICT: 1 = a heap pointer may be stored in managed memory only; 0 = it may be stored
 * anywhere but in a declared foreign region. Range 0..1. No cost. */
#ifndef MOAT_CONFIG_STRICT
#define MOAT_CONFIG_STRICT 1
#endif

/* MOAT_CONFIG_ARENAS_MAX: arenas the heap can hold. Range 1..8. Cost: one word of RAM each. */
#ifndef MOAT_CONFIG_ARENAS_MAX
#define MOAT_CONFIG_ARENAS_MAX 4
#endif

/* MOAT_CONFIG_ROOTS_MAX: entries for roots added at run time. Range 1..1024. Cost: three words each. */
#ifndef MOAT_CONFIG_ROOTS_MAX
#define MOAT_CONFIG_ROOTS_MAX 8
#endif

/* MOAT_CONFIG_PINS_MAX: objects that can be pinned at once. Range 1..256. Cost: two words each; a pin,
 * an unpin and the check of a forbidden store search the table. */
#ifndef MOAT_CONFIG_PINS_MAX
#define MOAT_CONFIG_PINS_MAX 8
#endif

/* MOAT_CONFIG_HANDLES_MAX: handles that can be live at once. Range 1..256. Cost: two words each. */
#ifndef MOAT_CONFIG_HANDLES_MAX
#define MOAT_CONFIG_HANDLES_MAX 8
#endif

/* MOAT_CONFIG_BARRIER_ENTRIES: pointers the barrier buffer holds. Range 2..1024. Cost: one word each. A
 * full buffer is drained by the store that finds it full; 2 is the smallest and a stress setting. */
#ifndef MOAT_CONFIG_BARRIER_ENTRIES
#define MOAT_CONFIG_BARRIER_ENTRIES 16
#endif

/* MOAT_CONFIG_SLICE_UNITS: work units in one slice, the longest stretch with interrupts masked.
 * Range 1..1024. A unit is one slot, root, object, hole or bitmap word looked at: up to 60 instructions. One bitmap
 * word with its holes is swept whole, up to 21 units beyond the budget; the suite mask_longest measures the
 * stretch (about 1,400 instructions on a 32-bit core at 8 units). 1 is a stress setting. */
#ifndef MOAT_CONFIG_SLICE_UNITS
#define MOAT_CONFIG_SLICE_UNITS 8
#endif

/* MOAT_CONFIG_PACE: work units done for each granule allocated while a cycle runs, at least.
 * Range 1..64. More starts cycles later, so that there are fewer, and lengthens allocations while one runs
 * (docs/design.md, "Pacing"). */
#ifndef MOAT_CONFIG_PACE
#define MOAT_CONFIG_PACE 4
#endif

/* MOAT_CONFIG_MESSAGES: 1 = a refused call prints a line that says what, where and what to do;
 * 0 = it returns its code only. Range 0..1. Cost: about 1 KiB of text. */
#ifndef MOAT_CONFIG_MESSAGES
#define MOAT_CONFIG_MESSAGES 1
#endif

/* MOAT_CONFIG_SLICE_CLOCK: 1 = time each slice by moat_port_clock, for moat_stats.slice_clock_max. Range 0..1.
 * Cost: two readings of the clock a slice. */
#ifndef MOAT_CONFIG_SLICE_CLOCK
#define MOAT_CONFIG_SLICE_CLOCK 0
#endif

/* MOAT_CONFIG_STRESS_COLLECT: 1 = every allocation in thread mode runs a whole collection first. Range 0..1.
 * For tests: a pointer that the collector can't see is found at once. */
#ifndef MOAT_CONFIG_STRESS_COLLECT
#define MOAT_CONFIG_STRESS_COLLECT 0
#endif

/* MOAT_CONFIG_STRESS_FAIL: 1 = compile in moat_stress_fail(k), which makes the k-th allocation from now
 * fail as if memory had run out. Range 0..1. For tests. */
#ifndef MOAT_CONFIG_STRESS_FAIL
#define MOAT_CONFIG_STRESS_FAIL 0
#endif

#if MOAT_CONFIG_CHECK < 0 || MOAT_CONFIG_CHECK > 2
#error "MOAT_CONFIG_CHECK must be 0 (no guard), 1 (arguments) or 2 (every store): set it with -D or in moat_config.h"
#endif
#if MOAT_CONFIG_STRICT < 0 || MOAT_CONFIG_STRICT > 1
#error "MOAT_CONFIG_STRICT must be 1 (managed memory only) or 0 (declared regions only)"
#endif
#if MOAT_CONFIG_ARENAS_MAX < 1 || MOAT_CONFIG_ARENAS_MAX > 8
#error "MOAT_CONFIG_ARENAS_MAX must be 1..8 arenas"
#endif
#if MOAT_CONFIG_ROOTS_MAX < 1 || MOAT_CONFIG_ROOTS_MAX > 1024
#error "MOAT_CONFIG_ROOTS_MAX must be 1..1024 entries"
#endif
#if MOAT_CONFIG_PINS_MAX < 1 || MOAT_CONFIG_PINS_MAX > 256
#error "MOAT_CONFIG_PINS_MAX must be 1..256 objects"
#endif
#if MOAT_CONFIG_HANDLES_MAX < 1 || MOAT_CONFIG_HANDLES_MAX > 256
#error "MOAT_CONFIG_HANDLES_MAX must be 1..256 handles"
#endif
#if MOAT_CONFIG_BARRIER_ENTRIES < 2 || MOAT_CONFIG_BARRIER_ENTRIES > 1024
#error "MOAT_CONFIG_BARRIER_ENTRIES must be 2..1024 pointers: one store can need two entries"
#endif
#if MOAT_CONFIG_SLICE_UNITS < 1 || MOAT_CONFIG_SLICE_UNITS > 1024
#error "MOAT_CONFIG_SLICE_UNITS must be 1..1024 work units"
#endif
#if MOAT_CONFIG_PACE < 1 || MOAT_CONFIG_PACE > 64
#error "MOAT_CONFIG_PACE must be 1..64 work units a granule"
#endif
#if MOAT_CONFIG_MESSAGES < 0 || MOAT_CONFIG_MESSAGES > 1
#error "MOAT_CONFIG_MESSAGES must be 0 or 1"
#endif
#if MOAT_CONFIG_SLICE_CLOCK < 0 || MOAT_CONFIG_SLICE_CLOCK > 1
#error "MOAT_CONFIG_SLICE_CLOCK must be 0 or 1"
#endif
#if MOAT_CONFIG_STRESS_COLLECT < 0 || MOAT_CONFIG_STRESS_COLLECT > 1
#error "MOAT_CONFIG_STRESS_COLLECT must be 0 or 1"
#endif
#if MOAT_CONFIG_STRESS_FAIL < 0 || MOAT_CONFIG_STRESS_FAIL > 1
#error "MOAT_CONFIG_STRESS_FAIL must be 0 or 1"
#endif

/* One absolute symbol per option: equal values link, unequal ones are a multiple definition. A directive
 * and not a C object, since ld drops an unreferenced object with --gc-sections before it can disagree. */
#define MOAT_STAMP_TEXT_(value) #value
#define MOAT_STAMP_(option, value)                                                                       \
    __asm__(".globl moat_config_" #option "_must_match\n"                                                \
            ".set moat_config_" #option "_must_match, " MOAT_STAMP_TEXT_(value))

MOAT_STAMP_(CHECK, MOAT_CONFIG_CHECK);
MOAT_STAMP_(STRICT, MOAT_CONFIG_STRICT);
MOAT_STAMP_(ARENAS_MAX, MOAT_CONFIG_ARENAS_MAX);
MOAT_STAMP_(ROOTS_MAX, MOAT_CONFIG_ROOTS_MAX);
MOAT_STAMP_(PINS_MAX, MOAT_CONFIG_PINS_MAX);
MOAT_STAMP_(HANDLES_MAX, MOAT_CONFIG_HANDLES_MAX);
MOAT_STAMP_(BARRIER_ENTRIES, MOAT_CONFIG_BARRIER_ENTRIES);
MOAT_STAMP_(SLICE_UNITS, MOAT_CONFIG_SLICE_UNITS);
MOAT_STAMP_(PACE, MOAT_CONFIG_PACE);
MOAT_STAMP_(MESSAGES, MOAT_CONFIG_MESSAGES);
MOAT_STAMP_(SLICE_CLOCK, MOAT_CONFIG_SLICE_CLOCK);
MOAT_STAMP_(STRESS_COLLECT, MOAT_CONFIG_STRESS_COLLECT);
MOAT_STAMP_(STRESS_FAIL, MOAT_CONFIG_STRESS_FAIL);

#endif
