/* moat: functions that the guard's cases call. See cases.h.
 *
 * SPDX-License-Identifier: MIT */
#include "guard/audit.h"
#include "fresh_heap.h"
#include "guard/cases.h"
#include "guard/run.h"

#include <bsp.h>

struct pair pair_with(struct node *first, struct node *second) {
    return (struct pair){{{.next = first}, {.next = second}}};
}

struct cell cell_with(struct node *node) {
    return (struct cell){.node = node};
}

/* ---- what is exempt ---- */

void store_on_own_stack(void) {
    struct node here = node_with(NULL);
    MOAT_STORE(here.next, object);
    NEED(here.next == object);
}

void store_in_ordinary_data(void) {
    MOAT_STORE(ordinary.node[0].next, object);
    __asm__ volatile("");
}

bool store_and_give_up(size_t bytes) {
    (void)bytes;
    MOAT_STORE(ordinary.node[0].next, object);
    __asm__ volatile("");
    return false;
}

bool store_legally_and_give_up(size_t bytes) {
    (void)bytes;
    MOAT_STORE(root_slots[0], object);
    return false;
}

void add_region_in_handler(void) {
    NEED(moat_region_add(&ring) == MOAT_ERR_HANDLER);
    NEED(moat_region_remove(&ring) == MOAT_ERR_HANDLER);
}

void another_hook(const struct moat_fault *fault) {
    (void)fault;
}

void copy_in_handler(void) {
    struct node from = node_with(object);
    (void)MOAT_MOVE(node_type, &ordinary, &from);
}

void copy_legally_in_handler(void) {
    struct node from = node_with(object), to = node_with(NULL);
    (void)MOAT_MOVE(node_type, &to, &from);
    NEED(to.next == object);
}

void call_in_handler(void) {
    (void)MOAT_CALL(c_take, kept);
    __asm__ volatile("");
}

void audit_in_handler(void) {
    NEED(moat_audit(audit_note) == MOAT_ERR_HANDLER);
}

/* As at power-up: no store is checked yet. */
void forget_the_heap(void) {
    moat_heap.front.ready = false;
    moat_heap.border.low = moat_heap.border.span = moat_heap.border.home = moat_heap.border.home_span =
        moat_heap.marking = 0;
}

void exhaust_memory(moat_out_of_memory_hook *hook) {
    enum { BYTES = 600000 }; /* of 1 MiB */
    expect_idle();
    (void)moat_out_of_memory_hook_set(hook);
    MOAT_STORE(root_slots[2], MOAT_NEW_BYTES(BYTES));
    NEED(root_slots[2] != NULL && MOAT_NEW_BYTES(BYTES) == NULL);
}

/* ---- persistent blocks ---- */

static uintptr_t hidden_block, hidden_referred;

__attribute__((noinline)) static void make_block(void) {
    struct pair *block = moat_persistent_new(&pair_type, 2);
    struct node *referred = MOAT_NEW(node_type);
    MOAT_STORE(block[1].node[1].next, referred);
    hidden_block = hide(block);
    hidden_referred = hide(referred);
}

void keep_only_persistently(void) {
    make_block();
    expect_idle();
    collect_all();
}

bool persistent_survived(void) {
    return is_alive(hidden_block) && is_alive(hidden_referred);
}

/* ---- C, called and calling ---- */

int no_argument(void) {
    return 3;
}

int sum(int a, int b, int c, int d, int e, int f, int g, int h, int i, int j, int k, int l) {
    return a + b + c + d + e + f + g + h + i + j + k + l;
}

__attribute__((noinline)) struct node *give_object(void) {
    MOAT_RETURN(object);
}

__attribute__((noinline)) struct node *give_pinned(void) {
    MOAT_RETURN(pinned);
}

__attribute__((noinline)) struct cell give_struct(struct node *node) {
    struct cell cell = cell_with(node);
    MOAT_RETURN(cell);
}

__attribute__((noinline)) int give_number(void) {
    MOAT_RETURN(7);
}

__attribute__((noinline)) void *give_null(void) {
    MOAT_RETURN(NULL);
}

/* ---- the audit ---- */

static struct moat_audit_finding finding;

MOAT_NO_BARRIER void audit_note(const struct moat_audit_finding *found) {
    finding = *found;
}

bool audit_is(const void *at, const void *value, const void *start, const char *region) {
    return finding.at == at && finding.value == value && finding.object.start == start &&
           finding.object.type == &node_type && strcmp(finding.region->name, region) == 0;
}

void audit_all_slices(void) {
    for (unsigned i = 0; i < 1000; i++) {
        moat_audit_slice(500);
    }
}
