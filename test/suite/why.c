/* A way from a root to an object: it is one, and the shortest; and where none is known, none is told.
 *
 * SPDX-License-Identifier: MIT */
#include "console.h"
#include "fresh_heap.h"
#include "harness.h"

#include "base/port.h"
#include "heap/cycle.h"
#include "support/every_step.h"

#include <moat.h>
#include <string.h>

#define ARENA_BYTES TEST_ROOM(8192, 4096)
#define SECOND_BYTES 1024
#define HOPS 12
#define LENGTH 6

struct node {
    MOAT_REF(struct node) next;
    MOAT_REF(struct node) other;
    uintptr_t number;
};
MOAT_TYPE(node_type, struct node, next, other);

struct table {
    uintptr_t count;
    MOAT_REF(struct node) entries[];
};
MOAT_TYPE_FLEX(table_type, struct table, MOAT_TAIL_SLOTS(struct table, entries));

FRESH_ARENA(arena, ARENA_BYTES);
FRESH_ARENA(second, SECOND_BYTES);
static MOAT_ROOT(struct node) list;
static MOAT_ROOT(struct node) other;
static MOAT_ROOT(void) any;
MOAT_ROOT_OF(node_type, struct node, typed);
static struct node added;

static struct moat_why why;
static struct moat_why_hop hops[HOPS];
static uint32_t bits[2 * ((ARENA_BYTES + SECOND_BYTES) / (32 * MOAT_GRANULE) + 4)];
#define BITS (sizeof bits / sizeof bits[0])

/* Hidden, so that no word of the stack is what keeps it. */
static uintptr_t target;

static bool start(void) {
    bool ready = fresh_heap(arena.bytes, sizeof arena.bytes);
    MOAT_CLEAR(added.next);
    MOAT_CLEAR(added.other);
    return ready;
}

/* Nodes 0 to LENGTH - 1 from `list` on; the last is the target. */
static __attribute__((noinline)) bool build(void) {
    bool made = start();
    struct node *last = NULL;
    for (unsigned i = 0; made && i < LENGTH; i++) {
        struct node *node = MOAT_NEW(node_type);
        if (node == NULL) {
            return false;
        }
        if (last == NULL) {
            MOAT_STORE(list, node);
        } else {
            MOAT_STORE(last->next, node);
        }
        last = node;
        target = hide(node);
    }
    return made;
}

static __attribute__((noinline)) bool make_target(void) {
    const struct node *node = MOAT_NEW(node_type);
    target = hide(node);
    return node != NULL;
}

static void *the_target(void) {
    return (void *)~target;
}

static __attribute__((noinline)) int begin(uint32_t room) {
    scrub_stack();
    return moat_why_begin(&why, the_target(), hops, room, bits, BITS);
}

static __attribute__((noinline)) enum moat_why_state search_in(uint32_t steps) {
    enum moat_why_state state = MOAT_WHY_WORKING;
    if (begin(HOPS) != MOAT_OK) {
        return MOAT_WHY_WORKING;
    }
    while (state == MOAT_WHY_WORKING) {
        scrub_stack();
        state = moat_why_step(&why, steps);
    }
    return state;
}

/* By plain reads of the heap: each hop's word points into the object of the one before. */
static void check_hops(void) {
    const void *object = the_target();
    CHECK(why.count >= 1 && why.count <= HOPS);
    for (uint32_t i = 0; i < why.count; i++) {
        struct moat_object found;
        const struct moat_why_hop *hop = &hops[i];
        CHECK(hop->kind == MOAT_WHY_STACK || moat_object_find(*(void *const *)hop->slot, &found));
        CHECK(hop->kind == MOAT_WHY_STACK || found.start == object);
        CHECK_EQUAL(hop->holder == NULL, i + 1 == why.count);
        CHECK_EQUAL(hop->kind == MOAT_WHY_OBJECT, i + 1 != why.count);
        if (hop->holder != NULL) {
            CHECK(moat_object_find(hop->slot, &found) && found.start == hop->holder && found.type == hop->type);
        }
        object = hop->holder;
    }
}

