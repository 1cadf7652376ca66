/* The plugin's corpus: small functions of a managed unit, and what test_corpus.py finds in each: the helpers of
 * moat_plugin.h that are inserted, in the pass's dump; and the functions of core that they call, in the object code.
 *
 * SPDX-License-Identifier: MIT */
#include <moat.h>

#include <string.h>

struct node {
    struct node *next, *other;
    int value;
    struct node *hidden; /* no slot */
    void (*call)(void);
};
MOAT_TYPE(node_type, struct node, next, other);

struct MOAT_MANAGED leaf {
    char *text;
    struct {
        struct leaf *inner[4];
    } nested;
    unsigned bits : 3;
};

struct foreign {
    char *text;
    int number;
    uintptr_t word;
};

union either {
    struct node *node;
    struct leaf *leaf;
};

struct tail {
    int count;
    struct node *item[];
};
MOAT_TYPE_FLEX(tail_type, struct tail, MOAT_TAIL_SLOTS(struct tail, item));

static MOAT_ROOT(struct node) root;
static MOAT_ROOT(struct node) second;
static MOAT_ROOT(struct node) roots[4];
MOAT_ROOT_OF(node_type, struct node, typed);
static struct foreign plain;
static const char text[] = "text";
volatile uint32_t device;

void take(void *p);
struct node *give(void);
struct node give_struct(void);
void safe_point(void);

/* ---- destinations ---- */

/* wants check barrier */
void to_slot(struct node *a, struct node *b) {
    a->next = b;
}

/* wants barrier */
void to_root(struct node *a) {
    root = a;
}

/* wants barrier */
void to_root_array(struct node *a, unsigned i) {
    roots[i & 3] = a;
}

/* wants check barrier */
void to_typed_root(struct node *a) {
    typed.next = a;
}

/* wants check barrier */
void to_static(char *p) {
    plain.text = p;
}

/* wants check */
void to_hidden(struct node *a, struct node *b) {
    a->hidden = b;
}

/* wants check barrier */
void to_unknown(struct foreign *f, char *p) {
    f->text = p;
}

/* wants check barrier */
void through_pointer(struct node **slot, struct node *b) {
    *slot = b;
}

/* wants check barrier */
void to_attribute(struct leaf *l, char *p) {
    l->text = p;
}

/* wants check barrier */
void to_nested(struct leaf *l, struct leaf *m, unsigned i) {
    l->nested.inner[i & 3] = m;
}

/* wants check barrier */
void to_union(union either *e, struct node *a) {
    e->node = a;
}

/* wants check barrier */
void to_tail(struct tail *t, struct node *a) {
    t->item[t->count] = a;
}

/* wants check barrier */
void to_array(struct node **slots, struct node *a, int i) {
    slots[i] = a;
}

/* wants nothing */
int to_local(struct node *a) {
    struct node here;
    here.next = a;
    here.value = 3;
    return here.next->value + here.value;
}

/* wants nothing */
void to_local_before_it_is_known(struct node *a) {
    struct node here;
    here.next = a;
    here.other = a;
    take(&here);
}

/* wants barrier */
void to_local_that_is_known(struct node *a) {
    struct node here = {0};
    take(&here);
    here.next = a;
    take(&here);
}

/* wants nothing */
struct node *to_register(struct node *a) {
    struct node *here = a->next;
    here = here->other;
    return here;
}

/* wants nothing */
void to_number(struct node *a, int n) {
    a->value = n;
}

/* wants nothing */
void to_function(struct node *a, void (*f)(void)) {
    a->call = f;
}

/* wants nothing */
void raw(struct node *a, struct node *b) {
    MOAT_RAW(a->next) = b;
}

/* wants check barrier */
void to_volatile(struct node *volatile *slot, struct node *a) {
    *slot = a;
}

/* ---- values ---- */

/* wants barrier */
void null_to_slot(struct node *a) {
    a->next = NULL;
}

/* wants barrier */
void static_to_slot(struct leaf *l) {
    l->text = (char *)(uintptr_t)text;
}

/* wants barrier */
void static_by_cast(struct leaf *l) {
    l->text = (char *)&plain;
}

/* wants barrier */
void either_static(struct leaf *l, int n) {
    l->text = n != 0 ? (char *)&plain : NULL;
}

