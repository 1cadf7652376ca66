/* The plugin's corpus: what somebody would write who wants a store to go by unseen: other types, other ways to a slot,
 * what optimisation makes of neighbours and loops. See corpus.c.
 *
 * SPDX-License-Identifier: MIT */
#include <moat.h>

#include <setjmp.h>
#include <string.h>

struct node {
    struct node *next, *other;
    int value;
};

struct list {
    struct node *head;
    unsigned count;
};

struct named {
    char name[8];
    struct node *node;
};

struct watched {
    struct node *volatile node;
    volatile struct list list;
};

struct MOAT_MANAGED nest {
    char *text;
    struct {
        struct node *first;
        int number;
        struct node *many[2];
    } deep[2];
    unsigned few : 5, rest : 27;
};

static MOAT_ROOT(struct node) root;
static MOAT_ROOT(struct node) roots[8];
static jmp_buf back;

void take(void *p);
struct node *give(void);
struct list give_list(void);
struct nest give_nest(void);

/* ---- by another type ---- */

/* wants check barrier */
void pointer_as_a_number(struct node *a, struct node *b) {
    *(uintptr_t *)&a->next = (uintptr_t)b;
}

/* wants barrier */
void by_a_union(struct node *a, struct node *b) {
    union {
        struct node *node;
        uintptr_t word;
    } u = {b};
    *(uintptr_t *)(void *)&a->next = u.word;
}

/* wants check barrier */
void tagged(struct node *a) {
    *(uintptr_t *)&a->next |= 1;
}

/* wants check barrier */
void word_by_word(struct node **to, struct node **from, int n) {
    for (int i = 0; i < n; i++) {
        ((uintptr_t *)to)[i] = ((uintptr_t *)from)[i];
    }
}

/* wants barrier */
void byte_by_byte(struct node **to, struct node **from) {
    for (unsigned i = 0; i < sizeof *to; i++) {
        ((char *)to)[i] = ((char *)from)[i];
    }
}

/* wants barrier */
void a_byte_anywhere(struct list *l, int i) {
    char *p = (char *)l;
    p[i] = 0;
}

/* wants barrier */
void first_word(struct list *l, unsigned n) {
    ((unsigned *)l)[0] = n;
}

/* wants barrier barrier */
void two_words(struct list *l) {
    *(long long *)l = 0;
}

/* wants nothing */
void second_word(struct list *l, unsigned n) {
    ((unsigned *)l)[1] = n;
}

/* wants nothing */
void bytes_of_a_number(struct list *l, char c, int i) {
    char *p = (char *)&l->count;
    p[i] = c;
}

/* wants nothing */
void bytes_of_a_name(struct named *n, int i) {
    char *p = n->name;
    p[i] = 0;
    *p = 1;
    n->name[3] = 2;
}

/* wants check */
void pointer_read_as_a_number(uint32_t *device, struct list *l) {
    *device = *(uint32_t *)&l->head;
}

/* wants nothing */
void number_beside_a_pointer(uint32_t *device, struct list *l) {
    *device = *(uint32_t *)&l->count;
}

/* wants check barrier */
void behind_a_char(struct node *a, struct node *b) {
    *(struct node **)((char *)a + sizeof(void *)) = b;
}

/* wants check barrier */
void of_a_const(const struct node *a, struct node *b) {
    ((struct node *)(uintptr_t)a)->next = b;
}

/* wants bytes part */
void part_that_begins_between_words(char *to, struct node *from, size_t n) {
    memcpy(to + 1, (char *)from + 1, n);
}

/* wants bytes part */
void part_of_a_variable(char *to, struct node *a) {
    struct node here = {a, a, 3};
    memcpy(to, (char *)&here + 1, sizeof here - 1);
}

/* wants part move */
void over_another_struct(struct named *to, struct node *from) {
    memcpy(to, from, sizeof *to);
}

/* wants move */
void over_numbers_of_it(struct node *to, const int *from, size_t n) {
    int *numbers = (int *)to;
    memcpy(numbers, from, n);
}

/* ---- other ways to a slot ---- */

/* wants check barrier */
void by_a_choice(struct node *a, struct node *b, int c) {
    *(c ? &a->next : &b->other) = b;
}

/* wants check barrier */
void of_a_choice(struct node *a, struct node *b, int c) {
    a->next = c ? b : root;
}

/* wants move */
void choice_of_wholes(struct nest *a, struct nest *b, int c) {
    *(c ? a : b) = *(c ? b : a);
}

/* wants check barrier check barrier */
void by_a_statement(struct node *a, struct node *b) {
    a->next = __extension__({
        struct node *t = b->next;
        t->next = b;
        t;
    });
}

/* wants check barrier */
void at_the_end(struct node **at, struct node *a) {
    while (*at != NULL) {
        at = &(*at)->next;
    }
    *at = a;
}

/* wants check barrier check barrier */
void after_a_long_jump(struct node *a, struct node *b) {
    if (setjmp(back) == 0) {
        a->next = b;
    } else {
        a->other = b;
    }
}

