/* moat: the fault record and the last words before the trap. docs/fault-record.md has the layout and the rules.
 *
 * The record may be torn at any instruction, by a reset or by a second fault, and must then be recognised. So its
 * magic says "torn" before the first field changes and "complete" only after the checksum stands. All writes go
 * through volatile lvalues: they keep their order, and no compiler turns them into a call of memcpy.
 *
 * SPDX-License-Identifier: MIT */
#include "fault.h"

#include "include/moat_heap.h"
#include "port.h"
#include "sections.h"
#include "text.h"

#include <stddef.h>

__attribute__((section(".noinit.moat_fault"))) struct moat_fault_retained moat_fault_retained;

/* A fault has been raised since start-up. */
static volatile bool raised;

/* ---- checksum ---- */

#define CRC_START UINT32_MAX

/* CRC-32 (IEEE), a bit at a time: it runs once a fault, where a table would always take flash. */
static uint32_t crc_add(uint32_t crc, uint32_t byte) {
    crc ^= byte;
    for (unsigned bit = 0; bit < 8; bit++) {
        crc = crc >> 1 ^ (0xedb88320u & (0u - (crc & 1)));
    }
    return crc;
}

/* The checksum that the retained record has when it is complete, magic included, whatever its magic is now. */
static uint32_t record_checksum(void) {
    const volatile uint8_t *bytes = (const volatile uint8_t *)&moat_fault_retained.record;
    uint32_t crc = CRC_START;
    for (unsigned i = 0; i < sizeof(uint32_t); i++) {
        crc = crc_add(crc, MOAT_FAULT_MAGIC >> (8 * i) & 0xff);
    }
    for (size_t i = sizeof(uint32_t); i < offsetof(struct moat_fault, check); i++) {
        crc = crc_add(crc, bytes[i]);
    }
    return ~crc;
}

/* ---- reading ---- */

static enum moat_fault_status record_status(void) {
    const volatile struct moat_fault *record = &moat_fault_retained.record;
    if (record->magic == MOAT_FAULT_MAGIC_TORN) {
        return MOAT_FAULT_STATUS_CORRUPT;
    }
    if (record->magic != MOAT_FAULT_MAGIC) {
        return MOAT_FAULT_STATUS_EMPTY;
    }
    if (record->layout != MOAT_FAULT_LAYOUT || record->bytes != sizeof *record || record->check != record_checksum()) {
        return MOAT_FAULT_STATUS_CORRUPT;
    }
    return MOAT_FAULT_STATUS_VALID;
}

enum moat_fault_status moat_fault_get(struct moat_fault *out) {
    enum moat_fault_status status = record_status();
    if (status == MOAT_FAULT_STATUS_VALID && out != NULL) {
        const volatile uint8_t *from = (const volatile uint8_t *)&moat_fault_retained.record;
        uint8_t *to = (uint8_t *)out;
        for (size_t i = 0; i < sizeof *out; i++) {
            to[i] = from[i];
        }
    }
    return status;
}

/* The sequence number of the last fault, 0 if there was none. A valid record knows best: a reset may have come
 * between it and the count beside it. */
static uint32_t sequence_last(void) {
    const volatile struct moat_fault_retained *retained = &moat_fault_retained;
    if (record_status() == MOAT_FAULT_STATUS_VALID) {
        return retained->record.sequence;
    }
    return retained->sequence == ~retained->sequence_inverse ? retained->sequence : 0;
}

/* ---- writing ---- */

static void sequence_keep(uint32_t sequence) {
    volatile struct moat_fault_retained *retained = &moat_fault_retained;
    retained->sequence = sequence;
    retained->sequence_inverse = ~sequence;
}

void moat_fault_clear(void) {
    volatile struct moat_fault *record = &moat_fault_retained.record;
    sequence_keep(sequence_last());
    record->magic = 0;
}

/* Copies a name, cut if it is too long, and zeros behind it. */
static void name_write(volatile char *field, const char *name) {
    unsigned length = 0;
    if (name != NULL) {
        for (; length < MOAT_FAULT_NAME_BYTES - 1 && name[length] != '\0'; length++) {
            field[length] = name[length];
        }
    }
    for (; length < MOAT_FAULT_NAME_BYTES; length++) {
        field[length] = '\0';
    }
}

