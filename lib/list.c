/* moat: a doubly linked list of references. See moat_list.h.
 *
 * SPDX-License-Identifier: MIT */
#include "moat_list.h"

MOAT_TYPE(moat_link_type, struct moat_link, before, after, value);
MOAT_TYPE(moat_list_type, struct moat_list, first, last);

struct moat_list *moat_list_new(void) {
    return MOAT_NEW(moat_list_type);
}

void moat_list_put_(struct moat_list *list, struct moat_link *before, struct moat_link *link) {
    struct moat_link *after = before == NULL ? list->last : before->before;
    MOAT_STORE(link->before, after);
    MOAT_STORE(link->after, before);
    if (after == NULL) {
        MOAT_STORE(list->first, link);
    } else {
        MOAT_STORE(after->after, link);
    }
    if (before == NULL) {
        MOAT_STORE(list->last, link);
    } else {
        MOAT_STORE(before->before, link);
    }
    list->count++;
}

void moat_list_take_(struct moat_list *list, struct moat_link *link) {
    if (link->before == NULL) {
        MOAT_STORE(list->first, link->after);
    } else {
        MOAT_STORE(link->before->after, link->after);
    }
    if (link->after == NULL) {
        MOAT_STORE(list->last, link->before);
    } else {
        MOAT_STORE(link->after->before, link->before);
    }
    MOAT_CLEAR(link->before);
    MOAT_CLEAR(link->after);
    list->count--;
}

struct moat_link *moat_list_insert(struct moat_list *list, struct moat_link *before, void *value) {
    if (value == NULL) {
        return NULL;
    }
    struct moat_link *link = MOAT_NEW(moat_link_type);
    if (link == NULL || (before != NULL && before->value == NULL)) {
        return NULL; /* a finalizer may have removed it meanwhile */
    }
    MOAT_INIT(link->value, value);
    moat_list_put_(list, before, link);
    return link;
}

int moat_list_remove(struct moat_list *list, struct moat_link *link) {
    if (link->value == NULL) {
        return MOAT_ERR_ABSENT;
    }
    moat_list_take_(list, link);
    MOAT_CLEAR(link->value);
    return MOAT_OK;
}
