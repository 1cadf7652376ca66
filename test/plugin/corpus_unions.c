/* The plugin's corpus: words that are a pointer in one member of a union and data in another; and copies that GCC's
 * front end makes of memcpy and kin. See corpus.c.
 *
 * SPDX-License-Identifier: MIT */
#include <moat.h>

#include <string.h>

struct node {
    struct node *next;
    struct node *other;
    int value;
};

union either {
    struct node *node;
    uintptr_t word;
    char bytes[12];
    struct {
        short half;
        unsigned bits : 3;
    } parts;
    struct {
        int x, y;
    } point;
    double real;
    int table[16];
};

struct holder {
    int number;
    union either either;
    union {
        int kind;
        struct {
            int kind_too, free;
            struct node *node;
        } s;
    } late;
};

struct point {
    int x, y, z;
};

void take(void *p);
uintptr_t give(void);

/* ---- data over slots ---- */

/* wants barrier */
void number(struct holder *h) {
    h->either.word = 5;
}

/* wants barrier */
void byte(struct holder *h, int i) {
    h->either.bytes[i] = 5;
}

/* wants barrier */
void half(struct holder *h) {
    h->either.parts.half = 5;
}

/* wants barrier */
void bits(struct holder *h, unsigned n) {
    h->either.parts.bits = n & 7;
}

/* wants barrier */
void result(struct holder *h) {
    h->either.word = give();
}

/* wants barrier barrier */
void two_words(struct holder *h, double d) {
    h->either.real = d;
}

/* wants barrier barrier */
void part(struct holder *h, union either *e) {
    h->either.point = e->point;
}

/* wants check barrier */
void pointer_as_a_number(struct holder *h, struct node *a) {
    h->either.word = (uintptr_t)a;
}

/* wants nothing */
void behind_the_pointer(struct holder *h) {
    h->either.bytes[9] = 5;
    h->late.kind = 1;
    h->number = 2;
}

/* wants nothing */
void local_union(uintptr_t word) {
    volatile union either e;
    e.word = word;
}

/* wants check barrier */
void member(struct holder *h, struct node *a) {
    h->late.s.node = a;
}

/* wants move */
void whole(struct holder *h, union either *e) {
    h->either = *e;
}

/* wants move */
void whole_struct(struct holder *h, const struct holder *from) {
    *h = *from;
}

/* wants zero */
void cleared(struct holder *h) {
    memset(&h->either.point, 0, sizeof h->either.point);
}

/* wants move */
void filled(struct holder *h, const char *from, size_t n) {
    memcpy(h->either.bytes, from, n);
}

/* ---- copies that are no calls any more, but for words where the core has no unaligned access ---- */

/* wants check barrier; on riscv move */
void word_of_a_variable(struct node *a, struct node *b) {
    memcpy(&a->next, &b, sizeof b);
}

/* wants check barrier; on riscv move */
void word_of_a_slot(struct node *a, const struct node *b) {
    memcpy(&a->next, &b->next, sizeof a->next);
}

/* wants check barrier; on riscv move */
void word_of_a_number(struct node *a, uintptr_t word) {
    memcpy(&a->next, &word, sizeof word);
}

/* wants check barrier; on riscv bytes */
void word_of_nobody(void *to, const void *from) {
    memcpy(to, from, sizeof(void *));
}

/* wants check; on riscv bytes part */
void word_to_a_number(uintptr_t *to, const struct node *a) {
    memcpy(to, &a->next, sizeof *to);
}

/* wants nothing */
void words_of_numbers(uintptr_t *to, const uintptr_t *from) {
    memcpy(to, from, sizeof *to);
}

/* wants nothing */
void word_to_a_variable(const struct node *a) {
    struct node *b;
    memcpy(&b, &a->next, sizeof b);
    take(b);
}

/* wants move */
void bytes_of_a_variable(struct node *a) {
    char bytes[sizeof *a];
    take(bytes);
    memcpy(a, bytes, sizeof bytes);
}

/* wants move */
void struct_without_pointers(struct node *a) {
    struct point point;
    take(&point);
    memcpy(a, &point, sizeof point);
}

/* wants bytes part */
void to_a_struct_without_pointers(struct point *point, const struct node *a) {
    memcpy(point, a, sizeof *point);
}
