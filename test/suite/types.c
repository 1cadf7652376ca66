/* Types: which words of an object keep what they point at. Each shape is made with every word pointing at an object of
 * its own: the words that are slots must keep theirs, the others, numbers that look like pointers, must not.
 *
 * SPDX-License-Identifier: MIT */
#include "fresh_heap.h"
#include "harness.h"

#include <moat.h>

#define ARENA_BYTES (128 * 1024)
#define WORDS_MAX 600
#define TAIL 9
#define ARRAY 7

FRESH_ARENA(arena, ARENA_BYTES);
static MOAT_ROOT(void) root;

/* ---- shapes ---- */

struct plain {
    uintptr_t x;
    MOAT_REF(void) a;
    uintptr_t y;
    MOAT_REF(void) b;
};
MOAT_TYPE(plain_type, struct plain, a, b);

struct slots {
    uintptr_t x;
    MOAT_REF(void) s[5];
    uintptr_t y;
};
MOAT_TYPE(slots_type, struct slots, s);

/* Slots that point at words, and at slots. */
struct nested {
    uintptr_t x;
    struct {
        uintptr_t key;
        MOAT_REF(uintptr_t) next;
    } inner;
    struct {
        uintptr_t y;
        struct {
            MOAT_REF(MOAT_REF(void)) deep[2];
            uintptr_t z;
        } middle;
    } outer;
};
MOAT_TYPE(nested_type, struct nested, inner.next, outer.middle.deep);

struct bare {
    uintptr_t x[3];
};
MOAT_TYPE(bare_type, struct bare);

/* As many slots as a map has bits, and one more. */
struct full {
    MOAT_REF(void) s[MOAT_WORD_BITS];
};
MOAT_TYPE(full_type, struct full, s);

struct fuller {
    MOAT_REF(void) s[MOAT_WORD_BITS + 1];
};
MOAT_TYPE(fuller_type, struct fuller, s);

/* Two fields on both sides of the map's end, and one across it. */
struct wide {
    uintptr_t x[MOAT_WORD_BITS - 8];
    MOAT_REF(void) inside;
    uintptr_t y[3];
    MOAT_REF(void) across[6];
    uintptr_t z[20];
    MOAT_REF(void) beyond[11];
    uintptr_t last;
};
MOAT_TYPE(wide_type, struct wide, inside, across, beyond);

/* A field in front, and one beyond the map. */
struct apart {
    MOAT_REF(void) front;
    uintptr_t x[MOAT_WORD_BITS];
    MOAT_REF(void) beyond;
};
MOAT_TYPE(apart_type, struct apart, front, beyond);

typedef MOAT_REF(void) ref;
struct many {
    ref f1, f2, f3, f4, f5, f6, f7, f8, f9, f10, f11, f12;
    uintptr_t x;
    ref f13, f14, f15, f16, f17, f18, f19, f20, f21, f22, f23, f24;
};
MOAT_TYPE(many_type, struct many, f1, f2, f3, f4, f5, f6, f7, f8, f9, f10, f11, f12, f13, f14, f15, f16, f17, f18, f19,
          f20, f21, f22, f23, f24);

struct piece {
    uintptr_t key;
    MOAT_REF(void) value;
    uintptr_t weight;
};
MOAT_TYPE(piece_type, struct piece, value);

struct single {
    MOAT_REF(void) p;
};
MOAT_TYPE(single_type, struct single, p);

struct runs {
    MOAT_REF(void) head;
    uintptr_t x;
    struct piece pieces[20];
    MOAT_REF(void) tail[3];
    uintptr_t y;
    struct piece one;
};
MOAT_TYPE_RUNS(runs_type, struct runs, MOAT_RUN_SLOTS(struct runs, head),
               MOAT_RUN_STRUCTS(struct runs, pieces, struct piece, value), MOAT_RUN_SLOTS(struct runs, tail),
               MOAT_RUN_STRUCTS(struct runs, one, struct piece, value));

