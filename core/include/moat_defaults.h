/* moat: configuration, its defaults and their validation.
 *
 * The value of an option comes from the first of these that has one: the compiler's command line (-D), a header named
 * moat_config.h anywhere on the include path, the default here. Core and application must see the same values. So every
 * unit that includes moat.h defines one absolute symbol for each option. Two values of one option do not link, and the
 * linker's "multiple definition" names the option.
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
 * 0: nothing; the guard is not compiled in.
 * 1: arguments and results of calls that go through MOAT_CALL and MOAT_RETURN, and the headers and holes that core
 * reads. Cost of the latter: 22 to 30 % of an allocation (docs/design.md, "Memory that is written over").
 * 2: every store and copy as well. Cost: a few instructions for each store (docs/design.md, "Guard").
 * The default is the safe one. */
#ifndef MOAT_CONFIG_CHECK
#define MOAT_CONFIG_CHECK 2
#endif

/* MOAT_CONFIG_STRICT: 1 = a heap pointer may be stored in managed memory only; 0 = it may be stored
 * anywhere but in a declared foreign region. Range 0..1. No cost. */
#ifndef MOAT_CONFIG_STRICT
#define MOAT_CONFIG_STRICT 1
#endif

/* MOAT_CONFIG_CHECK_SLOTS: 1 = a store of a heap pointer to a word of the heap or of a root that no type names as a
 * slot traps. Range 0..1; 1 needs MOAT_CONFIG_CHECK 2. Cost: each store of a pointer looks its slot's object up. */
#ifndef MOAT_CONFIG_CHECK_SLOTS
#define MOAT_CONFIG_CHECK_SLOTS 0
#endif

/* MOAT_CONFIG_CHECK_BARRIER: 1 = when marking ends, every slot is looked at once more. If a slot leads to an object
 * that marking has not found, the slot was written without a macro, or its value came from a slot that was. This traps
 * (MOAT_FAULT_RAW_STORE). Cycles follow each other without a pause, so that most raw stores happen while one marks.
 * Range 0..1. For tests. Cost: each cycle stops once for the whole heap, interrupts masked, some 40 instructions a slot
 * and 25 an object; allocations do the collector's work all the time. */
#ifndef MOAT_CONFIG_CHECK_BARRIER
#define MOAT_CONFIG_CHECK_BARRIER 0
#endif

/* MOAT_CONFIG_AUDIT: words of C-owned memory that moat_audit looks at after each slice, one audit in each cycle.
 * Findings are printed. Range 0..65536; 0 = none. Cost: about 24 instructions a word, interrupts on. */
#ifndef MOAT_CONFIG_AUDIT
#define MOAT_CONFIG_AUDIT 0
#endif

/* MOAT_CONFIG_AUDIT_STATIC: 1 = the audit also looks at the regions of ordinary .data and .bss (MOAT_REGION_STATIC),
 * except for memory that is managed or core's own. So it finds pointers in a variable that has no region, and in one
 * that should be a MOAT_ROOT. Range 0..1. Cost: the audit of these words. */
#ifndef MOAT_CONFIG_AUDIT_STATIC
#define MOAT_CONFIG_AUDIT_STATIC 0
#endif

/* MOAT_CONFIG_LINKER_SCRIPT: 1 = the linker script includes moat's fragments (linker/moat_*.ld). 0 = the linker script
 * knows nothing of moat: moat's tables lie in sections whose bounds ld supplies by itself, and moat_init_with starts
 * the heap. docs/no-script.md says what that gives up. Range 0..1. Cost of 0: objects without slots are marked as those
 * with slots are; types that nothing refers to stay in flash. */
#ifndef MOAT_CONFIG_LINKER_SCRIPT
#define MOAT_CONFIG_LINKER_SCRIPT 1
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

/* MOAT_CONFIG_DMA_LINE: bytes in a line of the data cache, for moat_dma.h. Objects of MOAT_NEW_DMA share no line, and
 * the firmware supplies moat_dma_cache_clean and _drop. 0 = there is no data cache. Range 0, or a power of two of
 * 16..256. Cost: up to a line and 3 words in each such object. */
#ifndef MOAT_CONFIG_DMA_LINE
#define MOAT_CONFIG_DMA_LINE 0
#endif

