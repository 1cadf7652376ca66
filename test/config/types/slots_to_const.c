/* Slots to what is const or volatile, slots to slots, several declarators: none of them warns.
 *
 * EXPECT: assign.*discards.*const|assigning.*discards qualifiers
 *
 * SPDX-License-Identifier: MIT */
#include <moat.h>

struct table {
    MOAT_REF(const char) name;
    MOAT_REF(const struct table) shared;
    MOAT_REF(volatile struct table) changing;
    MOAT_REF(const volatile uint32_t) counter;
    MOAT_REF(MOAT_REF(char)) lines; /* grows */
    MOAT_REF(MOAT_REF(const char)) names;
    MOAT_REF(char) one, other;
    size_t count;
};
struct line {
    MOAT_REF(char) text;
};
MOAT_TYPE(table_type, struct table, name, shared, changing, counter, lines, names, one, other);
MOAT_TYPE(line_type, struct line, text);
static MOAT_ROOT(const char) first, last;
static MOAT_ROOT(MOAT_REF(char)) lines;

void fill(struct table *table, const struct table *shared, char *text, const char *name);
void fill(struct table *table, const struct table *shared, char *text, const char *name) {
    MOAT_STORE(table->name, name);
    MOAT_STORE(table->name, "literal");
    MOAT_INIT(table->name, "literal");
    MOAT_ATOMIC_STORE(table->name, text);
    MOAT_STORE(table->shared, shared);
    MOAT_INIT(table->shared, MOAT_NEW(table_type));
    MOAT_STORE(table->changing, table);
    MOAT_STORE(table->counter, NULL);
    MOAT_STORE(first, table->name);
    MOAT_SWAP(first, last);
    MOAT_CLEAR(last);
    if (MOAT_CAS(table->name, name, "other")) {
        name = MOAT_EXCHANGE(table->name, "third");
    }
    char **grown = moat_new_array(&line_type, 2 * table->count);
    (void)MOAT_MOVE_ARRAY(line_type, grown, table->lines, table->count);
    MOAT_STORE(table->lines, grown);
    MOAT_STORE(table->lines[1], text);
    MOAT_STORE(table->names[1], "literal");
    MOAT_CLEAR(table->lines[0]);
    MOAT_SWAP(table->lines[0], table->lines[1]);
    MOAT_SWAP(table->one, table->other);
    MOAT_STORE(lines, grown);
    MOAT_STORE(lines[0], lines[1]);
#if MISUSE
    MOAT_STORE(table->lines[1], name);
#endif
}