/* Repeats in a repeat, larger than a map's words. */
struct row {
    uintptr_t x;
    MOAT_REF(void) slots[MOAT_WORD_BITS + 3];
    uintptr_t y[3];
    struct piece pieces[MOAT_WORD_BITS / 2];
    MOAT_REF(void) last;
};
struct rows {
    MOAT_REF(void) head;
    uintptr_t x;
    struct row rows[3];
    MOAT_REF(void) tail;
};
MOAT_TYPE_RUNS(rows_type, struct rows, MOAT_RUN_SLOTS(struct rows, head),
               MOAT_RUN_NESTED_STRUCTS(struct rows, rows, struct row, pieces, struct piece, value),
               MOAT_RUN_NESTED(struct rows, rows, struct row, slots),
               MOAT_RUN_NESTED(struct rows, rows, struct row, last), MOAT_RUN_SLOTS(struct rows, tail));

struct tail_rows {
    uintptr_t x;
    MOAT_REF(void) head;
    struct row rows[];
};
MOAT_TYPE_FLEX(tail_rows_type, struct tail_rows, MOAT_RUN_SLOTS(struct tail_rows, head),
               MOAT_TAIL_NESTED(struct tail_rows, rows, struct row, slots),
               MOAT_TAIL_NESTED_STRUCTS(struct tail_rows, rows, struct row, pieces, struct piece, value),
               MOAT_TAIL_NESTED(struct tail_rows, rows, struct row, last));

struct tail_slots {
    uintptr_t x;
    MOAT_REF(void) head;
    uintptr_t y;
    MOAT_REF(void) items[];
};
MOAT_TYPE_FLEX(tail_slots_type, struct tail_slots, MOAT_RUN_SLOTS(struct tail_slots, head),
               MOAT_TAIL_SLOTS(struct tail_slots, items));

struct tail_structs {
    MOAT_REF(void) head;
    uintptr_t x;
    struct piece items[];
};
MOAT_TYPE_FLEX(tail_structs_type, struct tail_structs, MOAT_RUN_SLOTS(struct tail_structs, head),
               MOAT_TAIL_STRUCTS(struct tail_structs, items, struct piece, value));

struct tail_bytes {
    uintptr_t x;
    MOAT_REF(void) head;
    unsigned char bytes[];
};
MOAT_TYPE_FLEX(tail_bytes_type, struct tail_bytes, MOAT_RUN_SLOTS(struct tail_bytes, head),
               MOAT_TAIL_BYTES(struct tail_bytes, bytes));

static unsigned finalized;

static void finalize(void *object) {
    (void)object;
    finalized++;
}
MOAT_TYPE_FINALIZED(finalized_type, struct plain, finalize, a, b);
MOAT_TYPE_FINALIZED(finalized_wide_type, struct wide, finalize, inside, across, beyond);

/* Words that may be numbers as well, in pieces and one behind the other: as the compiler plugin makes such types. */
union unsure {
    void *pointer;
    uintptr_t number;
};
struct unsures {
    MOAT_REF(void) head;
    struct {
        uintptr_t x;
        union unsure u;
    } pieces[3];
    union unsure dense[4];
    uintptr_t y;
    MOAT_REF(void) tail;
};
#define UNSURE_RUN(T, member, stride, map)                                                                             \
    { offsetof(T, member), (stride), sizeof(((T *)0)->member) / (stride), (map), 0, MOAT_RUN_DOUBTFUL, 0 }
MOAT_TYPE_RUNS(unsures_type, struct unsures, MOAT_RUN_SLOTS(struct unsures, head),
               UNSURE_RUN(struct unsures, pieces, 2 * MOAT_WORD_BYTES, 2),
               UNSURE_RUN(struct unsures, dense, MOAT_WORD_BYTES, 1), MOAT_RUN_SLOTS(struct unsures, tail));

/* One for each granule of a small arena. */
#define FEW_BYTES (1024 * MOAT_WORD_BYTES)
struct numbers {
    union unsure word[FEW_BYTES / MOAT_GRANULE];
};
MOAT_TYPE_RUNS(numbers_type, struct numbers, UNSURE_RUN(struct numbers, word, MOAT_WORD_BYTES, 1));

/* ---- which words are slots, said a second time ---- */

#define IN(T, field) (at - offsetof(T, field) < sizeof(((T *)0)->field))
#define IS_SLOT(name, condition)                                                                                       \
    static bool name##_slot(size_t at) {                                                                               \
        return condition;                                                                                              \
    }