/* MOAT_CONFIG_SLICE_UNITS: work units in one slice. A slice runs with interrupts masked. Range 1..1024. A unit is about
 * 12 instructions of a 32-bit core, and a slice's begin and end come on top (`make bench BENCH=slices` measures the
 * stretch). 1 is a stress setting. */
#ifndef MOAT_CONFIG_SLICE_UNITS
#define MOAT_CONFIG_SLICE_UNITS 30
#endif

/* MOAT_CONFIG_PACE: the least number of work units that each allocation does while a cycle runs, in slices. Range
 * 1..1024. With a higher number cycles start later, so there are fewer, but allocations while one runs take longer
 * (docs/pacing.md). */
#ifndef MOAT_CONFIG_PACE
#define MOAT_CONFIG_PACE 131
#endif

/* MOAT_CONFIG_MESSAGES: 1 = a refused call prints a line that says what, where and what to do, if the texts are linked
 * (MOAT_USE_MESSAGES of moat.h); 0 = it returns its code only. Range 0..1. Cost: some 20 bytes, and the texts. */
#ifndef MOAT_CONFIG_MESSAGES
#define MOAT_CONFIG_MESSAGES 1
#endif

/* MOAT_CONFIG_BOARD_IN_HANDLER: 1 = the firmware's moat_board_in_handler says whether a handler runs
 * (port/port_board.h). This is needed if traps enter at a function of the firmware and the CPU has no register that
 * tells. A port that has such a register does not ask. 0 = the port's own entry of traps notes it. Range 0..1. */
#ifndef MOAT_CONFIG_BOARD_IN_HANDLER
#define MOAT_CONFIG_BOARD_IN_HANDLER 0
#endif

/* MOAT_CONFIG_TASKS: 1 = tasks may be preempted, inside moat too, by others that use it (moat_task.h). The firmware is
 * compiled with -Iport/FAMILY then. 0 = one task is inside moat at a time, and a second one traps. Range 0..1. Cost:
 * each store, clear and initialisation of a slot masks interrupts, three instructions; a copy masks them for each word;
 * some 1.8 KB of code if all of core is linked. */
#ifndef MOAT_CONFIG_TASKS
#define MOAT_CONFIG_TASKS 0
#endif

/* MOAT_CONFIG_BASEPRI: how core masks interrupts on a CPU that can mask by priority (docs/porting.md). 0 = all
 * interrupts. Else those of this priority, and of less urgent ones, as the CPU's register holds it (with 3 bits: 32, 64
 * ... 224). More urgent interrupts are never held up by moat then, and must not use it: with CHECK1 and 2 that traps
 * (MOAT_FAULT_UNMASKED). Range 0..255. No cost. */
#ifndef MOAT_CONFIG_BASEPRI
#define MOAT_CONFIG_BASEPRI 0
#endif

/* MOAT_CONFIG_SLICE_CLOCK: 1 = each slice is timed by moat_port_clock, for moat_stats.slice_clock_max and
 * moat_utilisation_get. Range 0..1. Cost: two readings of the clock and some hundred instructions for each slice, 600
 * bytes of RAM. */
#ifndef MOAT_CONFIG_SLICE_CLOCK
#define MOAT_CONFIG_SLICE_CLOCK 0
#endif

/* MOAT_CONFIG_EVENTS: how many events of the collector are kept, with their times. Range 0..4096; 0 = none, and no
 * code. The last 16 go into a fault record, and moat_trace_print prints all of them. Cost: 12 bytes of RAM for each; at
 * each slice and each slow allocation two calls of some 60 instructions, which read the clock (docs/trace.md); and free
 * memory is counted as it is taken and swept. */
#ifndef MOAT_CONFIG_EVENTS
#define MOAT_CONFIG_EVENTS 0
#endif

/* MOAT_CONFIG_FAULT_RECORDS: fault records kept over resets: the first, and the newest others. Range 2..32.
 * Cost: about 450 bytes of retained RAM each (600 on 64-bit cores), and the slice of the stack. Only firmware that can
 * raise a fault pays it. */
#ifndef MOAT_CONFIG_FAULT_RECORDS
#define MOAT_CONFIG_FAULT_RECORDS 3
#endif

/* MOAT_CONFIG_FAULT_STACK_WORDS: words of the stack that a fault record has room for. Range 0..2048. Cost: a word of
 * retained RAM each, in each record. 8 to 20 words are a frame. */
