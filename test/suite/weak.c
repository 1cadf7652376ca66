/* Weak references: they read as their object until a cycle finds that nothing else keeps it, and as NULL from then on,
 * all at once, before a finalizer runs; what one has read is kept, in whatever phase. And objects one after the other.
 *
 * SPDX-License-Identifier: MIT */
#include "fresh_heap.h"
#include "harness.h"

#include "heap/cycle.h"
#include "mark/weak.h"
#include "support/every_step.h"

#include <moat.h>

#define MARK 0x600du
#define MANY 6u

struct datum {
    MOAT_REF(struct datum) other;
    uintptr_t number;
};
MOAT_TYPE(datum_type, struct datum, other);
static void finalize(void *object);
MOAT_TYPE_FINALIZED(closed_type, struct datum, finalize, other);

FRESH_ARENA(arena, TEST_ROOM(16384, 4096));
static MOAT_ROOT(struct datum) kept;
static MOAT_ROOT(struct datum) saved;
static MOAT_ROOT(struct datum) ballast;
static MOAT_ROOT(struct moat_weak) weak;
static MOAT_ROOT(struct moat_weak) weak_too;
static MOAT_ROOT(struct moat_weak) many[MANY];
static uintptr_t hidden, hidden_other;

static void start(void) {
    CHECK(fresh_heap(arena.bytes, sizeof arena.bytes));
}

/* An object that leads to another, in `kept`. */
static __attribute__((noinline)) void make_kept(const struct moat_type *type) {
    struct datum *datum = moat_new(type), *other = MOAT_NEW(datum_type);
    CHECK(datum != NULL && other != NULL);
    other->number = MARK + 1;
    datum->number = MARK;
    MOAT_STORE(datum->other, other);
    MOAT_STORE(kept, datum);
    hidden = hide(datum);
    hidden_other = hide(other);
}

/* Two weak references to it. */
static __attribute__((noinline)) void make_weak(void) {
    MOAT_STORE(weak, MOAT_WEAK_NEW(datum_type, kept));
    MOAT_STORE(weak_too, MOAT_WEAK_NEW(datum_type, kept));
    CHECK(weak != NULL && weak_too != NULL);
}

static __attribute__((noinline)) bool reads_null(void) {
    return moat_weak_get(weak) == NULL && moat_weak_get(weak_too) == NULL;
}

static void drop_kept(void) {
    MOAT_CLEAR(kept);
}

static __attribute__((noinline)) bool reads_kept(void) {
    return kept != NULL && MOAT_WEAK_GET(datum_type, weak) == kept && moat_weak_get(weak_too) == kept;
}

static void reads_until_death(void) {
    start();
    make_kept(&datum_type);
    make_weak();
    CHECK(reads_kept());
    collect_all();
    CHECK(reads_kept());
    drop_kept();
    CHECK(!reads_null()); /* no cycle has found it dead yet */
    collect_all();
    CHECK(reads_null());
    CHECK(!is_alive(hidden) && !is_alive(hidden_other));
    CHECK_HEAP();
}

static unsigned list_length(void) {
    unsigned length = 0;
    for (const struct moat_weak *at = (const struct moat_weak *)moat_weak_refs.first; at != NULL;
         at = (const struct moat_weak *)at->next) {
        length++;
    }
    return length;
}

static __attribute__((noinline)) void make_many(void) {
    for (unsigned i = 0; i < MANY; i++) {
        MOAT_STORE(many[i], moat_weak_new(kept));
        CHECK(many[i] != NULL);
    }
}

/* A weak reference that nobody holds leaves the list, wherever in the list it stands. */
static void a_dead_one_leaves_the_list(void) {
    for (unsigned dead = 0; dead < 1u << MANY; dead++) {
        start();
        make_kept(&datum_type);
        make_many();
        CHECK_EQUAL(list_length(), MANY);
        unsigned left = 0;
        for (unsigned i = 0; i < MANY; i++) {
            if ((dead >> i & 1u) != 0) {
                MOAT_CLEAR(many[i]);
            } else {
                left++;
            }
        }
        collect_all();
        CHECK_HEAP();
        CHECK(list_length() <= left + 1); /* a word of a stack may keep one */
        CHECK(list_length() >= left);
        for (unsigned i = 0; i < MANY; i++) {
            CHECK(many[i] == NULL || moat_weak_get(many[i]) == kept);
        }
    }
}

