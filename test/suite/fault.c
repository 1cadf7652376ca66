/* The fault record over resets: boots 1 to 5 each look at what they find, leave something for the next one, and end
 * in a trap or a reset. Their observations are kept in retained RAM; boot 6 judges them, and then damages the record.
 *
 * SPDX-License-Identifier: MIT */
#include "harness.h"

#include "fault/fault.h"
#include "fault/ring.h"

#include <bsp.h>
#include <moat.h>

#define BOOTS 6
#define NOISE_ROUNDS 200

/* Each boot's findings, and its results that have to be judged. Numbered by bsp_boot_count(). */
struct found {
    enum moat_fault_status status;
    struct moat_fault fault;
};

static __attribute__((section(".noinit.moat_fault_suite"))) struct {
    struct found at[BOOTS + 1];
    uint32_t noise_empty;              /* rounds in which noise read as empty */
    uint32_t noise_corrupt;            /* rounds in which noise behind a magic read as corrupt */
    enum moat_fault_status cleared;    /* after moat_fault_clear */
    enum moat_fault_status damaged;    /* after one bit was flipped */
    enum moat_fault_status printed[3]; /* what moat_fault_print said of valid, cleared, damaged */
    uint8_t first[sizeof(struct moat_fault) + MOAT_FAULT_REST_BYTES]; /* the whole of the first record */
} seen;

/* ---- damage ---- */

static void fill(void *at, size_t bytes, unsigned value) {
    volatile uint8_t *to = at;
    for (size_t i = 0; i < bytes; i++) {
        to[i] = (uint8_t)value;
    }
}

static void copy(void *to, const void *from, size_t bytes) {
    volatile uint8_t *target = to;
    const volatile uint8_t *source = from;
    for (size_t i = 0; i < bytes; i++) {
        target[i] = source[i];
    }
}

static bool same(const void *a, const void *b, size_t bytes) {
    const uint8_t *left = a, *right = b;
    for (size_t i = 0; i < bytes; i++) {
        if (left[i] != right[i]) {
            return false;
        }
    }
    return true;
}

/* RAM as power-up may leave it, with a magic that is not there by chance. */
static void make_noise(uint32_t *state, uint32_t magic) {
    volatile uint8_t *bytes = (volatile uint8_t *)&moat_fault_retained;
    for (size_t i = 0; i < sizeof moat_fault_retained; i++) {
        *state = *state * 1664525u + 1013904223u;
        bytes[i] = (uint8_t)(*state >> 24);
    }
    moat_fault_retained.slots[0].slot.record.magic = magic;
}

static void try_noise(void) {
    uint32_t state = 1;
    for (unsigned round = 0; round < NOISE_ROUNDS; round++) {
        make_noise(&state, MOAT_FAULT_MAGIC);
        seen.noise_corrupt += moat_fault_get(NULL) == MOAT_FAULT_STATUS_CORRUPT;
        make_noise(&state, round);
        seen.noise_empty += moat_fault_get(NULL) == MOAT_FAULT_STATUS_EMPTY;
    }
}

/* ---- the boots ---- */

static _Noreturn void raise_store(void) {
    struct moat_fault_report report;
    moat_fault_report_begin(&report, MOAT_FAULT_STORE, 0x1235, 0x2222);
    report.value = 0x3338;
    report.object = 0x3330;
    report.destination = 0x4444;
    report.type = "struct node";
    report.region = "ring";
    report.region_kind = MOAT_REGION_C_OWNED;
    moat_fault_raise(&report);
}

static _Noreturn void raise_copy(void) {
    struct moat_fault_report report;
    moat_fault_report_begin(&report, MOAT_FAULT_COPY, 0x6666, 0x7777);
    report.type = "struct whose_name_is_longer_than_a_record_has_room_for";
    report.region = "exactly 23 bytes in all";
    report.region_kind = MOAT_REGION_PERIPHERAL;
    moat_fault_raise(&report);
}

static _Noreturn void boot_1(void) {
    try_noise();
    raise_store();
}

static _Noreturn void boot_2(void) {
    const struct moat_fault *first = moat_fault_at(0, NULL);
    if (first != NULL) {
        copy(seen.first, first, first->bytes);
    }
    seen.printed[0] = moat_fault_print();
    moat_fault_assert();
}

static _Noreturn void boot_3(void) {
    moat_fault_clear();
    seen.cleared = moat_fault_get(NULL);
    seen.printed[1] = moat_fault_print();
    bsp_reset();
}

static _Noreturn void boot_4(void) {
    raise_copy();
}

