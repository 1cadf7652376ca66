/* The plugin's corpus of code that has never heard of moat: checks only. See corpus.c.
 *
 * SPDX-License-Identifier: MIT */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct list {
    struct list *next;
    char *text;
    int length;
};

static struct list *head;
static struct list copy_of;
volatile uint32_t *device;

struct list *give(void);
void take(struct list *l);

/* wants foreign */
void keep(struct list *l) {
    head = l;
}

/* wants foreign foreign */
void link(struct list *l, char *p) {
    l->next = head;
    l->text = p;
}

/* wants nothing */
void unlink(struct list *l) {
    l->next = NULL;
    l->text = "none";
}

/* wants foreign */
void out(struct list **to, struct list *l) {
    *to = l;
}

/* wants nothing */
int local(struct list *l) {
    struct list here;
    here.next = l;
    return here.next->length;
}

/* wants nothing */
void local_known(struct list *l) {
    struct list here = {0};
    take(&here);
    here.next = l;
    take(&here);
}

/* wants bytes part */
void copy(const struct list *l) {
    copy_of = *l;
}

/* wants bytes part */
void copy_by_memcpy(struct list *l, const struct list *m) {
    memcpy(l, m, sizeof *l);
}

/* wants bytes */
void copy_bytes(void *to, const void *from, size_t n) {
    memmove(to, from, n);
}

/* wants foreign */
void start_transfer(void *buffer) {
    *device = (uint32_t)(uintptr_t)buffer;
}

/* wants foreign */
void result(struct list *l) {
    l->next = give();
}

/* wants foreign */
void swap(struct list *l, struct list *m) {
    __atomic_store_n(&l->next, m, __ATOMIC_SEQ_CST);
}

/* wants foreign */
void pointer_read_as_a_number(struct list *l) {
    *device = *(uint32_t *)&l->next;
}

/* wants bytes part */
void copy_of_a_local(struct list *l) {
    struct list here = {l, NULL, 3};
    copy_of = here;
}
