/* The plugin's corpus of a unit that is neither managed nor checked only: slots of known types and roots are
 * instrumented, and functions that say so. See corpus.c.
 *
 * SPDX-License-Identifier: MIT */
#include <moat.h>

#include <string.h>

struct MOAT_MANAGED node {
    struct node *next;
    int value;
};

struct foreign {
    char *text;
};

static MOAT_ROOT(struct node) root;

/* wants check barrier */
void to_slot(struct node *a, struct node *b) {
    a->next = b;
}

/* wants barrier */
void to_root(struct node *a) {
    root = a;
}

/* wants nothing */
void to_foreign(struct foreign *f, char *p) {
    f->text = p;
}

/* wants move */
void copy(struct node *a, const struct node *b) {
    *a = *b;
}

/* wants nothing */
void copy_foreign(struct foreign *f, const struct foreign *g) {
    *f = *g;
}

/* wants zero */
void clear(struct node *a) {
    memset(a, 0, sizeof *a);
}

/* wants check barrier */
MOAT_MANAGED void managed_function(struct foreign *f, char *p) {
    f->text = p;
}
