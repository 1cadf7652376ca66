/* Bad input: each refused call returns its result, notes it as the last error, prints a line that names the call and
 * the reason, and changes nothing.
 *
 * SPDX-License-Identifier: MIT */
#include "console.h"
#include "fresh_heap.h"
#include "harness.h"

#include <bsp.h>
#include <moat.h>
#include <string.h>

#define ARENA_BYTES 4096

struct node {
    MOAT_REF(struct node) next;
    uintptr_t value;
};
MOAT_TYPE(node_type, struct node, next);

struct huge {
    MOAT_REF(struct node) first;
    unsigned char bytes[2 * ARENA_BYTES];
};
MOAT_TYPE(huge_type, struct huge, first);

struct flexible {
    uintptr_t count;
    MOAT_REF(struct node) items[];
};
MOAT_TYPE_FLEX(flexible_type, struct flexible, MOAT_TAIL_SLOTS(struct flexible, items));

static void finalize(void *object) {
    (void)object;
}
MOAT_TYPE_FINALIZED(finalized_type, struct node, finalize, next);

static MOAT_ROOT(struct node) root;
FRESH_ARENA(arena, ARENA_BYTES);
static _Alignas(16) unsigned char spare[MOAT_CONFIG_ARENAS_MAX][1024];
static struct moat_type not_in_the_section;

/* ---- what a refusal is ---- */

static struct {
    struct moat_heap heap;
    unsigned char arena[ARENA_BYTES];
} before;

static void remember(void) {
    before.heap = moat_heap;
    memcpy(before.arena, arena.bytes, sizeof before.arena);
    console_begin();
}

/* Who called last, on which stack, is not state. */
static bool nothing_changed(void) {
    before.heap.front.caller = moat_heap.front.caller;
    before.heap.front.stack_low = moat_heap.front.stack_low;
    before.heap.front.stack_span = moat_heap.front.stack_span;
    return memcmp(&before.heap, &moat_heap, sizeof moat_heap) == 0 &&
           memcmp(before.arena, arena.bytes, sizeof before.arena) == 0;
}

static bool line_is(const char *call, const char *what, int result) {
    const char *text = console_text();
    return strncmp(text, "moat: ", 6) == 0 && strncmp(text + 6, call, strlen(call)) == 0 &&
           strncmp(text + 6 + strlen(call), ": ", 2) == 0 && console_has(what) &&
           console_has(moat_result_name(result)) && text[strlen(text) - 1] == '\n' &&
           strchr(text, '\n') == text + strlen(text) - 1;
}

/* After a call that returned `actual`: a code, or 0 for a call that returns NULL or 0 where it fails. */
static bool refused(int line, const char *call, int result, const char *what) {
    return test_equal(__FILE__, line, "moat_last_error()", moat_last_error(), result) &&
           test_equal(__FILE__, line, "the heap is as it was", nothing_changed(), true) &&
           test_equal(__FILE__, line, "the line printed says what", line_is(call, what, result), true) &&
           test_heap(__FILE__, line);
}

#define REFUSED(expression, call, result, what)                                                                        \
    do {                                                                                                               \
        remember();                                                                                                    \
        CHECK_EQUAL(expression, result);                                                                               \
        if (!refused(__LINE__, call, result, what)) {                                                                  \
            return;                                                                                                    \
        }                                                                                                              \
    } while (0)

#define REFUSED_NULL(expression, call, result, what)                                                                   \
    do {                                                                                                               \
        remember();                                                                                                    \
        CHECK_POINTER(expression, NULL);                                                                               \
        if (!refused(__LINE__, call, result, what)) {                                                                  \
            return;                                                                                                    \
        }                                                                                                              \
    } while (0)

/* A heap with one object, so that there is something to damage. */
static bool start(void) {
    if (!fresh_heap(arena.bytes, sizeof arena.bytes)) {
        return false;
    }
    MOAT_STORE(root, MOAT_NEW(node_type));
    return root != NULL;
}

/* ---- lifecycle ---- */

static void init_twice(void) {
    CHECK(start());
    REFUSED(moat_init(), "moat_init", MOAT_ERR_READY, "second time");
}

static void arena_without_memory(void) {
    CHECK(start());
    REFUSED(moat_arena_add(NULL, 1024), "moat_arena_add", MOAT_ERR_NULL, "no memory");
}

