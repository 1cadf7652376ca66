/* moat: what a fault record says, in a sentence and in a line for the decoder. See fault.h; docs/fault-record.md.
 *
 * SPDX-License-Identifier: MIT */
#include "fault/fault.h"
#include "fault/ring.h"
#include "base/port.h"

/* ---- the sentence ---- */

static const char *region_kind_name(uint32_t kind) {
    static const char *const names[] = {
        [MOAT_REGION_UNKNOWN] = "undeclared",    [MOAT_REGION_C_OWNED] = "c-owned",
        [MOAT_REGION_PERIPHERAL] = "peripheral", [MOAT_REGION_FLASH] = "flash",
        [MOAT_REGION_STATIC] = "static",
    };
    return kind < sizeof names / sizeof names[0] ? names[kind] : "unknown";
}

static void labelled_address(struct moat_text *text, const char *label, uint64_t address) {
    moat_text_string(text, label);
    moat_text_address(text, address);
}

static void labelled_decimal(struct moat_text *text, const char *label, uint64_t number) {
    moat_text_string(text, label);
    moat_text_decimal(text, (uintptr_t)number);
}

static void describe_value(struct moat_text *text, const char *label, const struct moat_fault *fault) {
    labelled_address(text, label, fault->value);
    if (fault->object == 0) {
        moat_text_string(text, " (in no object)");
        return;
    }
    moat_text_string(text, " (");
    moat_text_string(text, fault->type[0] != '\0' ? fault->type : "raw bytes");
    labelled_decimal(text, ", +", fault->value - fault->object);
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

/* The guard's findings other than a store of a managed pointer outside managed memory. */
static void describe_breach(struct moat_text *text, const struct moat_fault *fault) {
    static const struct {
        const char *what, *at;
    } breaches[] = {
        {"argument leads to heap pointer ", ", held at "},
        {"result leads to heap pointer ", ", held at "},
        {"missing barrier: untyped write over slot ", ", at "},
        {"store of heap pointer ", " into what is no slot of its object, at "},
    };
    uint32_t kind = fault->kind - MOAT_FAULT_ARGUMENT;
    describe_value(text, breaches[kind].what, fault);
    labelled_address(text, breaches[kind].at, fault->destination);
}

static void describe_exception(struct moat_text *text, const struct moat_fault *fault) {
    labelled_address(text, "cause ", fault->cause);
    labelled_address(text, ", detail ", fault->detail);
    labelled_address(text, ", address ", fault->destination);
}

/* Firmware that can't raise these does not know of them: an assertion's line is 60 bytes of code. */
static void describe_rare(struct moat_text *text, const struct moat_fault *fault) {
    if (MOAT_CONFIG_ASSERT != 0 && fault->kind == MOAT_FAULT_CORE_ASSERT) {
        moat_text_string(text, "assertion of core failed, ");
        moat_text_string(text, fault->region);
        labelled_decimal(text, ":", fault->cause);
    } else if (MOAT_CONFIG_CHECK_BARRIER != 0 && fault->kind == MOAT_FAULT_RAW_STORE) {
        describe_value(text, "raw store to slot ", fault);
        labelled_address(text, ", which leads to unmarked ", fault->detail);
    } else if (MOAT_CONFIG_CHECK >= 1 && fault->kind == MOAT_FAULT_UNMASKED) {
        moat_text_string(text, "moat used in NMI, HardFault, or an interrupt that it does not mask");
    } else if (MOAT_CONFIG_TASKS != 0 && MOAT_CONFIG_CHECK >= 1 && fault->kind == MOAT_FAULT_MASKED_WAIT) {
        labelled_address(text, "a task has masked interrupts and has to wait for another, stack pointer ", fault->sp);
    } else {
        labelled_decimal(text, "fault of unknown kind ", fault->kind);
    }
}

static void describe_kind(struct moat_text *text, const struct moat_fault *fault) {
    switch (fault->kind) {
    case MOAT_FAULT_STORE:
    case MOAT_FAULT_COPY:
        moat_text_string(text, fault->kind == MOAT_FAULT_STORE ? "store" : "copy");
        describe_value(text, " of heap pointer ", fault);
        describe_destination(text, fault);
        break;
    case MOAT_FAULT_ARGUMENT:
    case MOAT_FAULT_RESULT:
    case MOAT_FAULT_BARRIER:
    case MOAT_FAULT_SLOT:
        describe_breach(text, fault);
        break;
    case MOAT_FAULT_EXCEPTION:
        moat_text_string(text, "CPU exception, ");
        describe_exception(text, fault);
        break;
    case MOAT_FAULT_CORRUPT:
        labelled_decimal(text, "heap corrupt, INV-", fault->cause);
        labelled_address(text, " at ", fault->destination);
        break;
    case MOAT_FAULT_ASSERT:
        moat_text_string(text, "assertion failed");
        break;
    case MOAT_FAULT_STACK:
        moat_text_string(text, "stack overflow of the ");
        moat_text_string(text, fault->region);
        labelled_address(text, "'s stack, stack pointer ", fault->sp);
        moat_text_string(text, ", ");
        describe_exception(text, fault);
        break;
    case MOAT_FAULT_MEMORY:
        labelled_decimal(text, "out of memory, asked for bytes ", fault->value);
        labelled_decimal(text, ", free ", fault->free_bytes);
        break;
    case MOAT_FAULT_WATCHDOG:
        moat_text_string(text, "watchdog");
        break;
    case MOAT_FAULT_UNKNOWN_STACK:
        labelled_address(text, "allocation or collection on a stack that is not known, stack pointer ", fault->sp);
        if (fault->region[0] != '\0') {
            moat_text_string(text, ", or an overflow of the ");
            moat_text_string(text, fault->region);
            moat_text_string(text, "'s");
        }
        break;
    case MOAT_FAULT_SECOND_TASK:
        labelled_address(text, "a second task entered moat, stack pointer ", fault->sp);
        labelled_address(text, ", while another is inside, stack pointer ", fault->destination);
        break;
    case MOAT_FAULT_NESTED:
        labelled_decimal(text, "fault in the fault handler, of a fault of kind ", fault->cause);
        labelled_address(text, ", cause ", fault->detail);
        labelled_address(text, ", address ", fault->destination);
        break;
    default:
        describe_rare(text, fault);
        break;
    }
}

/* Whether pc is the instruction that faulted, and not where a call returns to. */
static bool is_exact(uint32_t kind) {
    return kind == MOAT_FAULT_EXCEPTION || kind == MOAT_FAULT_STACK || kind == MOAT_FAULT_NESTED;
}

void moat_fault_describe(const struct moat_fault *fault, uint32_t count) {
    struct moat_text text;
    moat_text_begin(&text);
    moat_text_string(&text, "moat: ");
    describe_kind(&text, fault);
    labelled_address(&text, is_exact(fault->kind) ? ", at " : ", from ", fault->pc);
    if (fault->what != 0 && moat_fault_is_own(fault)) {
        moat_text_string(&text, ": ");
        moat_text_string(&text, (const char *)(uintptr_t)fault->what);
    }
    moat_text_end(&text);
    if (count > 1) {
        moat_text_begin(&text);
        labelled_decimal(&text, "moat: this fault was seen so many times: ", count);
        moat_text_end(&text);
    }
}

/* ---- the line ---- */

void moat_fault_frame_end(struct moat_frame *frame, uint32_t count) {
    const uint8_t digits[] = {(uint8_t)(count >> 24), (uint8_t)(count >> 16), (uint8_t)(count >> 8), (uint8_t)count};
    moat_frame_space(frame);
    moat_frame_bytes(frame, digits, sizeof digits);
    moat_frame_end(frame);
}

void moat_fault_print_record(const struct moat_fault *fault, uint32_t count) {
    moat_fault_describe(fault, count);
    struct moat_frame frame;
    moat_frame_begin(&frame, MOAT_FAULT_TAG);
    moat_frame_bytes(&frame, fault, fault->bytes);
    moat_fault_frame_end(&frame, count);
}

/* ---- the log ---- */

static void print_corrupt(unsigned index) {
    struct moat_text text;
    moat_text_begin(&text);
    labelled_address(&text, "moat: the fault record is torn or corrupt and is not trusted, at ",
                     (uintptr_t)&moat_fault_slot(index)->record);
    moat_text_end(&text);
}

enum moat_fault_status moat_fault_print(void) {
    enum moat_fault_status status = moat_fault_get(NULL);
    if (moat_fault_mirror != NULL && moat_fault_mirror->print()) {
        status = MOAT_FAULT_STATUS_VALID;
    }
    for (unsigned i = 0; i < MOAT_FAULT_SLOTS; i++) {
        if (moat_fault_slot_status(i) == MOAT_FAULT_STATUS_CORRUPT) {
            print_corrupt(i);
        }
    }
    uint32_t count;
    const struct moat_fault *fault;
    for (unsigned i = 0; (fault = moat_fault_at(i, &count)) != NULL; i++) {
        moat_fault_print_record(fault, count);
    }
    return status;
}