#ifndef MOAT_CONFIG_FAULT_STACK_WORDS
#define MOAT_CONFIG_FAULT_STACK_WORDS 192
#endif

/* MOAT_CONFIG_ASSERT: 1 = core checks what its parts rely on: that interrupts are masked, that the phase is right, that
 * a value is a granule or a header before it is used as one. If not, it traps with a fault record that names file and
 * line. 0 = no code. Range 0..1. For tests. Cost: some instructions in most of core's functions, 2 KB of code and the
 * fault log, whatever MOAT_CONFIG_MESSAGES is. File names are as the compiler was given them: -fmacro-prefix-map
 * shortens them. */
#ifndef MOAT_CONFIG_ASSERT
#define MOAT_CONFIG_ASSERT 0
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
#if MOAT_CONFIG_CHECK_SLOTS < 0 || MOAT_CONFIG_CHECK_SLOTS > (MOAT_CONFIG_CHECK == 2)
#error "MOAT_CONFIG_CHECK_SLOTS must be 0 or 1, and 1 needs MOAT_CONFIG_CHECK 2"
#endif
#if MOAT_CONFIG_CHECK_BARRIER < 0 || MOAT_CONFIG_CHECK_BARRIER > 1
#error "MOAT_CONFIG_CHECK_BARRIER must be 0 or 1"
#endif
#if MOAT_CONFIG_AUDIT < 0 || MOAT_CONFIG_AUDIT > 65536
#error "MOAT_CONFIG_AUDIT must be 0..65536 words a slice"
#endif
#if MOAT_CONFIG_AUDIT_STATIC < 0 || MOAT_CONFIG_AUDIT_STATIC > 1
#error "MOAT_CONFIG_AUDIT_STATIC must be 0 or 1"
#endif
#if MOAT_CONFIG_LINKER_SCRIPT < 0 || MOAT_CONFIG_LINKER_SCRIPT > 1
#error "MOAT_CONFIG_LINKER_SCRIPT must be 0 or 1"
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
#if MOAT_CONFIG_DMA_LINE != 0 && (MOAT_CONFIG_DMA_LINE < 16 || MOAT_CONFIG_DMA_LINE > 256 ||                           \
                                  (MOAT_CONFIG_DMA_LINE & (MOAT_CONFIG_DMA_LINE - 1)) != 0)
#error "MOAT_CONFIG_DMA_LINE must be 0 (no data cache) or a power of two of 16..256 bytes"
#endif
#if MOAT_CONFIG_SLICE_UNITS < 1 || MOAT_CONFIG_SLICE_UNITS > 1024
#error "MOAT_CONFIG_SLICE_UNITS must be 1..1024 work units"
#endif
#if MOAT_CONFIG_PACE < 1 || MOAT_CONFIG_PACE > 1024
#error "MOAT_CONFIG_PACE must be 1..1024 work units an allocation"
#endif
#if MOAT_CONFIG_MESSAGES < 0 || MOAT_CONFIG_MESSAGES > 1
#error "MOAT_CONFIG_MESSAGES must be 0 or 1"
#endif
#if MOAT_CONFIG_BOARD_IN_HANDLER < 0 || MOAT_CONFIG_BOARD_IN_HANDLER > 1
#error "MOAT_CONFIG_BOARD_IN_HANDLER must be 0 or 1"
#endif
#if MOAT_CONFIG_TASKS < 0 || MOAT_CONFIG_TASKS > 1
#error "MOAT_CONFIG_TASKS must be 0 or 1"
#endif
#if MOAT_CONFIG_BASEPRI < 0 || MOAT_CONFIG_BASEPRI > 255
#error "MOAT_CONFIG_BASEPRI must be 0 or a priority of 1..255"
#endif
#if MOAT_CONFIG_SLICE_CLOCK < 0 || MOAT_CONFIG_SLICE_CLOCK > 1
#error "MOAT_CONFIG_SLICE_CLOCK must be 0 or 1"
#endif
#if MOAT_CONFIG_EVENTS < 0 || MOAT_CONFIG_EVENTS > 4096
#error "MOAT_CONFIG_EVENTS must be 0..4096 events"
#endif
#if MOAT_CONFIG_FAULT_RECORDS < 2 || MOAT_CONFIG_FAULT_RECORDS > 32
#error "MOAT_CONFIG_FAULT_RECORDS must be 2..32 records: the first is kept, the others take turns"
#endif
#if MOAT_CONFIG_FAULT_STACK_WORDS < 0 || MOAT_CONFIG_FAULT_STACK_WORDS > 2048
#error "MOAT_CONFIG_FAULT_STACK_WORDS must be 0..2048 words"
#endif
#if MOAT_CONFIG_ASSERT < 0 || MOAT_CONFIG_ASSERT > 1
#error "MOAT_CONFIG_ASSERT must be 0 or 1"
#endif
#if MOAT_CONFIG_STRESS_COLLECT < 0 || MOAT_CONFIG_STRESS_COLLECT > 1
#error "MOAT_CONFIG_STRESS_COLLECT must be 0 or 1"
#endif
#if MOAT_CONFIG_STRESS_FAIL < 0 || MOAT_CONFIG_STRESS_FAIL > 1
#error "MOAT_CONFIG_STRESS_FAIL must be 0 or 1"
#endif