/* 256 bytes count from the first whole word on. */
static void arena_unaligned_and_too_small(void) {
    CHECK(start());
    for (size_t off = 1; off < MOAT_WORD_BYTES; off++) {
        REFUSED(moat_arena_add(spare[0] + off, 255 + MOAT_WORD_BYTES - off), "moat_arena_add", MOAT_ERR_SIZE,
                "256 bytes to 8 MiB");
    }
}

static void kinds_of_no_arena(void) {
    CHECK(start());
    REFUSED(moat_arena_kinds(NULL, MOAT_MEMORY_FAST), "moat_arena_add", MOAT_ERR_NULL, "no memory");
    REFUSED(moat_arena_kinds(spare[0], MOAT_MEMORY_FAST), "moat_arena_add", MOAT_ERR_ABSENT, "no arena is there");
    REFUSED(moat_arena_kinds(arena.bytes + ARENA_BYTES, MOAT_MEMORY_FAST), "moat_arena_add", MOAT_ERR_ABSENT,
            "no arena is there");
    REFUSED(moat_arena_kinds(arena.bytes, MOAT_MEMORY_ONLY), "moat_arena_add", MOAT_ERR_SIZE, "is no kind");
}

static void memory_that_no_arena_is(void) {
    CHECK(start());
    CHECK_EQUAL(moat_arena_kinds(arena.bytes, MOAT_MEMORY_FAST), MOAT_OK);
    REFUSED(moat_new_bytes_in(MOAT_MEMORY_DMA | MOAT_MEMORY_ONLY, 8) == NULL ? moat_last_error() : 0, "moat_new_bytes",
            MOAT_ERR_SIZE, "of these kinds");
    REFUSED(moat_new_bytes_in(MOAT_MEMORY_FAST | MOAT_MEMORY_ONLY, ARENA_BYTES) == NULL ? moat_last_error() : 0,
            "moat_new_bytes", MOAT_ERR_SIZE, "of these kinds");
    CHECK_EQUAL(moat_arena_kinds(arena.bytes, 0), MOAT_OK);
}

static void arena_of_a_wrong_size(void) {
#define MAX_BYTES ((size_t)(MOAT_WORD_BYTES == 4 ? 8 : 256) << 20)
    static const size_t sizes[] = {0, 1, 255, MAX_BYTES + 1, SIZE_MAX / 2, SIZE_MAX};
    CHECK(start());
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        REFUSED(moat_arena_add(spare[0], sizes[i]), "moat_arena_add", MOAT_ERR_SIZE, "256 bytes to 8 MiB");
    }
}

static void arena_around_the_end_of_memory(void) {
    CHECK(start());
    REFUSED(moat_arena_add((void *)(UINTPTR_MAX - 1023), 4096), "moat_arena_add", MOAT_ERR_SIZE, "256 bytes to 8 MiB");
}

static void arenas_that_overlap(void) {
    static const struct {
        ptrdiff_t from;
        size_t bytes;
    } ranges[] = {
        {0, ARENA_BYTES},                     /* the same */
        {256, 512},                           /* within */
        {-512, 1024},                         /* over its start */
        {-512, 512 + MOAT_WORD_BYTES},        /* over its first word */
        {ARENA_BYTES - 512, 1024},            /* over its end */
        {ARENA_BYTES - MOAT_WORD_BYTES, 512}, /* over its last word */
        {-512, ARENA_BYTES + 1024},           /* around it */
    };
    CHECK(start());
    for (size_t i = 0; i < sizeof ranges / sizeof ranges[0]; i++) {
        void *at = (void *)((uintptr_t)arena.bytes + (uintptr_t)ranges[i].from);
        REFUSED(moat_arena_add(at, ranges[i].bytes), "moat_arena_add", MOAT_ERR_OVERLAP, "overlaps an arena");
    }
}

