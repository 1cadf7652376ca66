/* moat: the fault record, written when a trap is taken, kept in RAM that start-up does not clear.
 *
 * Layout 1, little endian, no padding, the same on 32- and 64-bit cores: addresses are 64 bits wide.
 * docs/fault-record.md specifies it byte by byte for the decoder.
 *
 * SPDX-License-Identifier: MIT */
#ifndef MOAT_FAULT_H
#define MOAT_FAULT_H

#include <stdbool.h>
#include <stdint.h>

#define MOAT_FAULT_MAGIC 0x74616f6du /* "moat" */
#define MOAT_FAULT_LAYOUT 1u
#define MOAT_FAULT_NAME_BYTES 24 /* longest name kept, its closing 0 included; a longer one is cut */

enum moat_fault_kind {
    MOAT_FAULT_NONE = 0,
    MOAT_FAULT_STORE = 1,      /* CHECK2: store of a heap pointer outside managed memory */
    MOAT_FAULT_COPY = 2,       /* CHECK2: typed copy of a heap pointer outside managed memory */
    MOAT_FAULT_EXCEPTION = 3,  /* the CPU: cause and detail are the port's */
    MOAT_FAULT_CORRUPT = 4,    /* moat_heap_check found a broken invariant: cause is its number */
    MOAT_FAULT_ASSERT = 5,     /* firmware called moat_fault_assert */
};

/* Bits of moat_fault.state. */
#define MOAT_FAULT_PHASE_MASK 0x3u   /* enum moat_phase */
#define MOAT_FAULT_CHECK_SHIFT 2     /* two bits: MOAT_CONFIG_CHECK */
#define MOAT_FAULT_IN_HANDLER 0x10u

struct moat_fault {
    uint32_t magic;
    uint16_t layout;
    uint16_t bytes;          /* of this struct */
    uint32_t sequence;       /* 1 for the first fault since power-up; counts on over resets */
    uint32_t kind;           /* enum moat_fault_kind */
    uint32_t state;          /* phase, CHECK level, in a handler */
    uint32_t region_kind;    /* enum moat_region_kind of the destination */
    uint64_t pc;             /* address after the store's call, or of the faulting instruction */
    uint64_t value;          /* what was stored */
    uint64_t object;         /* start of the object that `value` points into, or 0 */
    uint64_t destination;    /* where it was stored, or the address that faulted */
    uint64_t cause;          /* exception: the port's cause word */
    uint64_t detail;         /* exception: the port's second word */
    uint64_t sp;             /* stack pointer at the trap */
    uint64_t lr;             /* exception: return address register */
    char type[MOAT_FAULT_NAME_BYTES];   /* of the object, or "" */
    char region[MOAT_FAULT_NAME_BYTES]; /* of the destination, or "" */
    uint8_t build_id[20];    /* of the firmware that faulted */
    uint32_t check;          /* CRC-32 (IEEE) of all bytes before this field */
};

_Static_assert(sizeof(struct moat_fault) == 160, "the record's layout is a published interface");

enum moat_fault_status {
    MOAT_FAULT_STATUS_EMPTY,   /* no record: never written since power-up, or cleared */
    MOAT_FAULT_STATUS_VALID,   /* a complete record of a layout this code knows */
    MOAT_FAULT_STATUS_CORRUPT, /* something is there and can't be trusted */
};

/* Looks at the record in retained RAM.
 * out     receives a copy if the status is VALID; may be NULL
 * Returns the status. Context: any. Cost: a CRC over 160 bytes. */
enum moat_fault_status moat_fault_get(struct moat_fault *out);

/* Forgets the record; the sequence number goes on. Context: any. Cost: constant. */
void moat_fault_clear(void);

/* Prints the record through moat_port_write: what happened in a sentence, then one framed line
 * `MOAT-FAULT <hex of the record> <CRC-32 of the hex digits>` for the decoder. A torn or corrupt record is
 * reported as such, an absent one prints nothing. Context: thread. Returns the status. */
enum moat_fault_status moat_fault_print(void);

/* Records a CPU exception, prints it and takes the port's trap. For ports and boards: the last thing an
 * unexpected exception's handler calls. Context: any, interrupts masked; does not need a sound heap. */
_Noreturn void moat_fault_exception(uintptr_t pc, uintptr_t lr, uintptr_t sp, uintptr_t address, uintptr_t cause,
                                    uintptr_t detail);

/* Records a failed assertion of the firmware, prints it and takes the port's trap. Context: any. */
_Noreturn void moat_fault_assert(void);

#endif