/* But for a dead word in the frame of a test that had the address. */
static bool nothing_keeps_it(void) {
    enum moat_why_state state = search_in(UINT32_MAX);
    return state == MOAT_WHY_NONE ||
           (state == MOAT_WHY_FOUND && why.count == 1 && hops[0].kind == MOAT_WHY_STACK && hops[0].stack == NULL);
}

/* ---- the way ---- */

static void a_list_is_followed(void) {
    CHECK(build());
    CHECK_EQUAL(search_in(UINT32_MAX), MOAT_WHY_FOUND);
    check_hops();
    CHECK(!test_failed());
    CHECK_EQUAL(why.count, LENGTH);
    CHECK_EQUAL(hops[LENGTH - 1].kind, MOAT_WHY_ROOT);
    CHECK_POINTER(hops[LENGTH - 1].slot, &list);
    CHECK_POINTER(hops[LENGTH - 2].holder, list);
    CHECK_POINTER(hops[0].type, &node_type);
}

static void in_slices_too(void) {
    uint32_t calls = 1, most = 0;
    CHECK(build());
    CHECK_EQUAL(begin(HOPS), MOAT_OK);
    for (bool works = true; works; calls++) {
        uint32_t began = moat_port_clock();
        works = moat_why_step(&why, 1) == MOAT_WHY_WORKING;
        uint32_t took = moat_port_clock() - began;
        most = took > most ? took : most;
    }
    test_note("steps", calls);
    test_note("ticks of the clock, the longest", most);
    CHECK_EQUAL(why.state, MOAT_WHY_FOUND);
    check_hops();
    CHECK_EQUAL(why.count, LENGTH);
    CHECK(calls > 100);
    CHECK_EQUAL(moat_why_step(&why, 1), MOAT_WHY_FOUND);
    CHECK_EQUAL(why.count, LENGTH);
}

/* The way over `other` has two hops less. */
static void the_shortest_is_told(void) {
    CHECK(build());
    MOAT_STORE(other, list->next->next);
    CHECK_EQUAL(search_in(UINT32_MAX), MOAT_WHY_FOUND);
    check_hops();
    CHECK(!test_failed());
    CHECK_EQUAL(why.count, LENGTH - 2);
    CHECK_POINTER(hops[LENGTH - 3].slot, &other);
    MOAT_STORE(list->other, the_target());
    CHECK_EQUAL(search_in(UINT32_MAX), MOAT_WHY_FOUND);
    CHECK_EQUAL(why.count, 2);
    CHECK_POINTER(hops[0].slot, &list->other);
}

static void circles_end(void) {
    CHECK(build());
    ((struct node *)the_target())->number = 1;
    MOAT_STORE(((struct node *)the_target())->next, list);
    MOAT_STORE(list->next->other, list);
    CHECK_EQUAL(search_in(UINT32_MAX), MOAT_WHY_FOUND);
    check_hops();
    CHECK_EQUAL(why.count, LENGTH);
}

static void pointers_into_an_object_lead_to_it(void) {
    CHECK(start() && make_target());
    MOAT_STORE(any, &((struct node *)the_target())->number);
    CHECK_EQUAL(search_in(UINT32_MAX), MOAT_WHY_FOUND);
    CHECK_EQUAL(why.count, 1);
    CHECK_POINTER(hops[0].slot, &any);
}

static void arrays_and_tails_are_looked_into(void) {
    CHECK(start() && make_target());
    MOAT_STORE(any, MOAT_NEW_FLEX(table_type, 70));
    MOAT_STORE(((struct table *)any)->entries[69], MOAT_NEW_ARRAY(node_type, 50));
    MOAT_STORE(((struct table *)any)->entries[69][49].other, the_target());
    CHECK_EQUAL(search_in(UINT32_MAX), MOAT_WHY_FOUND);
    check_hops();
    CHECK(!test_failed());
    CHECK_EQUAL(why.count, 3);
    CHECK_POINTER(hops[1].type, &table_type);
}