IS_SLOT(plain, IN(struct plain, a) || IN(struct plain, b))
IS_SLOT(slots, IN(struct slots, s))
IS_SLOT(nested, IN(struct nested, inner.next) || IN(struct nested, outer.middle.deep))
IS_SLOT(bare, at == SIZE_MAX)
IS_SLOT(all, at != SIZE_MAX)
IS_SLOT(apart, IN(struct apart, front) || IN(struct apart, beyond))
IS_SLOT(wide, IN(struct wide, inside) || IN(struct wide, across) || IN(struct wide, beyond))
IS_SLOT(many, !IN(struct many, x))
IS_SLOT(piece, at % sizeof(struct piece) == offsetof(struct piece, value))
IS_SLOT(runs, IN(struct runs, head) || IN(struct runs, tail) || IN(struct runs, one.value) ||
                  (IN(struct runs, pieces) && piece_slot(at - offsetof(struct runs, pieces))))
IS_SLOT(row, IN(struct row, slots) || IN(struct row, last) ||
                 (IN(struct row, pieces) && piece_slot(at - offsetof(struct row, pieces))))
IS_SLOT(rows, IN(struct rows, head) || IN(struct rows, tail) ||
                  (IN(struct rows, rows) && row_slot((at - offsetof(struct rows, rows)) % sizeof(struct row))))
IS_SLOT(tail_rows, IN(struct tail_rows, head) || (at >= sizeof(struct tail_rows) &&
                                                  row_slot((at - sizeof(struct tail_rows)) % sizeof(struct row))))
IS_SLOT(tail_slots, IN(struct tail_slots, head) || at >= sizeof(struct tail_slots))
IS_SLOT(tail_structs, IN(struct tail_structs, head) ||
                          (at >= sizeof(struct tail_structs) && piece_slot(at - sizeof(struct tail_structs))))
IS_SLOT(tail_bytes, IN(struct tail_bytes, head))
IS_SLOT(unsures,
        IN(struct unsures, head) || IN(struct unsures, tail) || IN(struct unsures, dense) ||
            (IN(struct unsures, pieces) && (at - offsetof(struct unsures, pieces)) % (2 * MOAT_WORD_BYTES) != 0))

/* ---- the trial of a shape ---- */

static struct {
    uintptr_t target[WORDS_MAX]; /* hidden: what word i points at */
    uintptr_t object;            /* hidden: the object under trial */
} trial;

/* In a function of its own, so that no pointer is left in its caller's frame. */
static __attribute__((noinline)) void point_words(void *object, size_t bytes, bool (*is_slot)(size_t at)) {
    for (size_t i = 0; i < bytes / MOAT_WORD_BYTES; i++) {
        void *target = MOAT_NEW_BYTES(1 + i % 20);
        CHECK(target != NULL && i < WORDS_MAX);
        trial.target[i] = hide(target);
        moat_slot *word = (moat_slot *)object + i;
        if (is_slot(i * MOAT_WORD_BYTES)) {
            MOAT_STORE(*word, target);
        } else {
            *(moat_raw *)word = (uintptr_t)target;
        }
    }
}

static __attribute__((noinline)) void make_trial(void *(*make)(void), size_t bytes, bool (*is_slot)(size_t at)) {
    void *object = make();
    CHECK(object != NULL);
    MOAT_STORE(root, object);
    trial.object = hide(object);
    point_words(object, bytes, is_slot);
}

static void check_words(size_t bytes, bool (*is_slot)(size_t at)) {
    for (size_t at = 0; at < bytes; at += MOAT_WORD_BYTES) {
        bool alive = is_alive(trial.target[at / MOAT_WORD_BYTES]);
        if (alive != is_slot(at)) {
            test_note("the object and its word are at byte", (int64_t)at);
            test_fail(__FILE__, __LINE__,
                      alive ? "a word that is no slot keeps its object" : "a slot's object was freed");
            return;
        }
    }
}

