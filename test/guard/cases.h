/* moat: the guard's cases, as data: files of rows, included by the program that runs them (test/guard/run.h).
 *
 *   TRAPS(name, level, kind, region, at, value, body, legal)
 *       level   CHECK level from which `body` traps: 1 or 2; below it, it must pass quietly
 *       kind    of the fault: STORE, COPY, ARGUMENT, RESULT, BARRIER, SLOT; WORD: a copy of one word
 *       region  the name that the record gives to what `at` lies in, or NULL
 *       at      the destination, or where the pointer is found
 *       value   the heap pointer
 *       legal   the twin: what the firmware should have done, quiet in every build
 *   QUIET(name, body)   never traps
 *   BY_MACRO(why, row)  a row that is left out where macros are plain C (test/plugin/plain_parts.h)
 *
 * A body is a statement. All of them run on a fresh heap with the variables below, idle and while marking;
 * NEED(condition) fails the case.
 *
 * SPDX-License-Identifier: MIT */
#ifndef TEST_GUARD_CASES_H
#define TEST_GUARD_CASES_H

#include <moat.h>

#include <stdbool.h>
#include <string.h>

/* A word by itself is one store in plain C, where the core has unaligned access. */
#if defined PLAIN_LEFT_OUT && defined __ARM_FEATURE_UNALIGNED
#define MOAT_FAULT_WORD MOAT_FAULT_STORE
#else
#define MOAT_FAULT_WORD MOAT_FAULT_COPY
#endif

/* Fills its granules, so that one past its end is outside the object. */
struct node {
    uintptr_t value;
    MOAT_REF(struct node) next;
    uintptr_t more;
};

struct pair {
    struct node node[2];
};

/* More words than a map has bits: slots at the first and last of the map, right behind it, and at the end. */
#define WIDE_WORDS (MOAT_WORD_BITS + 8)
struct wide {
    MOAT_REF(struct node) first;
    uintptr_t before[MOAT_WORD_BITS - 2];
    MOAT_REF(struct node) last_mapped;
    MOAT_REF(struct node) behind;
    uintptr_t between[6];
    MOAT_REF(struct node) last;
};

struct plain {
    uintptr_t number[3];
};

union either {
    uintptr_t number;
    MOAT_REF(struct node) node;
};
struct mixed {
    uintptr_t before;
    union either either;
    char text[2 * MOAT_WORD_BYTES];
    MOAT_REF(struct node) array[3];
};

#define TABLE_SLOTS 32769
struct table {
    MOAT_REF(struct node) slot[TABLE_SLOTS];
};
struct holder {
    uintptr_t before;
    struct table table;
    uintptr_t after;
};
struct around {
    MOAT_REF(struct node) before;
    char bytes[70000];
    MOAT_REF(struct node) after;
};
struct cell {
    uintptr_t number;
    MOAT_REF(struct node) node;
};
struct span {
    const char *text;
    uintptr_t length;
};
struct row {
    uintptr_t number;
    struct cell cell[32]; /* more words than a map has */
};
struct nest {
    struct row row[500];
    MOAT_REF(struct node) last;
};
struct flex {
    uintptr_t number;
    struct cell cell[];
};

MOAT_TYPE_DECLARE(node_type, struct node);
MOAT_TYPE_DECLARE(pair_type, struct pair);
MOAT_TYPE_DECLARE(wide_type, struct wide);
MOAT_TYPE_DECLARE(plain_type, struct plain);
MOAT_TYPE_DECLARE(mixed_type, struct mixed);
MOAT_TYPE_DECLARE(table_type, struct table);
MOAT_TYPE_DECLARE(holder_type, struct holder);
MOAT_TYPE_DECLARE(around_type, struct around);
MOAT_TYPE_DECLARE(nest_type, struct nest);
MOAT_TYPE_DECLARE(flex_type, struct flex);
MOAT_TYPE_DECLARE(cell_type, struct cell);

/* Made anew for each case. */
extern struct node *object; /* no field of it is set */
extern struct node *kept;   /* another one, a legal destination */
extern struct node *pinned;
extern struct node *persistent;
extern struct node *elements; /* an array of three */
extern void *raw;             /* bytes */

/* Managed. */
#define ROOT_SLOTS (sizeof(struct pair) / sizeof(void *))
extern struct node *root_slots[ROOT_SLOTS];
extern struct pair *typed_root;
extern struct pair added_root;
extern struct pair task_memory;
extern struct moat_stack task;