/* wants nothing */
void null_to_hidden(struct node *a) {
    a->hidden = NULL;
}

/* wants check barrier */
void inside_to_slot(struct leaf *l, struct node *a) {
    l->text = (char *)&a->value;
}

/* wants check barrier */
void moved_to_slot(struct leaf *l, int n) {
    l->text += n;
}

/* wants check barrier */
void result_to_slot(struct node *a) {
    a->next = give();
}

/* wants barrier */
void result_to_root(void) {
    root = give();
}

/* wants check */
void integer_to_device(struct node *a) {
    device = (uint32_t)(uintptr_t)a;
}

/* wants check */
void integer_to_member(struct foreign *f, char *p) {
    f->word = (uintptr_t)p | 1;
}

/* wants check */
void pointer_to_register(struct node *a) {
    *(struct node *volatile *)0x40001000 = a;
}

/* wants check */
void pointer_to_peripheral(char *p) {
    ((volatile struct foreign *)0x40001000)->text = p;
}

/* wants nothing */
void integer_of_static(struct foreign *f) {
    f->word = (uintptr_t)text;
}

/* ---- new objects ---- */

/* wants check_slot init */
struct node *into_new(struct node *b) {
    struct node *a = MOAT_NEW(node_type);
    if (a != NULL) {
        a->next = b;
    }
    return a;
}

/* wants nothing */
struct node *null_into_new(void) {
    struct node *a = MOAT_NEW(node_type);
    if (a != NULL) {
        a->next = NULL;
    }
    return a;
}

/* wants check_slot */
struct node *root_into_new(void) {
    struct node *a = MOAT_NEW(node_type);
    if (a != NULL) {
        a->next = root;
    }
    return a;
}

/* wants check_slot barrier */
int push(int value) {
    struct node *a = MOAT_NEW(node_type);
    if (a == NULL) {
        return -1;
    }
    a->value = value;
    a->next = root;
    root = a;
    return 0;
}

/* wants check barrier */
struct node *into_new_behind_a_safe_point(struct node *b) {
    struct node *a = MOAT_NEW(node_type);
    safe_point();
    a->next = b;
    return a;
}

/* wants check barrier */
struct node *into_new_maybe_behind_one(struct node *b, int n) {
    struct node *a = MOAT_NEW(node_type);
    if (n != 0) {
        safe_point();
    }
    a->next = b;
    return a;
}

/* wants check barrier */
struct node *into_the_one_before(struct node *b) {
    struct node *a = MOAT_NEW(node_type);
    struct node *c = MOAT_NEW(node_type);
    a->next = b;
    return c;
}

/* wants check_slot init check barrier */
struct node *into_new_in_a_loop(struct node *b, int n) {
    struct node *a = NULL;
    while (n-- > 0) {
        a = MOAT_NEW(node_type);
        a->next = b;
        safe_point();
        a->other = b;
    }
    return a;
}

/* wants check_slot init */
struct tail *into_new_tail(struct node *b) {
    struct tail *t = MOAT_NEW_FLEX(tail_type, 3);
    t->item[2] = b;
    return t;
}

/* wants check_slot init */
struct leaf *into_new_of(char *p) {
    struct leaf *l = MOAT_NEW_OF(struct leaf);
    l->text = p;
    return l;
}

/* wants check barrier */
void new_into_old(struct node *a) {
    a->next = MOAT_NEW(node_type);
}

/* wants nothing */
const struct moat_type *type_of_leaf(void) {
    return MOAT_TYPE_OF(struct leaf);
}

/* ---- neighbours ---- */

/* wants check check barrier_2 */
void two(struct node *a, struct node *b) {
    a->next = b;
    a->other = b;
}

/* wants barrier_2 */
void two_clears(struct node *a) {
    a->next = NULL;
    a->other = NULL;
}

/* wants barrier_3 */
void three_roots(struct node *a) {
    root = a;
    second = a;
    roots[0] = NULL;
}

/* wants barrier_4 barrier */
void five_roots(struct node *a) {
    roots[0] = a;
    roots[1] = a;
    roots[2] = a;
    roots[3] = a;
    root = a;
}

/* wants check barrier_2 */
void link_behind(struct node *a) {
    second->next = a;
    second = a;
}