/* Memory that the collector scans is no place for an arena. */
static void arenas_over_roots_and_stacks(void) {
    static _Alignas(16) unsigned char memory[1024];
    static struct moat_stack stack;
    unsigned char here[512];
    CHECK(start());
    REFUSED(moat_arena_add((void *)((uintptr_t)here & ~(uintptr_t)15), 256), "moat_arena_add", MOAT_ERR_OVERLAP,
            "overlaps");
    REFUSED(moat_arena_add(&MOAT_RAW(root), 256), "moat_arena_add", MOAT_ERR_OVERLAP, "overlaps");
    CHECK_EQUAL(moat_root_add(memory + 512, NULL, 1), MOAT_OK);
    REFUSED(moat_arena_add(memory, sizeof memory), "moat_arena_add", MOAT_ERR_OVERLAP, "overlaps");
    CHECK_EQUAL(moat_root_remove(memory + 512), MOAT_OK);
    stack = (struct moat_stack){.low = (uintptr_t)memory + 1000, .high = (uintptr_t)memory + 1024};
    CHECK_EQUAL(moat_stack_add(&stack), MOAT_OK);
    REFUSED(moat_arena_add(memory, sizeof memory), "moat_arena_add", MOAT_ERR_OVERLAP, "overlaps");
    CHECK_EQUAL(moat_stack_remove(&stack), MOAT_OK);
    CHECK_EQUAL(moat_arena_add(memory, sizeof memory), MOAT_OK);
}

static void arenas_that_touch_are_no_overlap(void) {
    CHECK(fresh_heap(spare[1], sizeof spare[1]));
    CHECK_EQUAL(moat_arena_add(spare[0], sizeof spare[0]), MOAT_OK);
    CHECK_EQUAL(moat_arena_add(spare[2], sizeof spare[2]), MOAT_OK);
    CHECK_HEAP();
}

static void too_many_arenas(void) {
    CHECK(start());
    for (size_t i = 1; i < MOAT_CONFIG_ARENAS_MAX; i++) {
        CHECK_EQUAL(moat_arena_add(spare[i], sizeof spare[i]), MOAT_OK);
    }
    REFUSED(moat_arena_add(spare[0], sizeof spare[0]), "moat_arena_add", MOAT_ERR_FULL, "MOAT_CONFIG_ARENAS_MAX");
}

/* ---- allocation ---- */

static void types_that_are_none(void) {
    CHECK(start());
    const struct moat_type *inside = (const struct moat_type *)((uintptr_t)&node_type + MOAT_TYPE_ALIGN / 2);
    const struct moat_type *foreign[] = {&not_in_the_section, (const struct moat_type *)arena.bytes,
                                         (const struct moat_type *)(uintptr_t)root, inside};
    REFUSED_NULL(moat_new(NULL), "moat_new", MOAT_ERR_NULL, "no type");
    REFUSED_NULL(moat_new_array(NULL, 1), "moat_new_array", MOAT_ERR_NULL, "no type");
    REFUSED_NULL(moat_new_flex(NULL, 1), "moat_new_flex", MOAT_ERR_NULL, "no type");
    for (size_t i = 0; i < sizeof foreign / sizeof foreign[0]; i++) {
        REFUSED_NULL(moat_new_array(foreign[i], 1), "moat_new_array", MOAT_ERR_FOREIGN, "define it with MOAT_TYPE");
        REFUSED_NULL(moat_new_flex(foreign[i], 1), "moat_new_flex", MOAT_ERR_FOREIGN, "define it with MOAT_TYPE");
        REFUSED_NULL(moat_new(foreign[i]), "moat_new", MOAT_ERR_FOREIGN, "define it with MOAT_TYPE");
    }
}

static void types_that_do_not_allow_it(void) {
    CHECK(start());
    REFUSED_NULL(MOAT_NEW_ARRAY(finalized_type, 1), "moat_new_array", MOAT_ERR_TYPE, "finalized or flexible");
    REFUSED_NULL(MOAT_NEW_ARRAY(flexible_type, 1), "moat_new_array", MOAT_ERR_TYPE, "finalized or flexible");
    REFUSED_NULL(MOAT_NEW_FLEX(node_type, 1), "moat_new_flex", MOAT_ERR_TYPE, "MOAT_TYPE_FLEX");
    REFUSED_NULL(MOAT_NEW_FLEX(finalized_type, 0), "moat_new_flex", MOAT_ERR_TYPE, "MOAT_TYPE_FLEX");
}