static void other_arenas_are_looked_into(void) {
    CHECK(start());
    CHECK_EQUAL(moat_arena_add(second.bytes, sizeof second.bytes), MOAT_OK);
    do {
        struct node *node = MOAT_NEW(node_type);
        CHECK(node != NULL);
        MOAT_STORE(node->next, other);
        MOAT_STORE(other, node);
    } while (moat_heap.search.arena != moat_heap.arenas.table[1]);
    for (int i = 0; i < 3; i++) {
        struct node *node = MOAT_NEW(node_type);
        CHECK(node != NULL);
        MOAT_STORE(node->next, list);
        MOAT_STORE(list, node);
    }
    target = hide(list->next->next);
    CHECK_EQUAL(search_in(UINT32_MAX), MOAT_WHY_FOUND);
    check_hops();
    CHECK_EQUAL(why.count, 3);
}

/* ---- where it begins ---- */

static void typed_roots_are_roots(void) {
    CHECK(start() && make_target());
    MOAT_STORE(typed.other, the_target());
    CHECK_EQUAL(search_in(UINT32_MAX), MOAT_WHY_FOUND);
    CHECK_EQUAL(hops[0].kind, MOAT_WHY_ROOT);
    CHECK_POINTER(hops[0].slot, &typed.other);
}

static void roots_that_come_are_roots(void) {
    CHECK(start() && make_target());
    CHECK_EQUAL(moat_root_add(&added, &node_type, 1), MOAT_OK);
    MOAT_STORE(added.next, the_target());
    CHECK_EQUAL(search_in(UINT32_MAX), MOAT_WHY_FOUND);
    CHECK_POINTER(hops[0].slot, &added.next);
    CHECK_EQUAL(moat_root_remove(&added), MOAT_OK);
    CHECK(nothing_keeps_it());
}

static void pins_and_handles_keep(void) {
    CHECK(start() && make_target());
    CHECK_EQUAL(moat_pin(the_target()), MOAT_OK);
    CHECK_EQUAL(search_in(UINT32_MAX), MOAT_WHY_FOUND);
    CHECK_EQUAL(hops[0].kind, MOAT_WHY_PIN);
    CHECK_POINTER(*(void *const *)hops[0].slot, the_target());
    CHECK_EQUAL(moat_unpin(the_target()), MOAT_OK);
    uint32_t handle = moat_handle_new(the_target());
    CHECK(handle != 0);
    CHECK_EQUAL(search_in(UINT32_MAX), MOAT_WHY_FOUND);
    CHECK_EQUAL(hops[0].kind, MOAT_WHY_HANDLE);
    CHECK_EQUAL(moat_handle_delete(handle), MOAT_OK);
    CHECK(nothing_keeps_it());
}

static void *words[64];

static void a_registered_stack_keeps(void) {
    static struct moat_stack stack;
    CHECK(start() && MOAT_NEW_BYTES(200) != NULL && make_target()); /* something is before it */
    stack = (struct moat_stack){.low = (uintptr_t)words, .high = (uintptr_t)(words + 64), .name = "radio"};
    stack.sp = (uintptr_t)(words + 32);
    memset(words, 0, sizeof words);
    CHECK_EQUAL(moat_stack_add(&stack), MOAT_OK);
    words[40] = the_target();
    CHECK_EQUAL(search_in(UINT32_MAX), MOAT_WHY_FOUND);
    CHECK_EQUAL(why.count, 1);
    CHECK_EQUAL(hops[0].kind, MOAT_WHY_STACK);
    CHECK_POINTER(hops[0].slot, &words[40]);
    CHECK_TEXT(hops[0].stack, "radio");
    words[40] = (char *)the_target() - 32; /* it is near */
    CHECK_EQUAL(search_in(UINT32_MAX), MOAT_WHY_FOUND);
    words[40] = NULL;
    words[20] = the_target(); /* the task does not use this */
    CHECK(nothing_keeps_it());
}