static _Noreturn void boot_5(void) {
    moat_fault_retained.slots[0].slot.record.value ^= 1;
    seen.damaged = moat_fault_get(NULL);
    seen.printed[2] = moat_fault_print();
    const struct moat_fault_exception exception = {.pc = 0x1111,
                                                   .lr = 0x2222,
                                                   .sp = 0x3333,
                                                   .address = 0x4444,
                                                   .cause = 0x5555,
                                                   .detail = 0x6666,
                                                   .extra = {0x7777, 0x8888}};
    moat_fault_exception(&exception);
}

/* ---- judging ---- */

static bool found_fault(unsigned boot, uint32_t sequence, enum moat_fault_kind kind) {
    const struct found *found = &seen.at[boot];
    return test_equal(__FILE__, __LINE__, "status", found->status, MOAT_FAULT_STATUS_VALID) &&
           test_equal(__FILE__, __LINE__, "sequence", found->fault.sequence, sequence) &&
           test_equal(__FILE__, __LINE__, "kind", found->fault.kind, kind);
}

static void resets_are_counted(void) {
    CHECK_EQUAL(bsp_boot_count(), BOOTS);
}

static void power_up_is_empty(void) {
    CHECK_EQUAL(seen.at[1].status, MOAT_FAULT_STATUS_EMPTY);
}

static void noise_is_empty(void) {
    CHECK_EQUAL(seen.noise_empty, NOISE_ROUNDS);
}

static void noise_behind_a_magic_is_corrupt(void) {
    CHECK_EQUAL(seen.noise_corrupt, NOISE_ROUNDS);
}

static void record_survives_a_reset(void) {
    const struct moat_fault *fault = &seen.at[2].fault;
    CHECK(found_fault(2, 1, MOAT_FAULT_STORE));
    CHECK_EQUAL(fault->magic, MOAT_FAULT_MAGIC);
    CHECK_EQUAL(fault->layout, MOAT_FAULT_LAYOUT);
    CHECK(fault->bytes > sizeof *fault);
    CHECK_EQUAL(fault->pc, 0x1234);
    CHECK_EQUAL(fault->sp, 0x2222);
    CHECK_EQUAL(fault->value, 0x3338);
    CHECK_EQUAL(fault->object, 0x3330);
    CHECK_EQUAL(fault->destination, 0x4444);
    CHECK_EQUAL(fault->region_kind, MOAT_REGION_C_OWNED);
    CHECK_EQUAL(fault->state, MOAT_CONFIG_CHECK << MOAT_FAULT_CHECK_SHIFT);
    CHECK_TEXT(fault->type, "struct node");
    CHECK_TEXT(fault->region, "ring");
    CHECK_EQUAL(seen.printed[0], MOAT_FAULT_STATUS_VALID);
}

static void build_id_is_there(void) {
    static const uint8_t none[sizeof seen.at[0].fault.build_id];
    CHECK(!same(seen.at[2].fault.build_id, none, sizeof none));
}

static void newest_record_is_found(void) {
    CHECK(found_fault(3, 2, MOAT_FAULT_ASSERT));
    CHECK_TEXT(seen.at[3].fault.type, "");
    CHECK_EQUAL(seen.at[3].fault.value, 0);
}

static void clear_survives_a_reset(void) {
    CHECK_EQUAL(seen.cleared, MOAT_FAULT_STATUS_EMPTY);
    CHECK_EQUAL(seen.printed[1], MOAT_FAULT_STATUS_EMPTY);
    CHECK_EQUAL(seen.at[4].status, MOAT_FAULT_STATUS_EMPTY);
}

static void sequence_goes_on_after_a_clear(void) {
    CHECK(found_fault(5, 3, MOAT_FAULT_COPY));
}

static void long_names_are_cut(void) {
    CHECK_TEXT(seen.at[5].fault.type, "struct whose_name_is_lo");
    CHECK_TEXT(seen.at[5].fault.region, "exactly 23 bytes in all");
}

static void sequence_goes_on_after_damage(void) {
    CHECK_EQUAL(seen.damaged, MOAT_FAULT_STATUS_CORRUPT);
    CHECK_EQUAL(seen.printed[2], MOAT_FAULT_STATUS_CORRUPT);
    CHECK(found_fault(6, 4, MOAT_FAULT_EXCEPTION));
    CHECK_EQUAL(seen.at[6].fault.pc, 0x1111);
    CHECK_EQUAL(seen.at[6].fault.lr, 0x2222);
    CHECK_EQUAL(seen.at[6].fault.destination, 0x4444);
    CHECK_EQUAL(seen.at[6].fault.cause, 0x5555);
    CHECK_EQUAL(seen.at[6].fault.detail, 0x6666);
    CHECK_EQUAL(seen.at[6].fault.extra[0], 0x7777);
    CHECK_EQUAL(seen.at[6].fault.extra[1], 0x8888);
}