static void type_larger_than_the_arena(void) {
    CHECK(start());
    REFUSED_NULL(MOAT_NEW(huge_type), "moat_new", MOAT_ERR_SIZE, "larger than every arena");
    REFUSED_NULL(MOAT_NEW_ARRAY(huge_type, 1), "moat_new_array", MOAT_ERR_SIZE, "larger than every arena");
}

static void sizes_of_zero(void) {
    CHECK(start());
    REFUSED_NULL(MOAT_NEW_BYTES(0), "moat_new_bytes", MOAT_ERR_SIZE, "1 byte or more");
    REFUSED_NULL(MOAT_NEW_ARRAY(node_type, 0), "moat_new_array", MOAT_ERR_SIZE, "0 or overflows");
    REFUSED(moat_gc_step(0), "moat_gc_step", MOAT_ERR_SIZE, "1 unit or more");
}

static void sizes_larger_than_the_arena(void) {
    CHECK(start());
    for (size_t bytes = ARENA_BYTES; bytes >= ARENA_BYTES; bytes = bytes * 2 + 1) {
        REFUSED_NULL(MOAT_NEW_BYTES(bytes), "moat_new_bytes", MOAT_ERR_SIZE, "larger than every arena");
        if (bytes == SIZE_MAX) {
            break;
        }
    }
    for (size_t less = 0; less < 40; less++) {
        REFUSED_NULL(MOAT_NEW_BYTES(SIZE_MAX - less), "moat_new_bytes", MOAT_ERR_SIZE, "larger than every arena");
    }
}

/* Products that wrap to something small would be served. */
static void counts_that_overflow(void) {
    static const size_t counts[] = {SIZE_MAX,
                                    SIZE_MAX / 2,
                                    SIZE_MAX / sizeof(struct node),
                                    SIZE_MAX / sizeof(struct node) + 1,
                                    SIZE_MAX / sizeof(struct node) + 2,
                                    SIZE_MAX / 2 / sizeof(struct node) + 1};
    CHECK(start());
    for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++) {
        REFUSED_NULL(MOAT_NEW_ARRAY(node_type, counts[i]), "moat_new_array", MOAT_ERR_SIZE, "overflows");
    }
    REFUSED_NULL(MOAT_NEW_FLEX(flexible_type, SIZE_MAX), "moat_new_flex", MOAT_ERR_SIZE, "overflows");
    REFUSED_NULL(MOAT_NEW_FLEX(flexible_type, SIZE_MAX / sizeof(void *) + 1), "moat_new_flex", MOAT_ERR_SIZE,
                 "overflows");
    REFUSED_NULL(MOAT_NEW_FLEX(flexible_type, SIZE_MAX / 2 / sizeof(void *)), "moat_new_flex", MOAT_ERR_SIZE, "larger");
}

/* ---- roots and stacks ---- */

static struct node outside[MOAT_CONFIG_ROOTS_MAX + 1];

static void roots_that_are_none(void) {
    CHECK(start());
    REFUSED(moat_root_add(NULL, NULL, 1), "moat_root_add", MOAT_ERR_NULL, "no memory");
    REFUSED(moat_root_add((char *)outside + 1, NULL, 1), "moat_root_add", MOAT_ERR_ALIGN, "aligned to a word");
    REFUSED(moat_root_add(outside, NULL, 0), "moat_root_add", MOAT_ERR_SIZE, "0 or overflows");
    REFUSED(moat_root_add(outside, NULL, SIZE_MAX), "moat_root_add", MOAT_ERR_SIZE, "0 or overflows");
    REFUSED(moat_root_add(outside, &node_type, SIZE_MAX / sizeof(struct node)), "moat_root_add", MOAT_ERR_SIZE,
            "0 or overflows");
    REFUSED(moat_root_add(outside, &not_in_the_section, 1), "moat_root_add", MOAT_ERR_FOREIGN,
            "define it with MOAT_TYPE");
    REFUSED(moat_root_add(outside, &flexible_type, 1), "moat_root_add", MOAT_ERR_TYPE, "flexible or finalized");
    REFUSED(moat_root_add(outside, &finalized_type, 1), "moat_root_add", MOAT_ERR_TYPE, "flexible or finalized");
    REFUSED(moat_root_add(root, &node_type, 1), "moat_root_add", MOAT_ERR_OVERLAP, "overlaps an arena");
}

