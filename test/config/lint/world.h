/* Declarations for the cases of cases.ini and their twins.
 *
 * SPDX-License-Identifier: MIT */
#include <moat.h>

#include <stdlib.h>
#include <string.h>
#include <strings.h>

struct node {
    MOAT_REF(struct node) next;
    int value;
    char name[12];
    MOAT_REF(struct node) kids[4];
};

struct outer {
    int number;
    struct node inner;
    struct node many[3];
};

union either {
    MOAT_REF(struct node) node;
    uintptr_t number;
};

struct log {
    uint32_t count;
    MOAT_REF(struct node) entries[];
};

struct plain {
    int number;
    uint8_t bytes[9];
};

struct slot {
    MOAT_REF(struct node) node;
};

MOAT_TYPE(node_type, struct node, next, kids);
MOAT_TYPE(slot_type, struct slot, node);
MOAT_TYPE_FLEX(log_type, struct log, MOAT_TAIL_SLOTS(struct log, entries));

static MOAT_ROOT(struct node) list;
static MOAT_ROOT(struct node) table[5];
static MOAT_ROOT(struct node) grid[2][2];
MOAT_ROOT_OF(node_type, struct node, typed);
static MOAT_REF(struct node) words[4]; /* for moat_root_add */

extern struct node *a, *b;
extern struct outer *outer, *outer2;
extern union either *either, *either2;
extern struct log *event;
extern struct plain *plain, *plain2;
extern const struct plain *constant;
extern void *anything;
extern const void *constants;
extern uint8_t buffer[64], square[4][4];

/* Not in every C library. */
void *(mempcpy)(void *to, const void *from, size_t n);
void *(memccpy)(void *to, const void *from, int c, size_t n);
void *(memset_explicit)(void *at, int c, size_t n);
void(explicit_bzero)(void *at, size_t n);

void take(struct node **slot);
void take_bytes(void *bytes);
void take_slot(MOAT_REF(struct node) * slot);