/* A root is told of even where a stack leads there as well. */
static void what_runs_keeps_at_last(void) {
    void *volatile word;
    CHECK(start() && make_target());
    word = the_target();
    CHECK_EQUAL(search_in(UINT32_MAX), MOAT_WHY_FOUND);
    CHECK_EQUAL(hops[0].kind, MOAT_WHY_STACK);
    CHECK_POINTER(hops[0].slot, (const void *)&word);
    MOAT_STORE(any, word);
    CHECK_EQUAL(search_in(UINT32_MAX), MOAT_WHY_FOUND);
    CHECK_EQUAL(hops[0].kind, MOAT_WHY_ROOT);
}

/* ---- what is not known ---- */

static void the_dead_are_kept_by_nothing(void) {
    CHECK(build());
    MOAT_CLEAR(list);
    CHECK(nothing_keeps_it());
}

static void a_way_that_is_too_long_is_not_known(void) {
    for (uint32_t room = 1; room <= LENGTH; room++) {
        CHECK(build());
        CHECK_EQUAL(begin(room), MOAT_OK);
        CHECK_EQUAL(moat_why_step(&why, UINT32_MAX), room < LENGTH ? MOAT_WHY_LONG : MOAT_WHY_FOUND);
        CHECK_EQUAL(why.count, room);
    }
}

/* A change after each step: what is told holds at the end of it. */
static void a_change_meanwhile_is_seen(void) {
    unsigned found = 0, changed = 0;
    for (uint32_t when = 1; when < 400; when++) {
        CHECK(build());
        CHECK_EQUAL(begin(HOPS), MOAT_OK);
        (void)moat_why_step(&why, when);
        bool before = why.state != MOAT_WHY_WORKING;
        MOAT_STORE(other, list->next->next);
        MOAT_CLEAR(list->next->next);
        (void)moat_why_step(&why, UINT32_MAX);
        CHECK(why.state == MOAT_WHY_FOUND || why.state == MOAT_WHY_CHANGED || why.state == MOAT_WHY_NONE);
        if (why.state == MOAT_WHY_FOUND && !before) {
            check_hops();
            CHECK(!test_failed());
        }
        found += why.state == MOAT_WHY_FOUND && !before;
        changed += why.state != MOAT_WHY_FOUND;
    }
    test_note("found", found);
    test_note("changed", changed);
    CHECK(found > 10 && changed > 2);
}

/* Memory that was a root may hold anything. */
static void a_root_that_goes_meanwhile_is_left(void) {
    for (uint32_t when = 1; when < 160; when++) {
        CHECK(start() && make_target());
        CHECK_EQUAL(moat_root_add(words, NULL, 64), MOAT_OK);
        CHECK_EQUAL(begin(HOPS), MOAT_OK);
        (void)moat_why_step(&why, when);
        CHECK_EQUAL(moat_root_remove(words), MOAT_OK);
        for (unsigned i = 0; i < 64; i++) {
            words[i] = the_target();
        }
        scrub_stack();
        (void)moat_why_step(&why, UINT32_MAX);
        memset(words, 0, sizeof words);
        CHECK(why.state == MOAT_WHY_NONE || hops[0].kind == MOAT_WHY_STACK);
    }
}

/* ---- a random graph, against a plain search ---- */

#define NODES 24
static MOAT_ROOT(struct node) nodes[NODES];

static unsigned index_of(const struct node *node) {
    return node == NULL ? NODES : (unsigned)node->number;
}

/* By repetition: distances from `list`, NODES + 1 where there is no way. */
static unsigned distance_of(const struct node *const *all, unsigned to) {
    unsigned distance[NODES];
    for (unsigned i = 0; i < NODES; i++) {
        distance[i] = index_of(list) == i ? 1 : NODES + 1;
    }
    for (unsigned round = 0; round < NODES; round++) {
        for (unsigned i = 0; i < NODES; i++) {
            const struct node *next[2] = {all[i]->next, all[i]->other};
            for (unsigned k = 0; k < 2; k++) {
                unsigned j = index_of(next[k]);
                if (j < NODES && distance[i] + 1 < distance[j]) {
                    distance[j] = distance[i] + 1;
                }
            }
        }
    }
    return distance[to];
}

static struct node *any_node(void) {
    return test_random_below(3) == 0 ? nodes[test_random_below(NODES)] : NULL;
}