/* One absolute symbol per option: equal values link, unequal ones are a multiple definition. A directive
 * and not a C object, since ld drops an unreferenced object with --gc-sections before it can disagree. Link-time
 * optimisation has the units assembled as one: there the assembler compares. */
#define MOAT_STAMP_TEXT_(value) #value
#define MOAT_STAMP_(option, value) MOAT_STAMP_NAMED_("moat_config_" #option "_must_match", value)
#define MOAT_STAMP_NAMED_(name, value)                                                                                 \
    __asm__(".ifdef " name "\n.if " name " - " MOAT_STAMP_TEXT_(value) "\n.error \"" name "\"\n.endif\n.endif\n"       \
                                                                       ".globl " name "\n.set " name                   \
                                                                       ", " MOAT_STAMP_TEXT_(value))

MOAT_STAMP_(CHECK, MOAT_CONFIG_CHECK);
MOAT_STAMP_(STRICT, MOAT_CONFIG_STRICT);
MOAT_STAMP_(CHECK_SLOTS, MOAT_CONFIG_CHECK_SLOTS);
MOAT_STAMP_(CHECK_BARRIER, MOAT_CONFIG_CHECK_BARRIER);
MOAT_STAMP_(AUDIT, MOAT_CONFIG_AUDIT);
MOAT_STAMP_(AUDIT_STATIC, MOAT_CONFIG_AUDIT_STATIC);
MOAT_STAMP_(LINKER_SCRIPT, MOAT_CONFIG_LINKER_SCRIPT);
MOAT_STAMP_(ARENAS_MAX, MOAT_CONFIG_ARENAS_MAX);
MOAT_STAMP_(ROOTS_MAX, MOAT_CONFIG_ROOTS_MAX);
MOAT_STAMP_(PINS_MAX, MOAT_CONFIG_PINS_MAX);
MOAT_STAMP_(HANDLES_MAX, MOAT_CONFIG_HANDLES_MAX);
MOAT_STAMP_(DMA_LINE, MOAT_CONFIG_DMA_LINE);
MOAT_STAMP_(SLICE_UNITS, MOAT_CONFIG_SLICE_UNITS);
MOAT_STAMP_(PACE, MOAT_CONFIG_PACE);
MOAT_STAMP_(MESSAGES, MOAT_CONFIG_MESSAGES);
MOAT_STAMP_(BOARD_IN_HANDLER, MOAT_CONFIG_BOARD_IN_HANDLER);
MOAT_STAMP_(TASKS, MOAT_CONFIG_TASKS);
MOAT_STAMP_(BASEPRI, MOAT_CONFIG_BASEPRI);
MOAT_STAMP_(SLICE_CLOCK, MOAT_CONFIG_SLICE_CLOCK);
MOAT_STAMP_(EVENTS, MOAT_CONFIG_EVENTS);
MOAT_STAMP_(FAULT_RECORDS, MOAT_CONFIG_FAULT_RECORDS);
MOAT_STAMP_(FAULT_STACK_WORDS, MOAT_CONFIG_FAULT_STACK_WORDS);
MOAT_STAMP_(ASSERT, MOAT_CONFIG_ASSERT);
MOAT_STAMP_(STRESS_COLLECT, MOAT_CONFIG_STRESS_COLLECT);
MOAT_STAMP_(STRESS_FAIL, MOAT_CONFIG_STRESS_FAIL);

#endif
