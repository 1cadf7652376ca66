/* Writes to memory that is not the writer's: past an object's end, to a freed object, over a header. Core looks at what
 * it finds there before it follows it: nothing is written, and nobody called, where an attacker says. From CHECK1 on
 * the collector reports an overrun too, before it frees what tells of it.
 *
 * SPDX-License-Identifier: MIT */
#include "fresh_heap.h"
#include "support/traps.h"

#include "base/clear.h"
#include "base/port.h"
#include "heap/cycle.h"
#include "mark/mark.h"
#include "space/granule.h"
#include "space/holes.h"

#include <string.h>

#define ARENA_BYTES (2048 * sizeof(void *))
#define SIZE 3 /* granules of the small hole under attack */

struct node {
    MOAT_REF(struct node) next;
    MOAT_REF(struct node) other;
    uintptr_t value;
};
MOAT_TYPE(node_type, struct node, next, other);

static void finalize(void *object);
MOAT_TYPE_FINALIZED(resource_type, struct node, finalize, next, other);

/* As the first node of an attacker's choice would be declared: smaller than what is written to it. */
struct small {
    uintptr_t value;
};
MOAT_TYPE(small_type, struct small);

struct wide {
    uintptr_t words[6];
};

FRESH_ARENA(arena, ARENA_BYTES);
static MOAT_ROOT(struct node) kept;
static MOAT_ROOT(void) bytes;
static MOAT_ROOT(void) victim;
static volatile unsigned calls;

static void finalize(void *object) {
    (void)object;
    calls++;
}

static __attribute__((noinline)) void start(void) {
    CHECK(fresh_heap(arena.bytes, sizeof arena.bytes));
    calls = 0;
    for (int i = 0; i < 8; i++) {
        struct node *node = MOAT_NEW(node_type);
        MOAT_INIT(node->next, kept);
        MOAT_STORE(kept, node);
    }
    MOAT_STORE(bytes, MOAT_NEW_BYTES(16 * sizeof(void *)));
    CHECK(bytes != NULL);
    CHECK_HEAP();
}

static moat_raw *header_of(const void *object) {
    return moat_header_at((uintptr_t)object - MOAT_WORD_BYTES);
}

/* ---- holes, whose links core looks at from CHECK1 on ---- */

#if MOAT_CONFIG_CHECK >= 1

/* The front of the chunk becomes a hole, as when it is given up. */
static struct moat_hole *file_hole(uint32_t granules) {
    moat_port_mask_t masked = moat_port_mask();
    uintptr_t at = moat_heap.chunk.at;
    moat_heap.chunk.at += moat_bytes(granules);
    moat_holes_file(&moat_heap.lists, moat_heap.chunk.bias, at, granules);
    moat_port_unmask(masked);
    return (struct moat_hole *)at;
}

/* The chunk's rest is used up, so that the lists are looked at. */
static void use_chunk(void) {
    while (moat_heap.chunk.limit - moat_heap.chunk.at >= node_type.extent) {
        CHECK(MOAT_NEW(node_type) != NULL);
    }
}

static void take_holes(void) {
    use_chunk();
    for (int i = 0; i < 4; i++) {
        CHECK(MOAT_NEW(node_type) != NULL);
    }
}

/* Three words of overflow into a filed hole: its link leads to a forged one, in the attacker's own bytes. */
static struct moat_hole *forge(struct moat_hole *hole, uint32_t granules) {
    struct moat_hole *forged = (struct moat_hole *)((uintptr_t)bytes + MOAT_GRANULE + MOAT_WORD_BYTES);
    forged->header = MOAT_HEADER_HOLE | granules;
    forged->next = NULL;
    forged->granules = granules;
    hole->next = forged;
    return forged;
}

static void a_hole_that_leads_to_forged_bytes(void) {
    start();
    (void)forge(file_hole(2), 2);
    take_holes();
}
TRAP(a_hole_that_leads_to_forged_bytes, MOAT_FAULT_CORRUPT, 5, "a hole was written to")

static void a_hole_that_leads_out_of_the_heap(void) {
    static uintptr_t outside[4];
    start();
    outside[0] = MOAT_HEADER_HOLE | 2;
    file_hole(2)->next = (struct moat_hole *)outside;
    take_holes();
    CHECK_EQUAL(outside[1], 0);
}
TRAP(a_hole_that_leads_out_of_the_heap, MOAT_FAULT_CORRUPT, 5, "a hole was written to")