static __attribute__((noinline)) unsigned random_graph(void) {
    const struct node *all[NODES];
    unsigned to = test_random_below(NODES);
    for (unsigned i = 0; i < NODES; i++) {
        MOAT_STORE(nodes[i], MOAT_NEW(node_type));
        nodes[i]->number = i;
        all[i] = nodes[i];
    }
    for (unsigned i = 0; i < NODES; i++) {
        MOAT_STORE(nodes[i]->next, nodes[test_random_below(NODES)]);
        MOAT_STORE(nodes[i]->other, any_node());
    }
    MOAT_STORE(list, nodes[test_random_below(NODES)]);
    target = hide(nodes[to]);
    unsigned distance = distance_of(all, to);
    for (unsigned i = 0; i < NODES; i++) {
        MOAT_CLEAR(nodes[i]);
    }
    return distance;
}

static void random_graphs_agree_with_a_plain_search(void) {
    unsigned ways = 0;
    CHECK(start());
    for (unsigned round = 0; round < 60; round++) {
        unsigned distance = random_graph();
        scrub_stack();
        enum moat_why_state state = search_in(UINT32_MAX);
        CHECK_EQUAL(state, distance > NODES ? MOAT_WHY_NONE : distance > HOPS ? MOAT_WHY_LONG : MOAT_WHY_FOUND);
        if (state == MOAT_WHY_FOUND) {
            check_hops();
            CHECK(!test_failed());
            CHECK_EQUAL(why.count, distance);
            ways++;
        }
        collect_once();
    }
    test_note("ways", ways);
    CHECK(ways > 10 && ways < 60);
}

/* The firmware changes the graph and collects between the steps. */
static void never_a_wrong_way(void) {
    unsigned ways = 0, rest = 0;
    CHECK(start());
    for (unsigned round = 0; round < 60; round++) {
        (void)random_graph();
        MOAT_STORE(any, the_target());
        CHECK_EQUAL(begin(HOPS), MOAT_OK);
        MOAT_CLEAR(any);
        while (moat_why_step(&why, 1 + test_random_below(60)) == MOAT_WHY_WORKING) {
            struct node *node = list;
            for (unsigned i = test_random_below(6); i != 0 && node->next != NULL; i--) {
                node = node->next;
            }
            MOAT_STORE(node->other, test_random_below(2) == 0 ? list : NULL);
            (void)MOAT_NEW_BYTES(1 + test_random_below(100));
            (void)moat_gc_step(1 + test_random_below(40));
        }
        if (why.state == MOAT_WHY_FOUND) {
            check_hops();
            CHECK(!test_failed());
            ways++;
        } else {
            rest++;
        }
    }
    test_note("ways", ways);
    CHECK(ways > 2 && rest > 2);
    CHECK_HEAP();
}

/* ---- at each step of a cycle ---- */

static void prepare(void) {
    CHECK(build());
    scrub_stack();
}

static void search_now(void) {
    CHECK_EQUAL(search_in(UINT32_MAX), MOAT_WHY_FOUND);
    check_hops();
    CHECK_EQUAL(why.count, LENGTH);
}

static void at_each_step_of_a_cycle(void) {
    at_every_step(prepare, search_now, search_now);
}

/* ---- output ---- */

static uint32_t given;

static void note(const struct moat_why_hop *hop, void *context) {
    CHECK_POINTER(context, &why);
    CHECK_POINTER(hop, &hops[given]);
    given++;
}

