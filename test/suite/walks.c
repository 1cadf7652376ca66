/* Walks through arrays and structs of whose objects a compiler keeps only what pointer it likes: support/walks.c, by
 * GCC and clang, at -Os, -O2 and -O3, elements of 4 to 64 bytes. The object is an arena's first, last, or between
 * others; in each round there is an allocation and a collection. None loses it.
 *
 * The suite also looks how far from the object the nearest word of stack and registers was: the table of docs/design.md
 * is of its notes.
 *
 * SPDX-License-Identifier: MIT */
#include "base/port.h"
#include "fresh_heap.h"
#include "harness.h"
#include "mark/mark.h"
#include "space/granule.h"
#include "support/filler.h"
#include "support/walks.h"

#include <moat.h>
#include <stdio.h>

enum kind { ELEMENTS, BYTES, TABLE, BETWEEN, KINDS };
enum place { FIRST, MIDDLE, LAST, PLACES };

static const char *const kind_names[KINDS] = {"array", "bytes", "struct of an array", "struct with an array"};
static const char *const place_names[PLACES] = {"first", "middle", "last"};

#define TYPES(size)                                                                                                    \
    MOAT_TYPE(element_##size, walk_##size);                                                                            \
    MOAT_TYPE(table_##size, struct walk_table_##size);                                                                 \
    MOAT_TYPE(between_##size, struct walk_between_##size);
WALK_SIZES(TYPES)

struct types {
    const struct moat_type *element, *table, *between;
};
#define TYPES_OF(size) {&element_##size, &table_##size, &between_##size},
static const struct types types[WALK_SIZE_COUNT] = {WALK_SIZES(TYPES_OF)};

/* The object's arena has no room for anything else, the other, on the far side of it, is for what the rounds allocate:
 * so the border that the object lies at is the whole heap's. */
#define SPARE_BYTES 512
#define FILLER_GRANULES 50 /* a large object: no chunk is made beside it */
FRESH_ARENA(low_spare, SPARE_BYTES);
FRESH_ARENA(home, 4096);
FRESH_ARENA(high_spare, SPARE_BYTES);

/* ---- what runs now ---- */

static enum kind kind;
static enum place place;
static size_t size_at;
static uintptr_t object, object_end; /* disguised, and in granules */
static bool is_lost;

/* The bytes from the nearest word to the object, at worst, in any round of the compilation. */
static uintptr_t most_before, most_past;

static __attribute__((noinline)) void *make(void) {
    const struct types *of = &types[size_at];
    switch (kind) {
    case ELEMENTS:
        return moat_new_array(of->element, WALK_ELEMENTS);
    case BYTES:
        return moat_new_bytes(of->element->size * WALK_ELEMENTS);
    case TABLE:
        return moat_new(of->table);
    default:
        return moat_new(of->between);
    }
}

static size_t granules_of_object(void) {
    const struct types *of = &types[size_at];
    size_t payload = kind == BETWEEN ? of->between->size : of->element->size * WALK_ELEMENTS;
    return (payload + MOAT_WORD_BYTES + MOAT_GRANULE - 1) / MOAT_GRANULE;
}

/* An arena in which the object has its place, and the rest is taken. */
static __attribute__((noinline)) void lay_out(void) {
    CHECK(fresh_heap(home.bytes, sizeof home.bytes));
    size_t room = moat_granules(moat_heap.arenas.table[0]->span) - 1, granules = granules_of_object();
    size_t before = place == FIRST ? 0 : place == LAST ? room - granules : FILLER_GRANULES;
    if (before != 0) {
        fill(before);
        CHECK(!test_failed());
    }
    void *made = make();
    CHECK(made != NULL);
    uintptr_t start = moat_heap.arenas.table[0]->low + before * MOAT_GRANULE;
    CHECK_EQUAL((uintptr_t)made, moat_payload_at(start));
    object = hide(made);
    object_end = start + granules * MOAT_GRANULE;
    if (place != LAST) {
        fill(room - before - granules);
        CHECK(!test_failed());
    }
    CHECK_EQUAL(moat_arena_add(place == LAST ? low_spare.bytes : high_spare.bytes, SPARE_BYTES), MOAT_OK);
}

void *walk_make(void) {
    lay_out();
    scrub_stack();
    return (void *)~object;
}

unsigned walk_count(void) {
    static const volatile unsigned count = WALK_ELEMENTS;
    return count;
}

/* ---- a round ---- */

/* The distance of the nearest word, from the object's payload to the end of its granules. */
__attribute__((no_sanitize_address)) static void *measure(void *unused, uintptr_t sp) {
    uintptr_t start = ~object, before = UINTPTR_MAX, past = UINTPTR_MAX;
    const moat_raw *end = (const moat_raw *)moat_port_thread_stack().high;
    for (const moat_raw *at = (const moat_raw *)sp; at < end; at++) {
        if (*at - start < object_end - start) {
            return unused;
        }
        before = start - *at < before ? start - *at : before;
        past = *at - object_end < past ? *at - object_end : past;
    }
    if (before <= past) {
        most_before = before > most_before ? before : most_before;
    } else {
        most_past = past > most_past ? past : most_past;
    }
    return unused;
}

static __attribute__((noinline)) void allocate(void) {
    CHECK(moat_new_bytes(3 * MOAT_GRANULE) != NULL);
}

void walk_round(void) {
    if (is_lost || test_failed()) {
        return;
    }
    scrub_stack();
    (void)moat_port_spill_and_call(measure, NULL);
    allocate();
    scrub_stack();
    (void)moat_gc_collect();
    is_lost = !is_alive(object);
}

/* ---- the compilations ---- */

static void say_lost(const char *compiler, const struct walks *walks, const struct walk *walk) {
    static char text[160];
    (void)snprintf(text, sizeof text, "lost by %s, %s, elements of %u bytes, %s, %s of its arena", compiler, walk->name,
                   (unsigned)walks->bytes, kind_names[kind], place_names[place]);
    test_fail(__FILE__, __LINE__, text);
}

static __attribute__((noinline)) void walk_all_of(const char *compiler, const struct walks *walks) {
    const uint32_t sum = WALK_ELEMENTS * (WALK_ELEMENTS + 1) / 2;
    for (size_t i = 0; i < WALK_KINDS; i++) {
        const struct walk *walk = &walks->walks[i];
        for (kind = ELEMENTS; kind < KINDS; kind++) {
            for (place = FIRST; place < PLACES; place++) {
                is_lost = false;
                uint32_t found = (kind == BETWEEN ? walk->in_struct : walk->in_array)();
                CHECK(!test_failed());
                if (is_lost) {
                    say_lost(compiler, walks, walk);
                    return;
                }
                CHECK_EQUAL(found, sum);
                CHECK_HEAP();
            }
        }
    }
}

static void walk_by(const struct walk_compilation *compilation) {
    if (compilation == NULL) {
        SKIP("this compiler is not installed, or has no such target");
    }
    for (size_at = 0; size_at < WALK_SIZE_COUNT; size_at++) {
        const struct walks *walks = &compilation->sizes[size_at];
        static char text[64];
        most_before = most_past = 0;
        walk_all_of(compilation->compiler, walks);
        CHECK(!test_failed());
        (void)snprintf(text, sizeof text, "%s, elements of %u bytes, before", compilation->compiler,
                       (unsigned)walks->bytes);
        test_note(text, (int64_t)most_before);
        (void)snprintf(text, sizeof text, "%s, elements of %u bytes, past", compilation->compiler,
                       (unsigned)walks->bytes);
        test_note(text, (int64_t)most_past);
    }
}

#define WALKS_CASE(compiler)                                                                                           \
    extern const struct walk_compilation walks_##compiler __attribute__((weak));                                       \
    static void walks_by_##compiler(void) {                                                                            \
        walk_by(&walks_##compiler);                                                                                    \
    }

WALKS_CASE(gcc_Os)
WALKS_CASE(gcc_O2)
WALKS_CASE(gcc_O3)
WALKS_CASE(clang_Os)
WALKS_CASE(clang_O2)
WALKS_CASE(clang_O3)

static const struct test_case cases[] = {
    TEST_CASE(walks_by_gcc_Os),   TEST_CASE(walks_by_gcc_O2),   TEST_CASE(walks_by_gcc_O3),
    TEST_CASE(walks_by_clang_Os), TEST_CASE(walks_by_clang_O2), TEST_CASE(walks_by_clang_O3),
};

int main(void) {
    return TEST_MAIN(cases);
}