static void mistakes_are_refused(void) {
    CHECK(moat_weak_get(NULL) == NULL);
    moat_weak_clear(NULL);
    start();
    make_kept(&datum_type);
    CHECK(moat_weak_new(NULL) == NULL);
    CHECK_EQUAL(moat_last_error(), MOAT_ERR_NULL);
    CHECK(moat_weak_new(&hidden) == NULL);
    CHECK_EQUAL(moat_last_error(), MOAT_ERR_FOREIGN);
    CHECK(moat_weak_new(&kept->number) == NULL);
    CHECK_EQUAL(moat_last_error(), MOAT_ERR_FOREIGN);
    make_weak();
    moat_weak_clear(weak);
    CHECK(moat_weak_get(weak) == NULL && moat_weak_get(weak_too) == kept);
    CHECK_HEAP();
}

/* ---- in each phase ---- */

static unsigned given, refused, apart;

/* So that marking takes a while. */
static __attribute__((noinline)) void make_ballast(void) {
    for (unsigned i = 0; i < 2 * MANY; i++) {
        struct datum *datum = MOAT_NEW(datum_type);
        CHECK(datum != NULL);
        MOAT_STORE(datum->other, ballast);
        MOAT_STORE(ballast, datum);
    }
}

static __attribute__((noinline)) void prepare_dead(void) {
    start();
    make_ballast();
    make_kept(&datum_type);
    make_weak();
    drop_kept();
}

/* Both are read: what one gives the other gives. */
static __attribute__((noinline)) void read_both(void) {
    struct datum *first = moat_weak_get(weak), *second = moat_weak_get(weak_too);
    apart += first != second;
    if (first != NULL) {
        given++;
        MOAT_STORE(saved, first);
    } else {
        refused++;
    }
}

static bool is_whole(const struct datum *datum) {
    return datum->number == MARK && datum->other != NULL && datum->other->number == MARK + 1;
}

/* In functions of their own: what they leave on the stack is scrubbed. */
static __attribute__((noinline)) void check_saved(void) {
    CHECK(is_alive(hidden) && is_alive(hidden_other) && is_whole(saved));
    CHECK(moat_weak_get(weak) == saved && moat_weak_get(weak_too) == saved);
}

static void judge_read(void) {
    CHECK_EQUAL(apart, 0);
    if (saved != NULL) {
        check_saved();
        collect_all();
        check_saved();
        MOAT_CLEAR(saved);
        collect_all();
        CHECK(!is_alive(hidden));
    }
    CHECK(reads_null());
}

static void what_is_read_at_every_step_is_kept(void) {
    given = refused = apart = 0;
    at_every_step(prepare_dead, read_both, judge_read);
    CHECK(given > 5 && refused > 5);
}

/* A living object that marking has not come to yet reads as ever. */
static __attribute__((noinline)) void prepare_living(void) {
    start();
    make_kept(&datum_type);
    make_weak();
    collect_all(); /* the walk of the cycle before is over */
}

static __attribute__((noinline)) void read_living(void) {
    refused += !reads_kept();
}

static __attribute__((noinline)) void judge_living(void) {
    CHECK_EQUAL(refused, 0);
    CHECK(reads_kept() && is_whole(kept));
}

static void a_living_object_reads_at_every_step(void) {
    refused = 0;
    at_every_step(prepare_living, read_living, judge_living);
}

static __attribute__((noinline)) void make_one(void) {
    MOAT_STORE(many[0], moat_weak_new(kept));
    MOAT_CLEAR(weak);
}

static __attribute__((noinline)) void judge_made(void) {
    CHECK(many[0] != NULL && moat_weak_get(many[0]) == kept && moat_weak_get(weak_too) == kept);
    collect_all();
    CHECK(moat_weak_get(many[0]) == kept);
    CHECK(list_length() <= 3);
    drop_kept();
    collect_all();
    CHECK(moat_weak_get(many[0]) == NULL && !is_alive(hidden));
}

static void made_at_every_step(void) {
    at_every_step(prepare_living, make_one, judge_made);
}

/* A stack that is added takes marking back: what is white may be found on it. */
static moat_word words[16];
static struct moat_stack task = {(uintptr_t)words, (uintptr_t)(words + 16), (uintptr_t)words, "task", 0, 0};

static __attribute__((noinline)) void add_stack(void) {
    words[3] = (moat_word)moat_weak_get(weak);
    CHECK_EQUAL(moat_stack_add(&task), MOAT_OK);
    given += moat_weak_get(weak) != NULL;
}

static __attribute__((noinline)) void check_task(void) {
    CHECK(words[3] == 0 || (is_alive(hidden) && is_whole((const struct datum *)words[3])));
}