static void is_printed(void) {
    CHECK(build());
    CHECK_EQUAL(search_in(UINT32_MAX), MOAT_WHY_FOUND);
    given = 0;
    moat_why_each(&why, note, &why);
    CHECK_EQUAL(given, LENGTH);
    why.count = 1;
    console_begin();
    moat_why_print(&why);
    CHECK(console_has("why: 0x") && console_has(" is kept\nwhy: by the slot at 0x") && console_has(", +0 in 0x") &&
          console_has(", struct node\n"));
    struct moat_why_hop hop = {MOAT_WHY_STACK, words, NULL, NULL, "radio"};
    console_begin();
    moat_why_print_hop(&hop, NULL);
    hop.kind = MOAT_WHY_ROOT;
    hop.stack = NULL;
    moat_why_print_hop(&hop, NULL);
    CHECK(console_has("why: by a stack, the word at 0x") && console_has(", of radio\nwhy: by a root, the slot at 0x"));
    hop.kind = MOAT_WHY_PIN;
    console_begin();
    moat_why_print_hop(&hop, NULL);
    hop.kind = MOAT_WHY_HANDLE;
    moat_why_print_hop(&hop, NULL);
    CHECK(console_has("why: by a pin, the entry at 0x") && console_has("why: by a handle, the entry at 0x"));
}

static void says_that_it_does_not_know(void) {
    static const char *const texts[] = {
        [MOAT_WHY_WORKING] = ": not known yet\n",
        [MOAT_WHY_NONE] = ": nothing was seen that leads to it\n",
        [MOAT_WHY_LONG] = ": not known, there are more hops than room; the last ones:\n",
        [MOAT_WHY_CHANGED] = ": not known, the heap has changed; it was:\n",
    };
    CHECK(build());
    CHECK_EQUAL(begin(HOPS), MOAT_OK);
    for (unsigned i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        if (texts[i] != NULL) {
            why.state = (enum moat_why_state)i;
            console_begin();
            moat_why_print(&why);
            CHECK(console_has(texts[i]));
        }
    }
}

static void is_refused(void) {
    CHECK(build());
    CHECK(moat_why_words() <= BITS && moat_why_words() >= ARENA_BYTES / (20 * MOAT_GRANULE));
    CHECK_EQUAL(moat_why_begin(NULL, list, hops, HOPS, bits, BITS), MOAT_ERR_NULL);
    CHECK_EQUAL(moat_why_begin(&why, NULL, hops, HOPS, bits, BITS), MOAT_ERR_NULL);
    CHECK_EQUAL(moat_why_begin(&why, list, NULL, HOPS, bits, BITS), MOAT_ERR_NULL);
    CHECK_EQUAL(moat_why_begin(&why, list, hops, HOPS, NULL, BITS), MOAT_ERR_NULL);
    CHECK_EQUAL(moat_why_begin(&why, list, hops, 0, bits, BITS), MOAT_ERR_SIZE);
    CHECK_EQUAL(moat_why_begin(&why, list, hops, HOPS, bits, moat_why_words() - 1), MOAT_ERR_SIZE);
    CHECK_EQUAL(moat_why_begin(&why, bits, hops, HOPS, bits, BITS), MOAT_ERR_FOREIGN);
    CHECK_EQUAL(moat_why_begin(&why, list, hops, HOPS, bits, moat_why_words()), MOAT_OK);
}

static const struct test_case cases[] = {
    TEST_CASE(a_list_is_followed),
    TEST_CASE(in_slices_too),
    TEST_CASE(the_shortest_is_told),
    TEST_CASE(circles_end),
    TEST_CASE(pointers_into_an_object_lead_to_it),
    TEST_CASE(arrays_and_tails_are_looked_into),
    TEST_CASE(other_arenas_are_looked_into),
    TEST_CASE(typed_roots_are_roots),
    TEST_CASE(roots_that_come_are_roots),
    TEST_CASE(pins_and_handles_keep),
    TEST_CASE(a_registered_stack_keeps),
    TEST_CASE(what_runs_keeps_at_last),
    TEST_CASE(the_dead_are_kept_by_nothing),
    TEST_CASE(a_way_that_is_too_long_is_not_known),
    TEST_CASE(a_change_meanwhile_is_seen),
    TEST_CASE(a_root_that_goes_meanwhile_is_left),
    TEST_CASE(random_graphs_agree_with_a_plain_search),
    TEST_CASE(never_a_wrong_way),
    TEST_CASE(at_each_step_of_a_cycle),
    TEST_CASE(is_printed),
    TEST_CASE(says_that_it_does_not_know),
    TEST_CASE(is_refused),
};

int main(void) {
    return TEST_MAIN(cases);
}