/* wants check barrier check barrier */
void by_a_computed_goto(struct node *a, struct node *b, int c) {
    __extension__ static void *const to[] = {&&next, &&other};
    __extension__({ goto *to[c & 1]; });
next:
    a->next = b;
    return;
other:
    a->other = b;
}

/* wants barrier barrier check barrier */
void from_a_table(struct node *a, int c) {
    switch (c) {
    case 0:
        a->next = (struct node *)&root;
        break;
    case 1:
        a->next = NULL;
        break;
    default:
        a->next = root;
        break;
    }
}

/* wants check barrier check barrier check barrier */
void alike_in_three_branches(struct node *a, struct node *b, int c) {
    if (c == 0) {
        take(a);
        a->next = b;
    } else if (c == 1) {
        take(b);
        a->next = b;
    } else {
        a->next = b;
    }
}

/* wants check barrier check barrier */
void into_an_array_of_varying_length(struct node *a, int n) {
    struct node *here[n];
    here[0] = a;
    take(here);
    here[n - 1] = a;
    take(here);
}

/* wants check barrier */
void argument(struct nest *to, ...) {
    __builtin_va_list list;
    __builtin_va_start(list, to);
    to->text = __builtin_va_arg(list, char *);
    __builtin_va_end(list);
}

/* wants check check barrier_2 */
void volatile_slots(struct watched *w, struct node *a) {
    w->node = a;
    w->list.head = a;
}

/* wants move */
void volatile_struct(struct watched *v, struct watched *w) {
    *v = *w;
}

/* wants nothing */
void bit_fields_beside_slots(struct nest *n) {
    n->few = 3;
    n->rest = 9;
}

/* wants check barrier */
void deep_inside(struct nest *n, struct node *a, int i, int j) {
    n->deep[i & 1].many[j & 1] = a;
}

/* ---- wholes ---- */

/* wants move */
void result(struct nest *n) {
    *n = give_nest();
}

/* wants move */
void result_in_registers(struct list *l) {
    *l = give_list();
}

/* wants check barrier */
void literal(struct list *l, struct node *a) {
    *l = (struct list){a, 3};
}

/* wants zero check barrier */
void literal_in_part(struct nest *n, struct node *a) {
    *n = (struct nest){.deep[1].many[1] = a};
}

/* wants move */
void varying_length(struct node *a, const struct node *b, size_t n) {
    __builtin_memcpy(a, b, n);
}

/* wants move */
void part_of_a_struct(struct nest *a, const struct nest *b) {
    memcpy(&a->deep[1], &b->deep[0], sizeof a->deep[0]);
}

/* wants zero */
void by_its_first_member(struct list *l) {
    memset(&l->head, 0, sizeof *l);
}

/* wants move */
void *behind_the_copy(struct node **to, struct node **from, int n) {
    return __builtin_mempcpy(to, from, (size_t)n * sizeof *to);
}

/* ---- loops and neighbours ---- */

/* wants check barrier */
void loop_of_copies(struct node **restrict to, struct node *const *restrict from, int n) {
    for (int i = 0; i < n; i++) {
        to[i] = from[i];
    }
}

/* wants barrier */
void loop_of_clears(struct node **to, int n) {
    for (int i = 0; i < n; i++) {
        to[i] = NULL;
    }
}

/* wants barrier */
void loop_that_clears_structs(struct list *l, int n) {
    for (int i = 0; i < n; i++) {
        l[i].head = NULL;
        l[i].count = 0;
    }
}

/* wants move */
void loop_of_structs(struct list *restrict to, const struct list *restrict from, int n) {
    for (int i = 0; i < n; i++) {
        to[i] = from[i];
    }
}

/* wants barrier */
void stores_that_merge(struct list *l) {
    l->head = NULL;
    l->count = 0;
}

/* wants barrier barrier check */
void shifted_roots(struct node *a, int i) {
    roots[i] = roots[i + 1];
    *(roots + i) = a;
}

/* ---- atomic operations ---- */

/* wants exchange */
void relaxed(_Atomic(struct node *) *slot, struct node *a) {
    __atomic_store_n(slot, a, __ATOMIC_RELAXED);
}

/* wants exchange */
struct node *exchanged(_Atomic(struct node *) *slot, struct node *a) {
    return __atomic_exchange_n(slot, a, __ATOMIC_SEQ_CST);
}

/* wants cas */
bool compared(_Atomic(struct node *) *slot, struct node *a, struct node *b) {
    return __atomic_compare_exchange_n(slot, &a, b, true, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);
}

/* wants exchange check barrier */
void result_by_its_address(struct node **slot, struct node **in, struct node **out) {
    __atomic_exchange(slot, in, out, __ATOMIC_SEQ_CST);
}

/* wants check barrier */
void loaded_by_its_address(struct node **slot, struct node **out) {
    __atomic_load(slot, out, __ATOMIC_SEQ_CST);
}

/* wants barrier cas */
bool expected_in_a_slot(struct node **slot, struct node *e, struct node *a) {
    return __atomic_compare_exchange_n(slot, &e->next, a, false, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);
}

/* wants check */
void pointer_to_a_device(uintptr_t *device, struct node *a) {
    __atomic_store_n(device, (uintptr_t)a, __ATOMIC_SEQ_CST);
}
