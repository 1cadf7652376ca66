/* C that has never heard of moat, as a library is: twenty stores that keep a heap pointer where nothing scans, and
 * their twins, which keep something else. test_planted.py finds the trap of each at the line marked PLANTED.
 *
 * SPDX-License-Identifier: MIT */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "plugin/planted.h"

struct item {
    struct item *next;
    void *data;
    char *text;
    uintptr_t word;
    int length;
};

union both {
    void *pointer;
    uintptr_t word;
};

static void *kept;
static void *table[8];
static struct item list;
static struct item copy;
static union both both;
static struct {
    struct {
        void *inner[2];
    } deep[3];
} nested;
static struct item *volatile watched;
static void **cursor = table;
static uintptr_t number;
static uint8_t bytes[sizeof(struct item)];

typedef void planted(void *p, struct item *item);

static void to_static(void *p, struct item *item) {
    kept = p; /* PLANTED */
    (void)item;
}
static void to_array(void *p, struct item *item) {
    table[3] = p; /* PLANTED */
    (void)item;
}
static void to_array_by_index(void *p, struct item *item) {
    table[item->length & 7] = p; /* PLANTED */
}
static void to_member(void *p, struct item *item) {
    list.data = p; /* PLANTED */
    (void)item;
}
static void to_member_by_pointer(void *p, struct item *item) {
    struct item *l = &list;
    if (item->length > 100) {
        l = &copy;
    }
    l->text = p; /* PLANTED */
}
static void to_union(void *p, struct item *item) {
    both.pointer = p; /* PLANTED */
    (void)item;
}
static void to_nested(void *p, struct item *item) {
    nested.deep[item->length & 1].inner[1] = p; /* PLANTED */
}
static void to_volatile(void *p, struct item *item) {
    watched = p; /* PLANTED */
    (void)item;
}
static void by_cursor(void *p, struct item *item) {
    *cursor++ = p; /* PLANTED */
    cursor = table;
    (void)item;
}
static void inside(void *p, struct item *item) {
    kept = (char *)p + 4; /* PLANTED */
    (void)item;
}
static void as_integer(void *p, struct item *item) {
    number = (uintptr_t)p; /* PLANTED */
    (void)item;
}
static void as_integer_with_a_flag(void *p, struct item *item) {
    list.word = (uintptr_t)p | 1; /* PLANTED */
    (void)item;
}
static void to_a_register(void *p, struct item *item) {
    *(volatile uintptr_t *)planted_device() = (uintptr_t)p; /* PLANTED */
    (void)item;
}
static void struct_copy(void *p, struct item *item) {
    (void)p;
    copy = *item; /* PLANTED */
}
static void by_memcpy(void *p, struct item *item) {
    (void)p;
    memcpy(&copy, item, sizeof copy); /* PLANTED */
}
static void by_memmove_to_bytes(void *p, struct item *item) {
    (void)p;
    memmove(bytes, item, sizeof bytes); /* PLANTED */
}
static void one_of_two(void *p, struct item *item) {
    list.next = item->length > 100 ? NULL : p; /* PLANTED */
}
static void in_a_loop(void *p, struct item *item) {
    for (int i = 0; i < item->length; i++) {
        table[i] = i == 2 ? p : NULL; /* PLANTED */
    }
}
static void by_exchange(void *p, struct item *item) {
    (void)__atomic_exchange_n(&kept, p, __ATOMIC_SEQ_CST); /* PLANTED */
    (void)item;
}
static void by_atomic_store(void *p, struct item *item) {
    __atomic_store_n(&list.data, p, __ATOMIC_SEQ_CST); /* PLANTED */
    (void)item;
}

static planted *const all[] = {
    to_static,
    to_array,
    to_array_by_index,
    to_member,
    to_member_by_pointer,
    to_union,
    to_nested,
    to_volatile,
    by_cursor,
    inside,
    as_integer,
    as_integer_with_a_flag,
    to_a_register,
    struct_copy,
    by_memcpy,
    by_memmove_to_bytes,
    one_of_two,
    in_a_loop,
    by_exchange,
    by_atomic_store,
};

unsigned planted_count(void) {
    return sizeof all / sizeof all[0];
}

void planted_run(unsigned number_of, void *p, void *item) {
    all[number_of](p, item);
}