static void roots_that_overlap(void) {
    CHECK(start());
    CHECK_EQUAL(moat_root_add(&outside[1], &node_type, 2), MOAT_OK);
    REFUSED(moat_root_add(&outside[1], &node_type, 2), "moat_root_add", MOAT_ERR_OVERLAP, "overlaps a root");
    REFUSED(moat_root_add(&outside[0], &node_type, 2), "moat_root_add", MOAT_ERR_OVERLAP, "overlaps a root");
    REFUSED(moat_root_add(&outside[2].value, NULL, 2), "moat_root_add", MOAT_ERR_OVERLAP, "overlaps a root");
    CHECK_EQUAL(moat_root_add(&outside[0], &node_type, 1), MOAT_OK);
    CHECK_EQUAL(moat_root_add(&outside[3], &node_type, 1), MOAT_OK);
}

static void too_many_roots(void) {
    CHECK(start());
    for (size_t i = 0; i < MOAT_CONFIG_ROOTS_MAX; i++) {
        CHECK_EQUAL(moat_root_add(&outside[i], &node_type, 1), MOAT_OK);
    }
    REFUSED(moat_root_add(&outside[MOAT_CONFIG_ROOTS_MAX], &node_type, 1), "moat_root_add", MOAT_ERR_FULL,
            "MOAT_CONFIG_ROOTS_MAX");
}

static void roots_that_are_not_there(void) {
    CHECK(start());
    CHECK_EQUAL(moat_root_add(&outside[0], &node_type, 2), MOAT_OK);
    REFUSED(moat_root_remove(NULL), "moat_root_remove", MOAT_ERR_ABSENT, "no root");
    REFUSED(moat_root_remove(&outside[1]), "moat_root_remove", MOAT_ERR_ABSENT, "no root");
    REFUSED(moat_root_remove(&root), "moat_root_remove", MOAT_ERR_ABSENT, "no root");
    CHECK_EQUAL(moat_root_remove(&outside[0]), MOAT_OK);
    REFUSED(moat_root_remove(&outside[0]), "moat_root_remove", MOAT_ERR_ABSENT, "no root");
}

static void stacks_that_are_none(void) {
    static uintptr_t memory[16];
    uintptr_t low = (uintptr_t)memory, high = low + sizeof memory;
    static struct moat_stack good, bad;
    CHECK(start());
    REFUSED(moat_stack_add(NULL), "moat_stack_add", MOAT_ERR_NULL, "no stack");
    bad = (struct moat_stack){.low = low + 1, .high = high};
    REFUSED(moat_stack_add(&bad), "moat_stack_add", MOAT_ERR_ALIGN, "aligned to a word");
    bad = (struct moat_stack){.low = high, .high = high};
    REFUSED(moat_stack_add(&bad), "moat_stack_add", MOAT_ERR_SIZE, "below high");
    good = (struct moat_stack){.low = low, .high = high, .sp = high};
    CHECK_EQUAL(moat_stack_add(&good), MOAT_OK);
    bad = (struct moat_stack){.low = high - MOAT_WORD_BYTES, .high = high + MOAT_WORD_BYTES};
    REFUSED(moat_stack_add(&bad), "moat_stack_add", MOAT_ERR_OVERLAP, "overlaps a stack");
    REFUSED(moat_stack_add(&good), "moat_stack_add", MOAT_ERR_OVERLAP, "overlaps a stack");
    REFUSED(moat_stack_remove(&bad), "moat_stack_remove", MOAT_ERR_ABSENT, "not registered");
    REFUSED(moat_stack_remove(NULL), "moat_stack_remove", MOAT_ERR_NULL, "no stack");
    CHECK_EQUAL(moat_stack_remove(&good), MOAT_OK);
    REFUSED(moat_stack_remove(&good), "moat_stack_remove", MOAT_ERR_ABSENT, "not registered");
}

/* ---- pins and handles ---- */

/* Addresses that are no object's: statics, stacks, an arena's bookkeeping, a header, free memory, one past the arena.
 */