/* wants barrier barrier */
void two_around_a_call(struct node *a) {
    root = a;
    safe_point();
    second = a;
}

/* wants check barrier check barrier */
void second_needs_the_first(struct node *a, struct node *b) {
    a->next = b;
    a->next->next = a;
}

/* wants barrier barrier */
void two_in_branches(struct node *a, int n) {
    if (n != 0) {
        root = a;
    } else {
        second = a;
    }
}

/* wants check check barrier_2 */
void swap(struct node *a, struct node *b) {
    struct node *was_a = a->next, *was_b = b->next;
    a->next = was_b;
    b->next = was_a;
}

/* ---- copies ---- */

/* wants move */
void copy(struct node *a, const struct node *b) {
    *a = *b;
}

/* wants move */
void copy_to_typed_root(const struct node *b) {
    typed = *b;
}

/* wants nothing */
int copy_to_local(const struct node *b) {
    struct node here = *b;
    return here.value + here.next->value;
}

/* wants nothing */
void copy_to_local_that_is_given(const struct node *b) {
    struct node here = *b;
    take(&here);
}

/* wants move */
void copy_from_local(struct node *a, struct node *b) {
    struct node here = {b, b, 1, NULL, NULL};
    *a = here;
}

/* wants move */
void copy_result(struct node *a) {
    *a = give_struct();
}

/* wants zero */
void clear(struct node *a) {
    *a = (struct node){0};
}

/* wants move */
void copy_leaf(struct leaf *l, const struct leaf *m) {
    *l = *m;
}

/* wants move */
void copy_nested(struct leaf *l, const struct leaf *m) {
    l->nested = m->nested;
}

/* wants move */
void copy_by_memcpy(struct node *a, const struct node *b) {
    memcpy(a, b, sizeof *a);
}

/* wants move */
void *copy_by_memmove(struct node **slots, int n) {
    return memmove(slots + 1, slots, (size_t)n * sizeof *slots);
}

/* wants zero */
void clear_by_memset(struct node *a) {
    memset(a, 0, sizeof *a);
}

/* wants zero */
void clear_tail(struct tail *t) {
    memset(t->item, 0, (size_t)t->count * sizeof t->item[0]);
}

/* wants nothing */
int copy_bytes_to_local(const char *from) {
    char here[16];
    memcpy(here, from, sizeof here);
    return here[3];
}

/* wants bytes */
void copy_of_nothing_known(void *to, const void *from, size_t n) {
    memcpy(to, from, n);
}

/* wants nothing */
void copy_of_numbers(struct foreign *f, const int *from) {
    memcpy(&f->number, from, sizeof f->number);
}

/* wants bytes part */
void slots_to_bytes(char *to, const struct node *a) {
    memcpy(to, a, sizeof *a);
}

/* ---- atomic operations ---- */

/* wants exchange */
void atomic_store(struct node *a, struct node *b) {
    __atomic_store_n(&a->next, b, __ATOMIC_SEQ_CST);
}

/* wants exchange */
struct node *atomic_exchange(struct node *a, struct node *b) {
    return __atomic_exchange_n(&a->next, b, __ATOMIC_SEQ_CST);
}

/* wants cas */
bool atomic_compare(struct node *a, struct node *b) {
    struct node *expected = NULL;
    return __atomic_compare_exchange_n(&a->next, &expected, b, false, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);
}

/* wants cas_value */
bool sync_compare(struct node *a, struct node *b) {
    return __sync_bool_compare_and_swap(&a->next, NULL, b);
}

/* wants cas_value */
struct node *sync_compare_value(struct node *a, struct node *b) {
    return __sync_val_compare_and_swap(&a->next, NULL, b);
}

/* wants nothing */
struct node *atomic_load(struct node *a) {
    return __atomic_load_n(&a->next, __ATOMIC_SEQ_CST);
}

/* wants exchange */
void atomic_type(_Atomic(struct node *) *slot, struct node *a) {
    *slot = a;
}

/* ---- functions ---- */

/* wants nothing */
MOAT_NO_BARRIER void without_barrier(struct node *a, struct node *b) {
    a->next = b;
}

/* wants nothing */
void by_macro(struct node *a, struct node *b) {
    MOAT_STORE(a->next, b);
}