static void a_hole_that_leads_to_itself(void) {
    start();
    struct moat_hole *hole = file_hole(2);
    hole->next = hole;
    take_holes();
}
TRAP(a_hole_that_leads_to_itself, MOAT_FAULT_CORRUPT, 5, "a hole was written to")

static void a_hole_that_leads_to_a_smaller_one(void) {
    start();
    struct moat_hole *smaller = file_hole(1);
    file_hole(2)->next = smaller;
    take_holes();
}
TRAP(a_hole_that_leads_to_a_smaller_one, MOAT_FAULT_CORRUPT, 5, "a hole was written to")

static void a_long_hole_that_says_it_is_longer(void) {
    start();
    file_hole(MOAT_LONG_HOLES + 1)->granules += 4;
    take_holes();
}
TRAP(a_long_hole_that_says_it_is_longer, MOAT_FAULT_CORRUPT, 5, "a hole was written to")

static void a_hole_with_the_header_of_an_object(void) {
    start();
    file_hole(2)->header = moat_heap.types.bytes_header;
    take_holes();
}
TRAP(a_hole_with_the_header_of_an_object, MOAT_FAULT_CORRUPT, 5, "a hole was written to")

/* By the shortest way. */
static void a_forged_hole_for_raw_bytes(void) {
    start();
    (void)forge(file_hole(SIZE), SIZE);
    for (int i = 0; i < 2; i++) {
        CHECK(MOAT_NEW_BYTES(moat_bytes(SIZE) - MOAT_WORD_BYTES) != NULL);
    }
}
TRAP(a_forged_hole_for_raw_bytes, MOAT_FAULT_CORRUPT, 5, "a hole was written to")
#endif

/* ---- finalizers ---- */

static __attribute__((noinline)) void make_resource(void) {
    MOAT_STORE(victim, MOAT_NEW(resource_type));
    CHECK(victim != NULL);
}

/* Set up as a type whose finalizer is the attacker's. */
/* One that names what lies behind the types' section, and has something where a type has its finalizer. */
static moat_word header_of_no_type(void) {
    uintptr_t at = ((uintptr_t)moat_types_end + MOAT_TYPE_ALIGN - 1) & ~(uintptr_t)(MOAT_TYPE_ALIGN - 1);
    while (((const volatile struct moat_type *)at)->finalize == NULL) {
        at += MOAT_TYPE_ALIGN;
    }
    return moat_header_of_type((const struct moat_type *)at);
}

static void a_finalized_object_of_a_forged_type(void) {
    start();
    make_resource();
    *header_of(victim) = header_of_no_type();
    MOAT_CLEAR(victim);
    collect_cycles(2);
    CHECK_EQUAL(calls, 0);
}
TRAP(a_finalized_object_of_a_forged_type, MOAT_FAULT_CORRUPT, MOAT_CONFIG_CHECK >= 1 ? 0 : 10, "something wrote over")

/* Between its death and its finalizer. */
static void a_doomed_object_of_a_forged_type(void) {
    start();
    make_resource();
    MOAT_CLEAR(victim);
    scrub_stack();
    moat_cycle_start();
    moat_cycle_finish();
    CHECK(moat_heap.finalizers.doomed != NULL);
    *header_of(moat_heap.finalizers.doomed) = header_of_no_type();
    CHECK(moat_gc_step(1) >= 0);
}
TRAP(a_doomed_object_of_a_forged_type, MOAT_FAULT_CORRUPT, 10, "a finalizers' list holds what has no finalizer")

static void a_doomed_object_without_a_finalizer(void) {
    start();
    make_resource();
    MOAT_CLEAR(victim);
    scrub_stack();
    moat_cycle_start();
    moat_cycle_finish();
    CHECK(moat_heap.finalizers.doomed != NULL);
    *header_of(moat_heap.finalizers.doomed) = moat_header_of_type(&node_type);
    CHECK(moat_gc_step(1) >= 0);
}
TRAP(a_doomed_object_without_a_finalizer, MOAT_FAULT_CORRUPT, 10, "a finalizers' list holds what has no finalizer")