#define FOREIGN_COUNT 7
static void foreign_pointers(const void *out[FOREIGN_COUNT]) {
    static int variable;
    out[0] = &variable;
    out[1] = out;
    out[2] = arena.bytes;
    out[3] = (const unsigned char *)(const void *)root - 1;
    out[4] = (const void *)(moat_heap.chunk.limit - MOAT_WORD_BYTES);
    out[5] = arena.bytes + sizeof arena.bytes;
    out[6] = (const void *)UINTPTR_MAX;
}

static void pins_of_what_is_no_object(void) {
    CHECK(start());
    const void *foreign[FOREIGN_COUNT];
    foreign_pointers(foreign);
    REFUSED(moat_pin(NULL), "moat_pin", MOAT_ERR_NULL, "no object");
    REFUSED(moat_unpin(NULL), "moat_unpin", MOAT_ERR_NULL, "no object");
    for (size_t i = 0; i < FOREIGN_COUNT; i++) {
        REFUSED(moat_pin(foreign[i]), "moat_pin", MOAT_ERR_FOREIGN, "not a pointer to a managed object");
        REFUSED(moat_unpin(foreign[i]), "moat_unpin", MOAT_ERR_ABSENT, "not pinned");
        CHECK(!moat_is_pinned(foreign[i]));
        CHECK(!moat_object_find(foreign[i], NULL));
    }
    REFUSED(moat_unpin(root), "moat_unpin", MOAT_ERR_ABSENT, "not pinned");
    CHECK(!moat_is_pinned(NULL) && !moat_object_find(NULL, NULL));
}

static void too_many_pins(void) {
    CHECK(start());
    for (int i = 0; i < MOAT_CONFIG_PINS_MAX; i++) {
        CHECK_EQUAL(moat_pin(MOAT_NEW(node_type)), MOAT_OK);
    }
    REFUSED(moat_pin(root), "moat_pin", MOAT_ERR_FULL, "MOAT_CONFIG_PINS_MAX");
}

static void handles_of_what_is_no_object(void) {
    CHECK(start());
    const void *foreign[FOREIGN_COUNT];
    foreign_pointers(foreign);
    REFUSED_NULL((void *)(uintptr_t)moat_handle_new(NULL), "moat_handle_new", MOAT_ERR_NULL, "no object");
    for (size_t i = 0; i < FOREIGN_COUNT; i++) {
        REFUSED_NULL((void *)(uintptr_t)moat_handle_new((void *)(uintptr_t)foreign[i]), "moat_handle_new",
                     MOAT_ERR_FOREIGN, "not a pointer to a managed object");
    }
}

static void too_many_handles(void) {
    CHECK(start());
    for (int i = 0; i < MOAT_CONFIG_HANDLES_MAX; i++) {
        CHECK(moat_handle_new(root) != 0);
    }
    REFUSED_NULL((void *)(uintptr_t)moat_handle_new(root), "moat_handle_new", MOAT_ERR_FULL, "MOAT_CONFIG_HANDLES_MAX");
}

static void handles_that_are_none(void) {
    CHECK(start());
    uint32_t handle = moat_handle_new(root);
    const uint32_t wrong[] = {0, handle + 1, handle | 0x80000000u, UINT32_MAX, MOAT_CONFIG_HANDLES_MAX + 1};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        REFUSED_NULL(moat_handle_get(wrong[i]), "moat_handle_get", MOAT_ERR_ABSENT, "deleted or never made");
        REFUSED(moat_handle_delete(wrong[i]), "moat_handle_delete", MOAT_ERR_ABSENT, "deleted or never made");
    }
    CHECK_POINTER(moat_handle_get(handle), root);
}

/* ---- the rest ---- */

static void stats_into_nothing(void) {
    CHECK(start());
    REFUSED(moat_stats_get(NULL), "moat_stats_get", MOAT_ERR_NULL, "no struct");
}

static void traces_of_a_build_without_events(void) {
    CHECK(start());
    REFUSED(moat_trace_print(), "moat_trace_print", MOAT_ERR_BUILD, "MOAT_CONFIG_EVENTS");
}

