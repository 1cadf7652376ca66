/* moat: the fault log: records of what ended a run. They are kept in RAM that start-up does not clear, and in a sink of
 * the firmware if it sets one.
 *
 * Layout 2, little endian. It is the same on 32- and 64-bit cores, except for the words at the end of a record.
 * docs/fault-record.md specifies it byte by byte for the decoder, `moat fault`.
 *
 * SPDX-License-Identifier: MIT */
#ifndef MOAT_FAULT_H
#define MOAT_FAULT_H

#include "moat_compiler.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

MOAT_C_BEGIN_

#define MOAT_FAULT_MAGIC 0x74616f6du /* "moat" */
#define MOAT_FAULT_LAYOUT 2u         /* of the record */
#define MOAT_FAULT_NAME_BYTES 24     /* longest name kept, its closing 0 included; a longer one is cut */
#define MOAT_FAULT_CALLERS_MAX 8     /* likely return addresses in a record */
#define MOAT_FAULT_EVENTS_MAX 16     /* events in a record */
#define MOAT_FAULT_STACKS 2          /* slices of stacks in a record */

enum moat_fault_kind {
    MOAT_FAULT_NONE = 0,
    MOAT_FAULT_STORE = 1,          /* CHECK2: store of a heap pointer outside managed memory */
    MOAT_FAULT_COPY = 2,           /* CHECK2: typed copy of a heap pointer outside managed memory */
    MOAT_FAULT_EXCEPTION = 3,      /* the CPU: cause and detail are the port's */
    MOAT_FAULT_CORRUPT = 4,        /* a broken invariant, found by core or moat_heap_check: cause is its number */
    MOAT_FAULT_ASSERT = 5,         /* firmware called moat_fault_assert */
    MOAT_FAULT_STACK = 6,          /* a CPU exception, at or a little below the end of a stack */
    MOAT_FAULT_MEMORY = 7,         /* moat_fault_out_of_memory: value is the number of bytes asked for */
    MOAT_FAULT_WATCHDOG = 8,       /* the board called moat_fault_watchdog */
    MOAT_FAULT_NESTED = 9,         /* a fault while another was being recorded or printed */
    MOAT_FAULT_ARGUMENT = 10,      /* CHECK1: an argument of MOAT_CALL leads to a heap pointer, held at `destination` */
    MOAT_FAULT_RESULT = 11,        /* CHECK1: the value of MOAT_RETURN is a heap pointer or leads to one */
    MOAT_FAULT_BARRIER = 12,       /* CHECK2: an untyped copy or clear over the slot `value` bypassed the barrier */
    MOAT_FAULT_SLOT = 13,          /* CHECK_SLOTS: store of a heap pointer to a word that is not a slot of its object */
    MOAT_FAULT_UNKNOWN_STACK = 14, /* an allocation or a collection on a stack that no scan knows */
    MOAT_FAULT_SECOND_TASK = 15, /* a second task entered moat: `destination` is the stack pointer of the one inside */
    MOAT_FAULT_CORE_ASSERT = 16, /* MOAT_CONFIG_ASSERT: an assertion of core's, in file `region`, line `cause` */
    MOAT_FAULT_RAW_STORE = 17, /* CHECK_BARRIER: the slot `value` leads to an object that no store told of: `detail` */
    MOAT_FAULT_UNMASKED = 18,  /* CHECK1: moat was used in a handler that its mask does not keep out */
    MOAT_FAULT_MASKED_WAIT = 19, /* CHECK1, TASKS: a task had to wait for another with interrupts masked */
};

/* Bits of moat_fault.state. */
#define MOAT_FAULT_PHASE_MASK 0x3u /* enum moat_phase */
#define MOAT_FAULT_CHECK_SHIFT 2   /* two bits: MOAT_CONFIG_CHECK */
#define MOAT_FAULT_IN_HANDLER 0x10u

enum moat_reset_cause {
    MOAT_RESET_UNKNOWN = 0,
    MOAT_RESET_POWER = 1,    /* power-up */
    MOAT_RESET_SOFTWARE = 2, /* the firmware asked for it, after a fault for example */
    MOAT_RESET_WATCHDOG = 3,
    MOAT_RESET_PIN = 4,
    MOAT_RESET_BROWNOUT = 5,
};

/* A record is this struct, then words of the core that faulted, the events, the slices of the stacks, and last the
 * CRC-32 (IEEE) of all bytes before it. A field that does not apply is 0. */