/* One word past its payload is the link: what it leads to would be written to when it is taken off the list. */
static void a_finalizers_link_to_forged_bytes(void) {
    start();
    make_resource();
    moat_raw *forged = (moat_raw *)((uintptr_t)bytes + MOAT_GRANULE - MOAT_WORD_BYTES);
    *forged = moat_header_of_type(&resource_type);
    ((moat_raw *)victim)[sizeof(struct node) / sizeof(moat_raw)] = (moat_word)(forged + 1);
    collect_cycles(2);
}
TRAP(a_finalizers_link_to_forged_bytes, MOAT_FAULT_CORRUPT, 10, "a finalizers' list holds what has no finalizer")

static void a_finalizers_link_out_of_the_heap(void) {
    static uintptr_t outside[8];
    start();
    make_resource();
    outside[1] = moat_header_of_type(&resource_type);
    ((moat_raw *)victim)[sizeof(struct node) / sizeof(moat_raw)] = (moat_word)&outside[2];
    collect_cycles(2);
}
TRAP(a_finalizers_link_out_of_the_heap, MOAT_FAULT_CORRUPT, 10, "a finalizers' list holds what has no finalizer")

/* As a finalizers' link: the next weak reference would be written to. */
static void a_weak_references_link_out_of_the_heap(void) {
    static uintptr_t outside[8];
    static MOAT_ROOT(struct moat_weak) weak;
    start();
    make_resource();
    MOAT_STORE(weak, moat_weak_new(victim));
    CHECK(weak != NULL);
    weak->next = (uintptr_t)&outside[2];
    collect_cycles(1);
}
TRAP(a_weak_references_link_out_of_the_heap, MOAT_FAULT_CORRUPT, 13, "the list of weak references holds what is none")

/* ---- marking ---- */

static struct moat_arena *the_arena(void) {
    return moat_heap.arenas.table[0];
}

static moat_raw *grey_header(void) {
    moat_port_mask_t masked = moat_port_mask();
    moat_cycle_start();
    moat_mark_value(kept);
    moat_port_unmask(masked);
    return moat_header_at(moat_granule_address(the_arena(), the_arena()->grey));
}

static void a_grey_object_that_links_to_itself(void) {
    start();
    moat_raw *header = grey_header();
    *header = moat_header_linked(*header, the_arena()->grey);
    (void)moat_gc_collect();
}
TRAP(a_grey_object_that_links_to_itself, MOAT_FAULT_CORRUPT, 7, "the grey list leads to what is no grey object")

static void a_grey_link_out_of_the_arena(void) {
    start();
    moat_raw *header = grey_header();
    *header = moat_header_linked(*header, the_arena()->granules + 100);
    (void)moat_gc_collect();
}
TRAP(a_grey_link_out_of_the_arena, MOAT_FAULT_CORRUPT, 7, "the grey list leads to what is no grey object")

/* Behind an arena's bits lies memory that may look like those of a grey object, and behind the arena what may look like
 * the object: one that is not after the habit. */
static void a_grey_link_to_a_forged_object(void) {
    start();
    moat_raw *header = grey_header();
    const struct moat_arena *home = the_arena();
    uint32_t granule = home->granules + 100;
    *header = moat_header_linked(*header, granule);
    header = moat_header_at(moat_granule_address(home, granule));
    CHECK((uintptr_t)header < (uintptr_t)(&arena + 1));
    *header = moat_header_linked(moat_header_of_type(&node_type), moat_grey_end(home)) | MOAT_HEADER_ARRAY;
    home->bits[granule >> 5].start = UINT32_MAX;
    home->bits[granule >> 5].mark = 0;
    (void)moat_gc_collect();
}
TRAP(a_grey_link_to_a_forged_object, MOAT_FAULT_CORRUPT, 7, "the grey list leads to what is no grey object")

/* Every grey list ends with the fence: a circle through it does not show where a list is followed. */
static void a_fence_that_is_a_grey_object(void) {
    start();
    const struct moat_arena *home = the_arena();
    uint32_t fence = moat_grey_end(home);
    *moat_header_at(moat_granule_address(home, fence)) = moat_header_linked(moat_header_of_type(&node_type), fence);
    (void)moat_gc_collect();
}
TRAP(a_fence_that_is_a_grey_object, MOAT_FAULT_CORRUPT, 7, "the grey list leads to what is no grey object")