/* The record of the last boot, the only one that is left when the damaged one is gone. */
static struct moat_fault *newest(void) {
    moat_fault_retained.slots[0].slot.record.magic = 0;
    return &moat_fault_retained.slots[1].slot.record;
}

/* Each byte in turn, changed in each bit and in all of them; behind the first ones in one bit and in all. */
static void every_byte_is_protected(void) {
    uint8_t *bytes = (uint8_t *)newest();
    uint32_t length = newest()->bytes;
    CHECK(length > sizeof(struct moat_fault));
    for (uint32_t i = 0; i < length; i++) {
        for (unsigned change = i < 32 ? 0 : 7; change < 9; change++) {
            uint8_t right = bytes[i];
            struct moat_fault out;
            fill(&out, sizeof out, 0xa5);
            fill(&bytes[i], 1, right ^ (change < 8 ? 1u << (change + i) % 8 : 0xffu));
            enum moat_fault_status status = moat_fault_get(&out);
            fill(&bytes[i], 1, right);
            CHECK(status == MOAT_FAULT_STATUS_CORRUPT || (status == MOAT_FAULT_STATUS_EMPTY && i < sizeof out.magic));
            CHECK_EQUAL(out.magic, 0xa5a5a5a5u);
        }
    }
    CHECK_EQUAL(moat_fault_get(NULL), MOAT_FAULT_STATUS_VALID);
}

/* The front of one record before the back of another, wherever it is cut. */
static void every_cut_is_recognised(void) {
    static uint8_t own[sizeof seen.first];
    uint8_t *bytes = (uint8_t *)newest();
    uint32_t length = newest()->bytes;
    copy(own, bytes, length);
    for (size_t cut = 1; cut < length; cut += cut < sizeof(struct moat_fault) ? 1 : 7) {
        copy(bytes, own, cut);
        copy(bytes + cut, seen.first + cut, length - cut);
        bool first = same(bytes, seen.first, length) && newest()->bytes <= length; /* else its end is cut off */
        bool mixed = !same(bytes, own, length) && !first;
        CHECK_EQUAL(moat_fault_get(NULL), mixed ? MOAT_FAULT_STATUS_CORRUPT : MOAT_FAULT_STATUS_VALID);
    }
    copy(bytes, own, length);
    CHECK_EQUAL(moat_fault_get(NULL), MOAT_FAULT_STATUS_VALID);
}

static void unfinished_write_is_corrupt(void) {
    newest()->magic = MOAT_FAULT_MAGIC_TORN;
    CHECK_EQUAL(moat_fault_get(NULL), MOAT_FAULT_STATUS_CORRUPT);
    CHECK_EQUAL(moat_fault_print(), MOAT_FAULT_STATUS_CORRUPT);
}

static void cleared_at_the_end(void) {
    moat_fault_clear();
    CHECK_EQUAL(moat_fault_get(NULL), MOAT_FAULT_STATUS_EMPTY);
    CHECK_EQUAL(moat_fault_retained.sequence, 4);
}

static const struct test_case cases[] = {
    TEST_CASE(resets_are_counted),
    TEST_CASE(power_up_is_empty),
    TEST_CASE(noise_is_empty),
    TEST_CASE(noise_behind_a_magic_is_corrupt),
    TEST_CASE(record_survives_a_reset),
    TEST_CASE(build_id_is_there),
    TEST_CASE(newest_record_is_found),
    TEST_CASE(clear_survives_a_reset),
    TEST_CASE(sequence_goes_on_after_a_clear),
    TEST_CASE(long_names_are_cut),
    TEST_CASE(sequence_goes_on_after_damage),
    TEST_CASE(every_byte_is_protected),
    TEST_CASE(every_cut_is_recognised),
    TEST_CASE(unfinished_write_is_corrupt),
    TEST_CASE(cleared_at_the_end),
};

int main(void) {
    static void (*const boots[])(void) = {boot_1, boot_2, boot_3, boot_4, boot_5};
    uint32_t boot = bsp_boot_count();
    if (boot == 1) {
        fill(&seen, sizeof seen, 0);
    }
    if (boot >= 1 && boot <= BOOTS) {
        seen.at[boot].status = moat_fault_get(&seen.at[boot].fault);
    }
    if (boot >= 1 && boot < BOOTS) {
        bsp_on_trap(BSP_TRAP_RESET);
        boots[boot - 1]();
    }
    return TEST_MAIN(cases);
}