static void build_id_write(volatile uint8_t *field) {
    size_t known = (size_t)((uintptr_t)moat_build_id_end - (uintptr_t)moat_build_id_start);
    for (size_t i = 0; i < sizeof moat_fault_retained.record.build_id; i++) {
        field[i] = i < known ? (uint8_t)moat_build_id_start[i] : 0;
    }
}

static uint32_t state_now(void) {
    uint32_t state = (uint32_t)moat_heap.phase & MOAT_FAULT_PHASE_MASK;
    state |= (uint32_t)MOAT_CONFIG_CHECK << MOAT_FAULT_CHECK_SHIFT;
    return moat_port_in_handler() ? state | MOAT_FAULT_IN_HANDLER : state;
}

/* Bit 0 of a return address selects the instruction set on some cores and is no part of the address. Where addresses
 * can be odd, what is left still lies in the call. */
static uintptr_t report_pc(const struct moat_fault_report *report) {
    return report->kind == MOAT_FAULT_EXCEPTION ? report->pc : report->pc & ~(uintptr_t)1;
}

static void record_write(const struct moat_fault_report *report) {
    volatile struct moat_fault *record = &moat_fault_retained.record;
    uint32_t sequence = sequence_last() + 1;

    record->magic = MOAT_FAULT_MAGIC_TORN;
    record->layout = MOAT_FAULT_LAYOUT;
    record->bytes = sizeof *record;
    record->sequence = sequence;
    record->kind = report->kind;
    record->state = state_now();
    record->region_kind = report->region_kind;
    record->pc = report_pc(report);
    record->value = report->value;
    record->object = report->object;
    record->destination = report->destination;
    record->cause = report->cause;
    record->detail = report->detail;
    record->sp = report->sp;
    record->lr = report->lr;
    name_write(record->type, report->type);
    name_write(record->region, report->region);
    build_id_write(record->build_id);
    record->check = record_checksum();
    record->magic = MOAT_FAULT_MAGIC;

    sequence_keep(sequence);
}

/* ---- printing ---- */

static const char *region_kind_name(uint32_t kind) {
    static const char *const names[] = {
        [MOAT_REGION_UNKNOWN] = "undeclared", [MOAT_REGION_C_OWNED] = "c-owned", [MOAT_REGION_PERIPHERAL] = "peripheral",
        [MOAT_REGION_FLASH] = "flash",        [MOAT_REGION_STATIC] = "static",
    };
    return kind < sizeof names / sizeof names[0] ? names[kind] : "unknown";
}

static void labelled_address(struct moat_text *text, const char *label, uint64_t address) {
    moat_text_string(text, label);
    moat_text_address(text, address);
}

static void describe_value(struct moat_text *text, const struct moat_fault *fault) {
    labelled_address(text, " of heap pointer ", fault->value);
    if (fault->object == 0) {
        moat_text_string(text, " (in no object)");
        return;
    }
    moat_text_string(text, " (");
    moat_text_string(text, fault->type[0] != '\0' ? fault->type : "raw bytes");
    moat_text_string(text, ", +");
    moat_text_decimal(text, (uintptr_t)(fault->value - fault->object));
    moat_text_char(text, ')');
}

static void describe_destination(struct moat_text *text, const struct moat_fault *fault) {
    moat_text_string(text, " into ");
    moat_text_string(text, region_kind_name(fault->region_kind));
    if (fault->region[0] != '\0') {
        moat_text_string(text, " region \"");
        moat_text_string(text, fault->region);
        moat_text_char(text, '"');
    } else {
        moat_text_string(text, " memory");
    }
    labelled_address(text, " at ", fault->destination);
}