/* Foreign. */
extern struct pair c_buffer;       /* "c-owned" */
extern struct pair dma_ring;       /* "dma_ring" */
extern struct pair ordinary;       /* ".data/.bss" */
extern struct pair undeclared;     /* no region */
extern const struct pair constant; /* "flash" */
extern struct wide c_wide;
extern struct holder c_large;         /* as large as any */
extern struct holder static_large;    /* ".data/.bss": a source */
extern struct moat_region_entry ring; /* all of `undeclared`, not added yet */

struct node *c_library_data(void); /* "newlib" */
struct node *malloc_memory(void);  /* "malloc" */
struct node *device(void);         /* registers that take any word: DEVICE */
#ifdef __riscv
#define DEVICE "clint"
#else
#define DEVICE "timer1"
#endif

/* For stores that the strict policy stops before they are made: what can't be written to is left alone otherwise. */
#define IF_STRICT(statement)                                                                                           \
    do {                                                                                                               \
        if (MOAT_CONFIG_CHECK >= 2 && MOAT_CONFIG_STRICT != 0) {                                                       \
            statement;                                                                                                 \
        }                                                                                                              \
    } while (0)

/* Stores and puts back what was there. */
#define RESTORED(at, statement)                                                                                        \
    do {                                                                                                               \
        struct node *was = (at)->next;                                                                                 \
        statement;                                                                                                     \
        raw_store(&(at)->next, was);                                                                                   \
    } while (0)

/* Stores as C does, without a macro. */
void raw_store(const void *slot, struct node *value);

/* A copy, to move from. */
struct node node_with(struct node *next);

/* C, as moat sees it. */
const void *c_take(const void *p);
int c_take_two(const void *p, const void *q);
int c_take_number(int number);
void c_take_struct(struct cell cell);
void c_take_span(struct span span);

void need(bool condition, const char *what);
#define NEED(condition) need(condition, #condition)

/* Runs a function in a handler; the trap is expected in there. */
void in_handler(void (*function)(void));

/* ---- helpers.c ---- */

struct pair pair_with(struct node *first, struct node *second);
struct cell cell_with(struct node *node);
#define NEXT_OFFSET offsetof(struct node, next)
#ifdef __riscv
#define AT_ZERO NULL
#else
#define AT_ZERO "flash" /* begins there */
#endif

/* Objects made when first asked for, and kept. */
struct mixed *mixed_object(void);
struct flex *flex_object(void); /* five cells */
struct table *table_object(void);
struct wide *wide_object(void);
struct nest *nest_object(void);
struct cell *cell_object(void); /* does not fill its granules */
struct cell *cell_array(void);  /* of two */

/* Into an object of raw bytes: no byte of the pointer is 0, but the upper half on a 64-bit core. */
struct node *text_pointer(void);

void store_on_own_stack(void);
void store_in_ordinary_data(void);
bool store_and_give_up(size_t bytes);
bool store_legally_and_give_up(size_t bytes);
void add_region_in_handler(void);
void another_hook(const struct moat_fault *fault);
void copy_in_handler(void);
void copy_legally_in_handler(void);
void call_in_handler(void);
void audit_in_handler(void);
void forget_the_heap(void);
void exhaust_memory(moat_out_of_memory_hook *hook);
void keep_only_persistently(void);
bool persistent_survived(void);
int no_argument(void);
int sum(int a, int b, int c, int d, int e, int f, int g, int h, int i, int j, int k, int l);
struct node *give_object(void);
struct node *give_pinned(void);
struct cell give_struct(struct node *node);
int give_number(void);
void *give_null(void);
void audit_note(const struct moat_audit_finding *found);
bool audit_is(const void *at, const void *value, const void *start, const char *region);
void audit_all_slices(void);

/* ---- run.c ---- */

/* The record's pc lies in this function; 0: it is not looked at. */
void expect_in(uintptr_t function);

/* The record's place is this one, which only the case knows. */
void expect_at(const void *at);

/* From here on no cycle runs. */
void expect_idle(void);

/* A large object that was made: what it paid may have ended the marking that the case is to run in; then it begins
 * again. Returns the object. */
void *large(void *made);

/* Whether this was printed since the case began, or since the last call that found something. */
bool printed(const char *text);

#endif