static void a_grey_link_into_an_object(void) {
    start();
    moat_raw *header = grey_header();
    *header = moat_header_linked(*header, moat_granule_of(the_arena(), (uintptr_t)bytes) + 1);
    (void)moat_gc_collect();
}
TRAP(a_grey_link_into_an_object, MOAT_FAULT_CORRUPT, 7, "the grey list leads to what is no grey object")

static void a_grey_link_to_a_white_object(void) {
    start();
    moat_raw *header = grey_header();
    uint32_t granule = moat_granule_of(the_arena(), (uintptr_t)bytes);
    the_arena()->bits[granule >> 5].mark |= moat_bit(granule); /* the scan of the stack may have seen it, */
    moat_heap.mark.waiting = 0;                                /* or has still to look it up */
    *header = moat_header_linked(*header, granule);
    (void)moat_gc_collect();
}
TRAP(a_grey_link_to_a_white_object, MOAT_FAULT_CORRUPT, 7, "the grey list leads to what is no grey object")

static void a_grey_object_of_no_type(void) {
    start();
    moat_raw *header = grey_header();
    *header ^= (moat_word)1 << (MOAT_WORD_BITS - 3);
    (void)moat_gc_collect();
}
TRAP(a_grey_object_of_no_type, MOAT_FAULT_CORRUPT, 4, "a header is no object's")

static void an_object_of_no_type_is_looked_up(void) {
    start();
    *header_of(kept) ^= (moat_word)1 << (MOAT_WORD_BITS - 3);
    struct moat_object object;
    (void)moat_object_find(kept, &object);
}
TRAP(an_object_of_no_type_is_looked_up, MOAT_FAULT_CORRUPT, 4, "a header is no object's")

/* ---- overruns that nobody attacks with ---- */

#if MOAT_CONFIG_CHECK >= 1
static void allocate_some_hundred(void) {
    scrub_stack();
    for (int i = 0; i < 800; i++) {
        CHECK(MOAT_NEW(node_type) != NULL);
    }
}

/* Two objects side by side; the first is written to by twelve bytes too many, on 64-bit cores three words. */
static __attribute__((noinline)) void overrun(unsigned char fill) {
    unsigned char *first = MOAT_NEW_BYTES(5 * sizeof(void *)), *second = MOAT_NEW_BYTES(5 * sizeof(void *));
    CHECK(second == first + 6 * sizeof(void *));
    memset(first + 5 * sizeof(void *), fill, 3 * sizeof(void *));
}

/* Several, since a stale word may keep one. */
static __attribute__((noinline)) void overruns(unsigned char fill) {
    for (int i = 0; i < 8; i++) {
        overrun(fill);
    }
}

static void twelve_bytes_over_a_dead_object(void) {
    start();
    overruns(0x41);
    CHECK(moat_heap_check(NULL) != MOAT_OK);
    allocate_some_hundred();
}
TRAP(twelve_bytes_over_a_dead_object, MOAT_FAULT_CORRUPT, 4, "something wrote over it, or past the end")

static void twelve_zeros_over_a_dead_object(void) {
    start();
    overruns(0);
    CHECK(moat_heap_check(NULL) != MOAT_OK);
    allocate_some_hundred();
}
TRAP(twelve_zeros_over_a_dead_object, MOAT_FAULT_CORRUPT, 4, "something wrote over it, or past the end")

static __attribute__((noinline)) void overrun_a_live_object(void) {
    MOAT_STORE(victim, MOAT_NEW_BYTES(5 * sizeof(void *)));
    struct node *node = MOAT_NEW(node_type);
    MOAT_STORE(kept->other, node);
    memset((unsigned char *)victim + 5 * sizeof(void *), 0x41, sizeof(void *));
}

static void one_word_over_a_live_object(void) {
    start();
    overrun_a_live_object();
    for (int i = 0; i < 5; i++) {
        allocate_some_hundred();
    }
}
TRAP(one_word_over_a_live_object, MOAT_FAULT_CORRUPT, 4, "something wrote over it, or past the end")