static void judge_stack(void) {
    check_task();
    words[3] = 0;
    CHECK_EQUAL(moat_stack_remove(&task), MOAT_OK);
    collect_all();
    CHECK(reads_null() && !is_alive(hidden));
}

static void a_stack_is_added_at_every_step(void) {
    given = 0;
    at_every_step(prepare_dead, add_stack, judge_stack);
    CHECK(given > 5);
}

/* ---- finalizers ---- */

static unsigned finalized, seen;

static void finalize(void *object) {
    finalized++;
    seen += moat_weak_get(weak) != NULL || moat_weak_get(weak_too) != NULL;
    MOAT_STORE(saved, object);
}

static __attribute__((noinline)) void prepare_closed(void) {
    start();
    finalized = seen = 0;
    make_kept(&closed_type);
    make_weak();
    drop_kept();
}

static __attribute__((noinline)) void look(void) {
    seen += moat_heap.finalizers.doomed != NULL && !reads_null();
    CHECK_HEAP();
}

static __attribute__((noinline)) void judge_closed(void) {
    CHECK(reads_null() || finalized == 0);
    collect_all();
    CHECK_EQUAL(finalized, 1);
    CHECK_EQUAL(seen, 0);
    CHECK(reads_null() && saved != NULL && is_whole(saved)); /* though it is back */
}

static void cleared_before_a_finalizer_runs(void) {
    at_every_step(prepare_closed, look, judge_closed);
}

/* ---- objects ---- */

static void objects_are_found_in_order(void) {
    start();
    struct moat_object object = {0};
    CHECK(!moat_object_next(&object));
    make_kept(&datum_type);
    make_weak();
    char *bytes = MOAT_NEW_BYTES(3000);
    struct datum *array = MOAT_NEW_ARRAY(datum_type, 40);
    CHECK(bytes != NULL && array != NULL);
    const void *before = NULL;
    unsigned data = 0, refs = 0, arrays = 0, raw = 0;
    while (moat_object_next(&object)) {
        CHECK(object.start > before);
        before = object.start;
        data += object.type == &datum_type && !object.array;
        arrays += object.start == (void *)array && object.array && object.bytes >= 40 * sizeof *array;
        refs += object.type == &moat_weak_type;
        raw += object.start == (void *)bytes;
    }
    CHECK(data == 2 && refs == 2 && arrays == 1 && raw == 1);
    object.start = bytes; /* from the middle */
    unsigned left = 0;
    while (moat_object_next(&object)) {
        left++;
    }
    CHECK_EQUAL(left, 1);
}

/* In each phase: all that is alive, and nothing that the sweep will free. */
static __attribute__((noinline)) void walk_over(void) {
    struct moat_object object = {0}, found;
    seen = 0;
    while (moat_object_next(&object)) {
        CHECK(moat_object_find(object.start, &found) && found.start == object.start);
        seen += object.start == (void *)kept || object.start == (void *)kept->other;
    }
    CHECK_EQUAL(seen, 2);
}

static __attribute__((noinline)) void prepare_mixed(void) {
    prepare_dead();
    make_kept(&datum_type);
}

static void judge_nothing(void) {
}

static void objects_are_found_at_every_step(void) {
    at_every_step(prepare_mixed, walk_over, judge_nothing);
}

/* More than one arena, the first full of one object. */
static void objects_are_found_in_all_arenas(void) {
    CHECK(fresh_heap(arena.bytes, 1024));
    CHECK_EQUAL(moat_arena_add(arena.bytes + 1024, 1024), MOAT_OK);
    unsigned made = 0, found = 0;
    while (made < 20 && MOAT_NEW(datum_type) != NULL) {
        made++;
    }
    char *large = MOAT_NEW_BYTES(600);
    CHECK(large != NULL);
    struct moat_object object = {0};
    while (moat_object_next(&object)) {
        found += object.type == &datum_type;
        made += object.start == (void *)large;
    }
    CHECK_EQUAL(found + 1, made);
}

static const struct test_case cases[] = {
    TEST_CASE(reads_until_death),
    TEST_CASE(a_dead_one_leaves_the_list),
    TEST_CASE(mistakes_are_refused),
    TEST_CASE(what_is_read_at_every_step_is_kept),
    TEST_CASE(a_living_object_reads_at_every_step),
    TEST_CASE(made_at_every_step),
    TEST_CASE(a_stack_is_added_at_every_step),
    TEST_CASE(cleared_before_a_finalizer_runs),
    TEST_CASE(objects_are_found_in_order),
    TEST_CASE(objects_are_found_at_every_step),
    TEST_CASE(objects_are_found_in_all_arenas),
};

int main(void) {
    return TEST_MAIN(cases);
}