static void moves_of_nothing(void) {
    CHECK(start());
    REFUSED(MOAT_MOVE(node_type, NULL, root), "MOAT_MOVE_PART", MOAT_ERR_NULL, "must not be NULL");
    REFUSED(MOAT_MOVE(node_type, root, NULL), "MOAT_MOVE_PART", MOAT_ERR_NULL, "must not be NULL");
    REFUSED(moat_move_part(NULL, root, root, 0, 1), "MOAT_MOVE_PART", MOAT_ERR_NULL, "must not be NULL");
    REFUSED(MOAT_MOVE_ARRAY(node_type, NULL, root, 1), "MOAT_MOVE_ARRAY", MOAT_ERR_NULL, "must not be NULL");
    REFUSED(MOAT_MOVE_ARRAY(node_type, root, NULL, 1), "MOAT_MOVE_ARRAY", MOAT_ERR_NULL, "must not be NULL");
    REFUSED(MOAT_ZERO(node_type, NULL), "MOAT_ZERO", MOAT_ERR_NULL, "must not be NULL");
    CHECK_EQUAL(MOAT_MOVE_ARRAY(node_type, NULL, NULL, 0), MOAT_OK);
}

static void moves_beyond_the_type(void) {
    CHECK(start());
    struct node *to = root;
    struct node from = {NULL, 7};
    REFUSED(MOAT_MOVE_PART(node_type, to, &from, 0, sizeof from + 1), "MOAT_MOVE_PART", MOAT_ERR_SIZE, "exceeds");
    REFUSED(MOAT_MOVE_PART(node_type, to, &from, sizeof from + 1, 0), "MOAT_MOVE_PART", MOAT_ERR_SIZE, "exceeds");
    REFUSED(MOAT_MOVE_PART(node_type, to, &from, 1, SIZE_MAX), "MOAT_MOVE_PART", MOAT_ERR_SIZE, "exceeds");
    REFUSED(MOAT_MOVE_ARRAY(node_type, to, &from, SIZE_MAX / 2), "MOAT_MOVE_ARRAY", MOAT_ERR_SIZE, "overflows");
}

static void out_of_memory_is_no_mistake(void) {
    CHECK(start());
    console_begin();
    CHECK_POINTER(MOAT_NEW_BYTES(free_bytes()), NULL);
    CHECK_EQUAL(moat_last_error(), MOAT_ERR_MEMORY);
    CHECK_TEXT(console_text(), "");
    CHECK_HEAP();
}

/* Calls that a handler may not make. */
static void try_in_handler(void) {
    static struct moat_stack stack;
    REFUSED(moat_arena_add(spare[0], sizeof spare[0]), "moat_arena_add", MOAT_ERR_HANDLER, "in thread mode");
    REFUSED(moat_gc_step(1), "moat_gc_step", MOAT_ERR_HANDLER, "in thread mode");
    REFUSED(moat_gc_collect(), "moat_gc_collect", MOAT_ERR_HANDLER, "in thread mode");
    REFUSED(moat_root_add(outside, &node_type, 1), "moat_root_add", MOAT_ERR_HANDLER, "in thread mode");
    REFUSED(moat_root_remove(outside), "moat_root_remove", MOAT_ERR_HANDLER, "in thread mode");
    REFUSED(moat_stack_add(&stack), "moat_stack_add", MOAT_ERR_HANDLER, "in thread mode");
    REFUSED(moat_stack_remove(&stack), "moat_stack_remove", MOAT_ERR_HANDLER, "in thread mode");
    REFUSED(moat_heap_dump(), "moat_heap_dump", MOAT_ERR_HANDLER, "in thread mode");
}

static void calls_from_a_handler(void) {
    CHECK(start());
    bsp_interrupt(try_in_handler);
}

/* Calls that a handler may make, and their result when they can't be served. */
static void call_in_handler(void) {
    struct moat_stats stats;
    CHECK_EQUAL(moat_pin(root), MOAT_OK);
    CHECK(moat_is_pinned(root));
    CHECK_EQUAL(moat_unpin(root), MOAT_OK);
    uint32_t handle = moat_handle_new(root);
    CHECK_POINTER(moat_handle_get(handle), root);
    CHECK_EQUAL(moat_handle_delete(handle), MOAT_OK);
    CHECK_EQUAL(moat_stats_get(&stats), MOAT_OK);
    CHECK(MOAT_NEW(node_type) != NULL);
    CHECK_POINTER(MOAT_NEW_BYTES(free_bytes()), NULL);
    CHECK_EQUAL(moat_last_error(), MOAT_ERR_MEMORY);
    CHECK(moat_heap.cycle.requested);
}

