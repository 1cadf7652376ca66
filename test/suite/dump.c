/* The heap's dump: whole and sound frames, at any step of the collector, and nothing else happens. test/heapmap checks
 * their contents.
 *
 * SPDX-License-Identifier: MIT */
#include "base/crc.h"
#include "heap/cycle.h"
#include "fresh_heap.h"
#include "harness.h"

#include <bsp.h>
#include <moat.h>

#include <string.h>

#define LINE_BYTES 600
#define TAG "MOAT-HEAP "
#define HEAD_DIGITS 18 /* id, sequence, kind */

struct node {
    MOAT_REF(struct node) next;
    uintptr_t number;
};
MOAT_TYPE(node_type, struct node, next);

FRESH_ARENA(arena, 4096);
static unsigned char before[sizeof arena.bytes];
static struct moat_heap heap_before;
static MOAT_ROOT(struct node) list;
static MOAT_ROOT(void) large;

/* ---- what is printed ---- */

static struct {
    bool listening;
    bool pend;           /* an interrupt, at the first character */
    unsigned interrupts; /* taken so far */
    unsigned early;      /* of them before the last character */
    char line[LINE_BYTES];
    size_t used;
    unsigned frames, broken, kinds[4];
    uint32_t id;
} heard;

void __real_moat_port_write(const char *text, size_t length);
void __wrap_moat_port_write(const char *text, size_t length);

static uint32_t digits_value(const char *digits, unsigned count) {
    uint32_t value = 0;
    for (unsigned i = 0; i < count; i++) {
        char digit = digits[i];
        value = value << 4 | (uint32_t)(digit <= '9' ? digit - '0' : digit - 'a' + 10);
    }
    return value;
}

/* As memory has it, the lowest byte first. */
static uint32_t word_value(const char *digits) {
    uint32_t value = 0;
    for (unsigned i = 4; i-- > 0;) {
        value = value << 8 | digits_value(digits + 2 * i, 2);
    }
    return value;
}

static bool frame_is_sound(size_t length) {
    const char *body = heard.line + sizeof TAG - 1;
    size_t body_length = length - (sizeof TAG - 1) - 9;
    if (length < sizeof TAG - 1 + HEAD_DIGITS + 9 || memcmp(heard.line, TAG, sizeof TAG - 1) != 0 ||
        body[body_length] != ' ') {
        return false;
    }
    uint32_t crc = ~moat_crc_add(MOAT_CRC_START, body, (uint32_t)body_length);
    uint32_t id = word_value(body), sequence = word_value(body + 8), kind = digits_value(body + 16, 2);
    heard.id = heard.frames == 0 ? id : heard.id;
    heard.kinds[kind & 3]++;
    return crc == digits_value(body + body_length + 1, 8) && id == heard.id && sequence == heard.frames && kind >= 1 &&
           kind <= 3;
}

static void note_interrupt(void) {
    heard.interrupts++;
}

void __wrap_moat_port_write(const char *text, size_t length) {
    if (!heard.listening) {
        __real_moat_port_write(text, length);
        return;
    }
    if (heard.pend) {
        heard.pend = false;
        bsp_interrupt(note_interrupt);
    }
    heard.early = heard.interrupts;
    for (size_t i = 0; i < length; i++) {
        if (text[i] == '\n') {
            heard.broken += !frame_is_sound(heard.used);
            heard.frames++;
            heard.used = 0;
        } else if (heard.used < LINE_BYTES) {
            heard.line[heard.used++] = text[i];
        }
    }
}

static int dump(bool pend) {
    memset(&heard, 0, sizeof heard);
    heard.pend = pend;
    heard.listening = true;
    int result = moat_heap_dump();
    heard.listening = false;
    return result;
}

static void whole_dump(void) {
    CHECK_EQUAL(dump(false), MOAT_OK);
    CHECK_EQUAL(heard.broken, 0);
    CHECK_EQUAL(heard.used, 0);
    CHECK_EQUAL(heard.kinds[1], 1);
    CHECK_EQUAL(heard.kinds[3], 1);
    CHECK_EQUAL(heard.kinds[2], heard.frames - 2);
}

/* ---- the heap ---- */

static __attribute__((noinline)) bool build(void) {
    bool ready = fresh_heap(arena.bytes, sizeof arena.bytes);
    for (unsigned i = 0; i < 12; i++) {
        struct node *node = MOAT_NEW(node_type);
        MOAT_INIT(node->next, list);
        MOAT_STORE(list, node);
        (void)MOAT_NEW_BYTES(40);
    }
    MOAT_STORE(large, MOAT_NEW_BYTES(600));
    return ready && large != NULL;
}

static void frames_are_whole(void) {
    CHECK(build());
    whole_dump();
    uint32_t first = heard.id;
    whole_dump();
    CHECK(heard.id != first);
}

static void a_heap_without_objects(void) {
    CHECK(fresh_heap(arena.bytes, sizeof arena.bytes));
    whole_dump();
}

static void nothing_changes_at_any_step(void) {
    CHECK(build());
    moat_cycle_finish();
    moat_cycle_start();
    for (unsigned steps = 0; moat_heap.cycle.phase != MOAT_PHASE_IDLE; steps++) {
        memcpy(before, arena.bytes, sizeof before);
        memcpy(&heap_before, &moat_heap, sizeof heap_before);
        whole_dump();
        if (test_failed()) {
            return;
        }
        CHECK(memcmp(before, arena.bytes, sizeof before) == 0);
        CHECK(memcmp(&heap_before, &moat_heap, sizeof heap_before) == 0);
        CHECK_HEAP();
        moat_cycle_step(1 + steps / 8);
    }
}

static void interrupts_wait_for_its_end(void) {
    CHECK(build());
    CHECK_EQUAL(dump(true), MOAT_OK);
    CHECK_EQUAL(heard.early, 0);
    CHECK_EQUAL(heard.interrupts, 1);
}

static const struct test_case cases[] = {
    TEST_CASE(frames_are_whole),
    TEST_CASE(a_heap_without_objects),
    TEST_CASE(nothing_changes_at_any_step),
    TEST_CASE(interrupts_wait_for_its_end),
};

int main(void) {
    return TEST_MAIN(cases);
}