struct moat_fault {
    uint32_t magic;
    uint16_t layout;
    uint16_t bytes;                          /* of the whole record, its CRC included */
    uint32_t sequence;                       /* 1 for the first fault; counts on over resets */
    uint32_t kind;                           /* enum moat_fault_kind */
    uint32_t state;                          /* phase, CHECK level, in a handler */
    uint32_t region_kind;                    /* enum moat_region_kind of the destination */
    uint64_t pc;                             /* address after the call that failed, or of the faulting instruction */
    uint64_t value;                          /* what was stored; memory: bytes asked for */
    uint64_t object;                         /* start of the object that `value` points into, or 0 */
    uint64_t destination;                    /* where it was stored, or the address that faulted */
    uint64_t cause;                          /* exception: the port's cause word; nested: kind of the first fault;
                                                core's assertion: the line */
    uint64_t detail;                         /* exception: the port's second word */
    uint64_t extra[2];                       /* exception: the port's third and fourth word */
    uint64_t sp;                             /* stack pointer at the fault */
    uint64_t lr;                             /* exception: return address register */
    uint64_t what;                           /* address of a constant string of the firmware that says more */
    char type[MOAT_FAULT_NAME_BYTES];        /* of the object, or "" */
    char region[MOAT_FAULT_NAME_BYTES];      /* of the destination, or ""; core's assertion: its file */
    uint8_t build_id[20];                    /* of the firmware that faulted */
    uint32_t boots;                          /* of the board: 1 is power-up; 0: it does not count */
    uint32_t reset_cause;                    /* enum moat_reset_cause: how this boot began */
    uint32_t uptime;                         /* milliseconds since then */
    uint32_t clock;                          /* moat_port_clock at the fault */
    uint32_t free_bytes;                     /* of the heap */
    uint8_t word_bytes;                      /* of this core: 4 or 8 */
    uint8_t registers;                       /* words of registers that follow */
    uint8_t callers;                         /* words that follow them: likely return addresses, innermost first */
    uint8_t events;                          /* events that follow those, oldest first */
    uint16_t stack_bytes[MOAT_FAULT_STACKS]; /* bytes of each slice of a stack, which follow those */
    uint64_t register_mask; /* bit i: register i is known; numbers as in DWARF, then the program counter */
    uint64_t stack_at[MOAT_FAULT_STACKS]; /* address of the slice of the stack in use, of the one it interrupted */
};

MOAT_STATIC_ASSERT_(sizeof(struct moat_fault) == 232, "the record's layout is a published interface");

enum moat_fault_status {
    MOAT_FAULT_STATUS_EMPTY,   /* no record: never written since power-up, or cleared */
    MOAT_FAULT_STATUS_VALID,   /* a complete record of a layout this code knows */
    MOAT_FAULT_STATUS_CORRUPT, /* something is there and can't be trusted */
};

/* ---- reading ---- */

/* Looks for the newest record in retained RAM.
 * out     receives a copy of its first part if the status is VALID; may be NULL
 * Returns VALID if there is one, else CORRUPT if there is a damaged one, else EMPTY. Context: any.
 * Cost: a CRC over the records. */
enum moat_fault_status moat_fault_get(struct moat_fault *out);

/* The records in retained RAM, `bytes` bytes each, oldest first: index 0 is the first since moat_fault_clear.
 * count   receives how often this fault was seen, 1 or more; may be NULL
 * Returns NULL from the first index on that has none. The result is valid until moat_fault_clear.
 * Context: any. Cost: a CRC over the records. */
const struct moat_fault *moat_fault_at(unsigned index, uint32_t *count);

/* Forgets all records, those of the sink too. The sequence number goes on. Context: thread. */
void moat_fault_clear(void);

/* Prints the records through moat_port_write, oldest first, with those that only the sink has. For each it prints a
 * sentence that says what happened, and then one framed line for the decoder: `MOAT-FAULT <hex of the record> <count>
 * <CRC-32 of what stands between>`. Torn or corrupt records are reported as such. If there is no record, nothing is
 * printed. Context: thread. Returns VALID if it printed a record, else as moat_fault_get. */
enum moat_fault_status moat_fault_print(void);

/* ---- the sink ---- */

/* Memory that outlives power: pages of flash, an EEPROM, a file. The functions return 0, or anything else if they
 * failed. They are also called from a fault, with interrupts masked, in any context, with a broken heap: so they poll.
 * If a write or an erase has returned, it survives a loss of power. */