static void calls_that_a_handler_may_make(void) {
    CHECK(start());
    bsp_interrupt(call_in_handler);
    CHECK(!test_failed());
    CHECK_EQUAL(moat_gc_step(1), 1);
    CHECK(!moat_heap.cycle.requested);
    CHECK_HEAP();
}

static void results_have_names(void) {
    CHECK_TEXT(moat_result_name(MOAT_OK), "MOAT_OK");
    CHECK_TEXT(moat_result_name(MOAT_ERR_NOT_READY), "MOAT_ERR_NOT_READY");
    CHECK_TEXT(moat_result_name(MOAT_ERR_READY), "MOAT_ERR_READY");
    CHECK_TEXT(moat_result_name(MOAT_ERR_NULL), "MOAT_ERR_NULL");
    CHECK_TEXT(moat_result_name(MOAT_ERR_FOREIGN), "MOAT_ERR_FOREIGN");
    CHECK_TEXT(moat_result_name(MOAT_ERR_SIZE), "MOAT_ERR_SIZE");
    CHECK_TEXT(moat_result_name(MOAT_ERR_ALIGN), "MOAT_ERR_ALIGN");
    CHECK_TEXT(moat_result_name(MOAT_ERR_OVERLAP), "MOAT_ERR_OVERLAP");
    CHECK_TEXT(moat_result_name(MOAT_ERR_FULL), "MOAT_ERR_FULL");
    CHECK_TEXT(moat_result_name(MOAT_ERR_HANDLER), "MOAT_ERR_HANDLER");
    CHECK_TEXT(moat_result_name(MOAT_ERR_ABSENT), "MOAT_ERR_ABSENT");
    CHECK_TEXT(moat_result_name(MOAT_ERR_MEMORY), "MOAT_ERR_MEMORY");
    CHECK_TEXT(moat_result_name(MOAT_ERR_TYPE), "MOAT_ERR_TYPE");
    CHECK_TEXT(moat_result_name(MOAT_ERR_START), "MOAT_ERR_START");
    const int none[] = {1, MOAT_ERR_START - 1, INT32_MAX, INT32_MIN + 1, INT32_MIN};
    for (size_t i = 0; i < sizeof none / sizeof none[0]; i++) {
        CHECK_TEXT(moat_result_name(none[i]), "not a moat result");
    }
}

static const struct test_case cases[] = {
    TEST_CASE(init_twice),
    TEST_CASE(arena_without_memory),
    TEST_CASE(arena_unaligned_and_too_small),
    TEST_CASE(kinds_of_no_arena),
    TEST_CASE(memory_that_no_arena_is),
    TEST_CASE(arena_of_a_wrong_size),
    TEST_CASE(arena_around_the_end_of_memory),
    TEST_CASE(arenas_that_overlap),
    TEST_CASE(arenas_over_roots_and_stacks),
    TEST_CASE(arenas_that_touch_are_no_overlap),
    TEST_CASE(too_many_arenas),
    TEST_CASE(types_that_are_none),
    TEST_CASE(types_that_do_not_allow_it),
    TEST_CASE(type_larger_than_the_arena),
    TEST_CASE(sizes_of_zero),
    TEST_CASE(sizes_larger_than_the_arena),
    TEST_CASE(counts_that_overflow),
    TEST_CASE(roots_that_are_none),
    TEST_CASE(roots_that_overlap),
    TEST_CASE(too_many_roots),
    TEST_CASE(roots_that_are_not_there),
    TEST_CASE(stacks_that_are_none),
    TEST_CASE(pins_of_what_is_no_object),
    TEST_CASE(too_many_pins),
    TEST_CASE(handles_of_what_is_no_object),
    TEST_CASE(too_many_handles),
    TEST_CASE(handles_that_are_none),
    TEST_CASE(stats_into_nothing),
    TEST_CASE(traces_of_a_build_without_events),
    TEST_CASE(moves_of_nothing),
    TEST_CASE(moves_beyond_the_type),
    TEST_CASE(out_of_memory_is_no_mistake),
    TEST_CASE(calls_from_a_handler),
    TEST_CASE(calls_that_a_handler_may_make),
    TEST_CASE(results_have_names),
};

int main(void) {
    return TEST_MAIN(cases);
}