static void try_shape(void *(*make)(void), size_t bytes, bool (*is_slot)(size_t at)) {
    CHECK(fresh_heap(arena.bytes, sizeof arena.bytes));
    make_trial(make, bytes, is_slot);
    CHECK(!test_failed());
    CHECK_HEAP();
    collect_once();
    CHECK_HEAP();
    check_words(bytes, is_slot);
    CHECK(is_alive(trial.object));
    MOAT_CLEAR(root);
    collect_all();
    CHECK_HEAP();
    CHECK(!is_alive(trial.object));
    for (size_t i = 0; i < bytes / MOAT_WORD_BYTES; i++) {
        CHECK(!is_alive(trial.target[i]));
    }
    CHECK_EQUAL(free_bytes(), moat_heap.stats.arena_bytes);
}

#define SHAPE_OF(name, make_, bytes, slot)                                                                             \
    static void *name##_make(void) {                                                                                   \
        return make_;                                                                                                  \
    }                                                                                                                  \
    static void name(void) {                                                                                           \
        try_shape(name##_make, bytes, slot);                                                                           \
    }

SHAPE_OF(plain_fields, MOAT_NEW(plain_type), sizeof(struct plain), plain_slot)
SHAPE_OF(array_of_slots, MOAT_NEW(slots_type), sizeof(struct slots), slots_slot)
SHAPE_OF(nested_structs, MOAT_NEW(nested_type), sizeof(struct nested), nested_slot)
SHAPE_OF(no_slots, MOAT_NEW(bare_type), sizeof(struct bare), bare_slot)
SHAPE_OF(full_map, MOAT_NEW(full_type), sizeof(struct full), all_slot)
SHAPE_OF(one_more_than_the_map, MOAT_NEW(fuller_type), sizeof(struct fuller), all_slot)
SHAPE_OF(wider_than_the_map, MOAT_NEW(wide_type), sizeof(struct wide), wide_slot)
SHAPE_OF(one_beyond_the_map, MOAT_NEW(apart_type), sizeof(struct apart), apart_slot)
SHAPE_OF(twenty_four_fields, MOAT_NEW(many_type), sizeof(struct many), many_slot)
SHAPE_OF(runs_of_structs, MOAT_NEW(runs_type), sizeof(struct runs), runs_slot)
SHAPE_OF(tail_of_slots, MOAT_NEW_FLEX(tail_slots_type, TAIL), sizeof(struct tail_slots) + TAIL * sizeof(void *),
         tail_slots_slot)
SHAPE_OF(tail_of_structs, MOAT_NEW_FLEX(tail_structs_type, TAIL),
         sizeof(struct tail_structs) + TAIL * sizeof(struct piece), tail_structs_slot)
SHAPE_OF(tail_of_bytes, MOAT_NEW_FLEX(tail_bytes_type, TAIL *MOAT_WORD_BYTES),
         sizeof(struct tail_bytes) + TAIL * MOAT_WORD_BYTES, tail_bytes_slot)
SHAPE_OF(empty_tail, MOAT_NEW_FLEX(tail_structs_type, 0), sizeof(struct tail_structs), tail_structs_slot)
SHAPE_OF(repeats_in_a_repeat, MOAT_NEW(rows_type), sizeof(struct rows), rows_slot)
SHAPE_OF(tail_of_repeats, MOAT_NEW_FLEX(tail_rows_type, 2), sizeof(struct tail_rows) + 2 * sizeof(struct row),
         tail_rows_slot)
SHAPE_OF(array_of_structs, MOAT_NEW_ARRAY(piece_type, ARRAY), ARRAY * sizeof(struct piece), piece_slot)
SHAPE_OF(array_of_single_slots, MOAT_NEW_ARRAY(single_type, 50), 50 * sizeof(struct single), all_slot)
SHAPE_OF(array_of_runs, MOAT_NEW_ARRAY(runs_type, 1), sizeof(struct runs), runs_slot)
SHAPE_OF(array_without_slots, MOAT_NEW_ARRAY(bare_type, ARRAY), ARRAY * sizeof(struct bare), bare_slot)
SHAPE_OF(words_that_may_be_numbers, MOAT_NEW(unsures_type), sizeof(struct unsures), unsures_slot)
SHAPE_OF(raw_bytes, MOAT_NEW_BYTES(20 * MOAT_WORD_BYTES), 20 * MOAT_WORD_BYTES, bare_slot)

SHAPE_OF(finalized_fields, MOAT_NEW(finalized_type), sizeof(struct plain), plain_slot)
SHAPE_OF(finalized_and_wide, MOAT_NEW(finalized_wide_type), sizeof(struct wide), wide_slot)

static void finalizers_ran_once_each(void) {
    CHECK_EQUAL(finalized, 2);
}

/* Arrays of a wide type: each element's runs begin anew. */
static bool wide_array_slot(size_t at) {
    return wide_slot(at % sizeof(struct wide));
}
SHAPE_OF(array_of_wide_structs, MOAT_NEW_ARRAY(wide_type, 2), 2 * sizeof(struct wide), wide_array_slot)

/* ---- numbers in place of pointers ---- */

/* Objects with gaps between them, which a request that none of them has room for leaves behind as holes. */
static __attribute__((noinline)) void make_holes(void) {
    struct full *full = MOAT_NEW(full_type);
    CHECK(full != NULL);
    MOAT_STORE(root, full);
    for (size_t i = 0; i < 2 * MOAT_WORD_BITS; i++) {
        MOAT_STORE(full->s[i / 2], MOAT_NEW_BYTES(1));
    }
    MOAT_STORE(full->s[0], MOAT_NEW(numbers_type));
    collect_once();
    MOAT_STORE(full->s[1], MOAT_NEW(slots_type));
    CHECK(full->s[0] != NULL && full->s[1] != NULL && (moat_heap.lists.map | moat_heap.aside.map) != 0);
}

/* Words that point at whatever there is: each object, hole and free granule of the arena. */
static void make_numbers(void) {
    CHECK(fresh_heap(arena.bytes, FEW_BYTES));
    make_holes();
    CHECK(!test_failed());
    struct numbers *numbers = ((struct full *)root)->s[0];
    for (size_t i = 0; i < FEW_BYTES / MOAT_GRANULE; i++) {
        numbers->word[i].number = (uintptr_t)arena.bytes + i * MOAT_GRANULE;
    }
}

static void numbers_that_look_like_pointers(void) {
    make_numbers();
    collect_once();
    CHECK_HEAP();
}

static void numbers_that_plain_c_overwrites(void) {
    make_numbers();
    moat_heap.cycle.requested = true;
    (void)moat_gc_step(1);
    CHECK(moat_heap.marking != 0);
    struct numbers *numbers = ((struct full *)root)->s[0];
    for (size_t i = 0; i < FEW_BYTES / MOAT_GRANULE; i++) {
        moat_barrier_at_(&numbers->word[i], NULL);
        numbers->word[i].number = 0;
    }
    while (moat_gc_step(MOAT_CONFIG_SLICE_UNITS) == 1) {
    }
    CHECK_HEAP();
}

static const struct test_case cases[] = {
    TEST_CASE(plain_fields),
    TEST_CASE(array_of_slots),
    TEST_CASE(nested_structs),
    TEST_CASE(no_slots),
    TEST_CASE(full_map),
    TEST_CASE(one_more_than_the_map),
    TEST_CASE(wider_than_the_map),
    TEST_CASE(one_beyond_the_map),
    TEST_CASE(twenty_four_fields),
    TEST_CASE(runs_of_structs),
    TEST_CASE(tail_of_slots),
    TEST_CASE(tail_of_structs),
    TEST_CASE(tail_of_bytes),
    TEST_CASE(empty_tail),
    TEST_CASE(repeats_in_a_repeat),
    TEST_CASE(tail_of_repeats),
    TEST_CASE(array_of_structs),
    TEST_CASE(array_of_single_slots),
    TEST_CASE(array_of_runs),
    TEST_CASE(array_of_wide_structs),
    TEST_CASE(array_without_slots),
    TEST_CASE(words_that_may_be_numbers),
    TEST_CASE(numbers_that_look_like_pointers),
    TEST_CASE(numbers_that_plain_c_overwrites),
    TEST_CASE(raw_bytes),
    TEST_CASE(finalized_fields),
    TEST_CASE(finalized_and_wide),
    TEST_CASE(finalizers_ran_once_each),
};

int main(void) {
    return TEST_MAIN(cases);
}
