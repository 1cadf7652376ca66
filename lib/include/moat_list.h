/* moat: a doubly linked list of references.
 *
 *   MOAT_LIST(orders, struct order);                // `union orders`: a list of struct order *
 *   struct moat_link *link = MOAT_LIST_PUSH(open, order);   // NULL: no memory, nothing has changed
 *   MOAT_LIST_EACH(open, at) {                      // the body may remove `at`, and no other
 *       if (MOAT_LIST_VALUE(open, at)->done) {
 *           moat_list_remove(&open->list, at);
 *       }
 *   }
 *
 * Typed as moat_vector.h is. A link is an object of its own, and one that was removed refers to nothing. For one
 * context at a time: a handler shares no list with thread mode. Context: any otherwise. Every operation's cost is
 * constant.
 *
 * SPDX-License-Identifier: MIT */
#ifndef MOAT_LIST_H
#define MOAT_LIST_H

#include <moat.h>

#include <stddef.h>

struct moat_link {
    MOAT_REF(struct moat_link) before;
    MOAT_REF(struct moat_link) after;
    MOAT_REF(void) value; /* never NULL in a list */
};

/* A managed object; to be read, and changed by the functions only. */
struct moat_list {
    MOAT_REF(struct moat_link) first;
    MOAT_REF(struct moat_link) last;
    size_t count;
};

/* Declares `union name`, a list of references to T. */
#define MOAT_LIST(name, T)                                                                                             \
    union name {                                                                                                       \
        struct moat_list list;                                                                                         \
        T *typed_;                                                                                                     \
    }

/* The functions below, by the list's own type, e.g. `union orders`. PUSH adds behind the last. */
#define MOAT_LIST_NEW(type) ((type *)moat_list_new())
#define MOAT_LIST_COUNT(of) ((of)->list.count)
#define MOAT_LIST_VALUE(of, link) ((MOAT_TYPE_OF_VALUE_((of)->typed_))(link)->value)
#define MOAT_LIST_PUSH(of, value) moat_list_insert(&(of)->list, NULL, MOAT_VALUE_((of)->typed_, value))
#define MOAT_LIST_INSERT(of, before, value) moat_list_insert(&(of)->list, (before), MOAT_VALUE_((of)->typed_, value))
#define MOAT_LIST_REMOVE(of, link) moat_list_remove(&(of)->list, (link))

/* for each link, first to last. The body may remove the link that it stands at, and no other; what it adds behind that
 * one is visited, unless the link was the last. */
#define MOAT_LIST_EACH(of, link)                                                                                       \
    for (struct moat_link *link = (of)->list.first, *link##_after_ = link == NULL ? NULL : link->after; link != NULL;  \
         link = link##_after_, link##_after_ = link == NULL ? NULL : link->after)

MOAT_C_BEGIN_

/* An empty list, or NULL where moat_new returns NULL. Cost: as moat_new's. */
struct moat_list *moat_list_new(void);

/* Adds a value before a link of the list's, or behind the last if `before` is NULL. Returns its link, or NULL where
 * moat_new does, if value is NULL, or if `before` was removed. Cost: moat_new's, and five stores. */
struct moat_link *moat_list_insert(struct moat_list *list, struct moat_link *before, void *value);

/* Removes a link of the list's. Returns MOAT_OK, or MOAT_ERR_ABSENT if it was removed before. Cost: five stores. */
int moat_list_remove(struct moat_list *list, struct moat_link *link);

/* For lib/: a link that is in no list is put before another, or behind the last; one is taken out, and keeps its value.
 */
void moat_list_put_(struct moat_list *list, struct moat_link *before, struct moat_link *link);
void moat_list_take_(struct moat_list *list, struct moat_link *link);

MOAT_C_END_

#endif