struct moat_fault_sink {
    uint32_t block_bytes; /* bytes that one erase erases, a multiple of `unit`, room for a record and 150 more */
    uint32_t blocks;      /* 1 or more. The first that was filled is kept; with 3 or more the others take turns, with
                             fewer a full sink takes nothing more until moat_fault_clear */
    uint32_t unit;        /* bytes that must be written at once: 1, 2, 4, 8, 16 or 32 */
    int (*read)(void *context, uint32_t at, void *buffer, uint32_t bytes);
    int (*write)(void *context, uint32_t at, const void *data,
                 uint32_t bytes);                /* multiples of `unit`, to erased memory */
    int (*erase)(void *context, uint32_t block); /* leaves every byte 0xff */
    void *context;
};

/* Sets the sink, and copies to it the records of retained RAM that it does not have. From then on each fault is written
 * to it after it was printed. A fault that was seen before is written again only when its count has doubled.
 * sink  the caller's, in static memory; NULL: none
 * Returns false, and sets none, if a number in it is out of range. Context: thread. Cost: reads the sink, and writes to
 * it what is new. */
bool moat_fault_sink_set(const struct moat_fault_sink *sink);

/* A record of the sink by number, oldest first.
 * buffer  receives the first `bytes` bytes of it
 * count   receives how often this fault was seen at least; may be NULL
 * Returns the record's length, or 0: no such record. Context: thread. Cost: reads the sink. */
uint32_t moat_fault_sink_read(unsigned index, void *buffer, uint32_t bytes, uint32_t *count);

/* ---- raising ---- */

/* Called at a trap, for logging: after the record is written, printed and in the sink, and before the port's trap
 * instruction. Interrupts are masked, the heap may be broken, and a fault in the hook is recorded as nested. When it
 * returns, the trap goes on. */
typedef void moat_fault_hook(const struct moat_fault *fault);

/* Sets the hook, NULL for none; returns the previous one. Context: any. */
moat_fault_hook *moat_fault_hook_set(moat_fault_hook *next);

/* The facts that a port has about a CPU exception. */
struct moat_fault_exception {
    uintptr_t pc, lr, sp;    /* as they were before it */
    uintptr_t address;       /* that faulted, or 0 */
    uintptr_t cause, detail; /* the port's words: docs/fault-record.md */
    uintptr_t extra[2];
    const uintptr_t *registers;              /* MOAT_PORT_REGISTERS of them, or NULL */
    uint16_t stack_bytes[MOAT_FAULT_STACKS]; /* bytes of each slice of a stack, which follow those */
    uint64_t register_mask;                  /* bit i: registers[i] is known */
};

/* Records a CPU exception, prints it and takes the port's trap. For ports and boards: the last thing an
 * unexpected exception's handler calls. Context: any, interrupts masked; does not need a sound heap. */
MOAT_NORETURN_ void moat_fault_exception(const struct moat_fault_exception *exception);

/* Records a failed assertion of the firmware, prints it and takes the port's trap. Context: any. */
MOAT_NORETURN_ void moat_fault_assert(void);

/* Records that moat was called on a stack, or by a task, by which it must not be called. Prints the record and takes
 * the port's trap. For ports: moat_port_misused.
 * pc     the address after the call
 * sp     its stack pointer
 * other  the stack pointer of the task that is inside; 0: none is, the stack is not known; 1: the handler must not use
 *        moat at all; 2: the task has to wait, and has masked interrupts
 * Context: any. */
MOAT_NORETURN_ void moat_fault_misused(uintptr_t pc, uintptr_t sp, uintptr_t other);

/* Records that core found memory of its own overwritten, prints the record and takes the port's trap. The record is of
 * kind MOAT_FAULT_CORRUPT. For ports: moat_port_overwritten.
 * invariant  n of INV-n in docs/design.md, cause of the record
 * where      the address that it is about
 * pc         in core, where it was found
 * Context: any. */
MOAT_NORETURN_ void moat_fault_overwritten(unsigned invariant, uintptr_t where, uintptr_t pc);

struct moat_heap_error;

/* Records what moat_heap_check found, prints it and takes the port's trap. Context: any. */
MOAT_NORETURN_ void moat_fault_corrupt(const struct moat_heap_error *error);

/* Records that an allocation of `bytes` bytes failed, prints the record and takes the port's trap. If memory must not
 * run out, give it to moat_out_of_memory_hook_set. It does not return. Context: any. */
bool moat_fault_out_of_memory(size_t bytes);

/* Records that a watchdog is about to bite, prints it and takes the port's trap. For a board's early-warning
 * interrupt: the record has the stack of what it interrupted. Context: any. */
MOAT_NORETURN_ void moat_fault_watchdog(void);

MOAT_C_END_

#endif