void moat_fault_describe(const struct moat_fault *fault) {
    struct moat_text text;
    moat_text_begin(&text);
    moat_text_string(&text, "moat: ");
    switch (fault->kind) {
    case MOAT_FAULT_STORE:
    case MOAT_FAULT_COPY:
        moat_text_string(&text, fault->kind == MOAT_FAULT_STORE ? "store" : "copy");
        describe_value(&text, fault);
        describe_destination(&text, fault);
        labelled_address(&text, ", from ", fault->pc);
        break;
    case MOAT_FAULT_EXCEPTION:
        labelled_address(&text, "CPU exception, cause ", fault->cause);
        labelled_address(&text, ", detail ", fault->detail);
        labelled_address(&text, ", address ", fault->destination);
        labelled_address(&text, ", at ", fault->pc);
        break;
    case MOAT_FAULT_CORRUPT:
        moat_text_string(&text, "heap corrupt, INV-");
        moat_text_decimal(&text, (uintptr_t)fault->cause);
        labelled_address(&text, " at ", fault->destination);
        labelled_address(&text, ", from ", fault->pc);
        break;
    case MOAT_FAULT_ASSERT:
        labelled_address(&text, "assertion failed, from ", fault->pc);
        break;
    default:
        moat_text_string(&text, "fault of unknown kind ");
        moat_text_decimal(&text, fault->kind);
        labelled_address(&text, ", from ", fault->pc);
        break;
    }
    moat_text_end(&text);
}

/* The line for the decoder: the record in hex, and the checksum of the hex digits for the way there. */
static void frame_print(const struct moat_fault *fault) {
    const uint8_t *bytes = (const uint8_t *)fault;
    struct moat_text text;
    uint32_t crc = CRC_START;
    moat_text_begin(&text);
    moat_text_string(&text, "MOAT-FAULT ");
    for (size_t i = 0; i < 2 * sizeof *fault; i++) {
        unsigned nibble = i % 2 == 0 ? bytes[i / 2] >> 4 : bytes[i / 2] & 0xfu;
        char digit = "0123456789abcdef"[nibble];
        crc = crc_add(crc, (uint8_t)digit);
        moat_text_char(&text, digit);
    }
    moat_text_char(&text, ' ');
    moat_text_hex(&text, ~crc, 8);
    moat_text_end(&text);
}

enum moat_fault_status moat_fault_print(void) {
    struct moat_fault fault;
    enum moat_fault_status status = moat_fault_get(&fault);
    if (status == MOAT_FAULT_STATUS_VALID) {
        moat_fault_describe(&fault);
        frame_print(&fault);
    } else if (status == MOAT_FAULT_STATUS_CORRUPT) {
        struct moat_text text;
        moat_text_begin(&text);
        moat_text_string(&text, "moat: the fault record is torn or corrupt and is not trusted, at ");
        moat_text_address(&text, (uintptr_t)&moat_fault_retained.record);
        moat_text_end(&text);
    }
    return status;
}

/* ---- raising ---- */

void moat_fault_report_begin(struct moat_fault_report *report, enum moat_fault_kind kind, uintptr_t pc, uintptr_t sp) {
    report->kind = kind;
    report->pc = pc;
    report->sp = sp;
    report->lr = 0;
    report->value = 0;
    report->object = 0;
    report->destination = 0;
    report->type = NULL;
    report->region = NULL;
    report->region_kind = MOAT_REGION_UNKNOWN;
    report->cause = 0;
    report->detail = 0;
}

_Noreturn void moat_fault_raise(const struct moat_fault_report *report) {
    (void)moat_port_mask();
    if (!raised) {
        raised = true;
        record_write(report);
        moat_port_write("\n", 1); /* ends what was being printed when it happened */
        moat_fault_describe(&moat_fault_retained.record);
        frame_print(&moat_fault_retained.record);
    }
    moat_port_trap();
}

_Noreturn void moat_fault_exception(uintptr_t pc, uintptr_t lr, uintptr_t sp, uintptr_t address, uintptr_t cause,
                                    uintptr_t detail) {
    struct moat_fault_report report;
    moat_fault_report_begin(&report, MOAT_FAULT_EXCEPTION, pc, sp);
    report.lr = lr;
    report.destination = address;
    report.cause = cause;
    report.detail = detail;
    moat_fault_raise(&report);
}

_Noreturn void moat_fault_assert(void) {
    struct moat_fault_report report;
    moat_fault_report_begin(&report, MOAT_FAULT_ASSERT, (uintptr_t)__builtin_return_address(0),
                            (uintptr_t)__builtin_frame_address(0));
    moat_fault_raise(&report);
}