static __attribute__((noinline)) void use_a_type_that_is_too_small(void) {
    struct wide *wide = moat_new(&small_type);
    CHECK(wide != NULL && MOAT_NEW(node_type) != NULL && MOAT_NEW(node_type) != NULL);
    for (unsigned i = 0; i < 6; i++) {
        wide->words[i] = i + 1;
    }
}

static void a_type_that_is_smaller_than_its_struct(void) {
    start();
    use_a_type_that_is_too_small();
    allocate_some_hundred();
}
TRAP(a_type_that_is_smaller_than_its_struct, MOAT_FAULT_CORRUPT, 4, "something wrote over it, or past the end")

static __attribute__((noinline)) void overrun_into_the_chunk(void) {
    unsigned char *last = (unsigned char *)MOAT_NEW(node_type);
    memset(last + node_type.extent - sizeof(void *), 0x41, 3 * sizeof(void *));
}

static void twelve_bytes_over_the_chunk(void) {
    start();
    overrun_into_the_chunk();
    (void)MOAT_NEW(node_type);
}
TRAP(twelve_bytes_over_the_chunk, MOAT_FAULT_CORRUPT, 11, "the chunk was written to")
#endif

/* ---- what is legal ---- */

static void work_that_is_legal(void) {
    start();
    for (int i = 0; i < 2000; i++) {
        struct node *node = i % 7 == 0 ? MOAT_NEW(resource_type) : MOAT_NEW(node_type);
        CHECK(node != NULL);
        MOAT_INIT(node->next, i % 50 == 0 ? NULL : kept->next);
        MOAT_STORE(kept->next, node);
        MOAT_STORE(bytes, MOAT_NEW_BYTES(1 + (size_t)i * 37 % 300));
        CHECK(bytes != NULL);
        memset(bytes, 0x41, 1 + (size_t)i * 37 % 300);
    }
    CHECK(calls > 100);
    CHECK_HEAP();
}
QUIET(work_that_is_legal)

#define ALL(X)                                                                                                         \
    X(a_finalized_object_of_a_forged_type)                                                                             \
    X(a_doomed_object_of_a_forged_type)                                                                                \
    X(a_doomed_object_without_a_finalizer)                                                                             \
    X(a_finalizers_link_to_forged_bytes)                                                                               \
    X(a_finalizers_link_out_of_the_heap)                                                                               \
    X(a_weak_references_link_out_of_the_heap)                                                                          \
    X(a_grey_object_that_links_to_itself)                                                                              \
    X(a_grey_link_out_of_the_arena)                                                                                    \
    X(a_grey_link_to_a_forged_object)                                                                                  \
    X(a_fence_that_is_a_grey_object)                                                                                   \
    X(a_grey_link_into_an_object)                                                                                      \
    X(a_grey_link_to_a_white_object)                                                                                   \
    X(a_grey_object_of_no_type)                                                                                        \
    X(an_object_of_no_type_is_looked_up)                                                                               \
    X(work_that_is_legal)
#if MOAT_CONFIG_CHECK >= 1
#define ALL_CHECK1(X)                                                                                                  \
    X(a_hole_that_leads_to_forged_bytes)                                                                               \
    X(a_hole_that_leads_out_of_the_heap)                                                                               \
    X(a_hole_that_leads_to_itself)                                                                                     \
    X(a_hole_that_leads_to_a_smaller_one)                                                                              \
    X(a_long_hole_that_says_it_is_longer)                                                                              \
    X(a_hole_with_the_header_of_an_object)                                                                             \
    X(a_forged_hole_for_raw_bytes)                                                                                     \
    X(twelve_bytes_over_a_dead_object)                                                                                 \
    X(twelve_zeros_over_a_dead_object)                                                                                 \
    X(one_word_over_a_live_object)                                                                                     \
    X(a_type_that_is_smaller_than_its_struct)                                                                          \
    X(twelve_bytes_over_the_chunk)
#else
#define ALL_CHECK1(X)
#endif

#define CASE(function) TRAP_CASE(function),
#define TRIAL(function) &trial_##function,
static const struct test_case cases[] = {ALL(CASE) ALL_CHECK1(CASE)};
static const struct trap_trial *const trials[] = {ALL(TRIAL) ALL_CHECK1(TRIAL)};

int main(void) {
    return TRAPS_MAIN(cases, trials);
}
