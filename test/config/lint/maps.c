/* Structs and their maps. moat-lint must report what a comment says and nothing else:
 *   lacks PATH in TYPE          the member declared on this line, in the map of TYPE
 *   lacks PATH in TYPE + N      and N words like it
 *   bare PATH in TYPE [+ N]     the word is in the map made on this line and is no MOAT_REF
 *
 * SPDX-License-Identifier: MIT */
#include <moat.h>

struct node;
typedef MOAT_REF(struct node) node_ref;
typedef struct node *node_pointer;

struct node {
    MOAT_REF(struct node) next;
    MOAT_REF(struct node) other; /* lacks other in short_type */
    int value;
};
MOAT_TYPE(node_type, struct node, next, other);
MOAT_TYPE(short_type, struct node, next);

struct nothing {
    MOAT_REF(char) text; /* lacks text in nothing_type, lacks text in finalized_nothing_type */
    char *own;
    const char *constant;
    void (*call)(void);
};
MOAT_TYPE(nothing_type, struct nothing);
void finish(void *object);
MOAT_TYPE_FINALIZED(finalized_nothing_type, struct nothing, finish);

struct finalized {
    MOAT_REF(char) first;
    MOAT_REF(char) second; /* lacks second in finalized_type */
};
MOAT_TYPE_FINALIZED(finalized_type, struct finalized, finish, first);

struct array {
    int count;
    MOAT_REF(struct node) slots[7];   /* lacks slots[0] in array_none_type + 6 */
    MOAT_REF(struct node) grid[2][3]; /* lacks grid[0][0] in array_type + 5 */
};
MOAT_TYPE(array_type, struct array, slots);
MOAT_TYPE(array_none_type, struct array, grid);

struct named {
    node_ref ref; /* lacks ref in named_type */
    node_pointer pointer;
    volatile node_ref changing; /* lacks changing in named_type */
    struct node *const constant;
    const struct {
        char *own;
        MOAT_REF(char) text; /* lacks fixed.text in named_type */
    } fixed;
};
MOAT_TYPE(named_type, struct named);

struct nested {
    int before;
    struct {
        MOAT_REF(char) text; /* lacks inner.text in nested_type */
        struct {
            int pad;
            MOAT_REF(char) deep[2]; /* lacks inner.middle.deep[0] in nested_type + 1 */
        } middle;
    } inner;
    struct {
        MOAT_REF(char) anonymous; /* lacks anonymous in nested_type */
    };
};
MOAT_TYPE(nested_type, struct nested);
MOAT_TYPE(nested_whole_type, struct nested, inner.text, inner.middle.deep, anonymous);

union either {
    MOAT_REF(char) text; /* lacks either.text in holder_type */
    uintptr_t number;
};
struct holder {
    int kind;
    union either either;
    union {
        uint8_t bytes[16];
        MOAT_REF(char) first; /* lacks first in holder_type */
        struct {
            uintptr_t pad;
            MOAT_REF(char) second; /* lacks second in holder_type */
        };
    };
};
MOAT_TYPE(holder_type, struct holder);
MOAT_TYPE(holder_whole_type, struct holder, either.text, first, second);

struct piece {
    uint32_t key;
    MOAT_REF(char) value; /* lacks pieces[2].value in pieces_part_type + 4, lacks tail[0].value in tail_keys_type + 2 */
    MOAT_REF(char)
    note; /* lacks pieces[0].note in pieces_part_type + 6,
             lacks pieces[0].note in pieces_values_type + 6,
             lacks tail[0].note in tail_keys_type + 2,
             lacks tail[0].note in tail_values_type + 2 */
};
struct pieces {
    int count;
    struct piece pieces[7];
};
MOAT_TYPE_RUNS(pieces_type, struct pieces, MOAT_RUN_STRUCTS(struct pieces, pieces, struct piece, value, note));
MOAT_TYPE_RUNS(pieces_values_type, struct pieces, MOAT_RUN_STRUCTS(struct pieces, pieces, struct piece, value));
MOAT_TYPE(pieces_part_type, struct pieces, pieces[0].value, pieces[1].value);

struct tail {
    MOAT_REF(char) head; /* lacks head in tail_headless_type */
    struct piece tail[];
};
MOAT_TYPE_FLEX(tail_type, struct tail, MOAT_RUN_SLOTS(struct tail, head),
               MOAT_TAIL_STRUCTS(struct tail, tail, struct piece, value, note));
MOAT_TYPE_FLEX(tail_values_type, struct tail, MOAT_RUN_SLOTS(struct tail, head),
               MOAT_TAIL_STRUCTS(struct tail, tail, struct piece, value));
MOAT_TYPE_FLEX(tail_headless_type, struct tail, MOAT_TAIL_STRUCTS(struct tail, tail, struct piece, value, note));
MOAT_TYPE(tail_keys_type, struct tail, head);

struct shelf {
    int label;
    struct piece pieces[40];
    MOAT_REF(char) spare[33]; /* lacks shelves[0].spare[0] in shelves_pieces_type + 131 */
};
struct shelves {
    struct shelf shelves[4];
};
MOAT_TYPE_RUNS(shelves_type, struct shelves,
               MOAT_RUN_NESTED_STRUCTS(struct shelves, shelves, struct shelf, pieces, struct piece, value, note),
               MOAT_RUN_NESTED(struct shelves, shelves, struct shelf, spare));
MOAT_TYPE_RUNS(shelves_pieces_type, struct shelves,
               MOAT_RUN_NESTED_STRUCTS(struct shelves, shelves, struct shelf, pieces, struct piece, value, note));

struct slots_tail {
    uintptr_t count;
    MOAT_REF(char) tail[]; /* lacks tail[0] in bytes_tail_type + 2 */
};
MOAT_TYPE_FLEX(slots_tail_type, struct slots_tail, MOAT_TAIL_SLOTS(struct slots_tail, tail));
MOAT_TYPE_FLEX(bytes_tail_type, struct slots_tail, MOAT_TAIL_BYTES(struct slots_tail, tail));

struct wide {
    MOAT_REF(char) first;
    uint8_t bytes[3000];
    MOAT_REF(char) far[2];      /* lacks far[0] in wide_near_type + 1 */
    MOAT_REF(char) many[32769]; /* lacks many[0] in wide_near_type + 32768 */
};
MOAT_TYPE(wide_type, struct wide, first, far, many);
MOAT_TYPE(wide_near_type, struct wide, first);
MOAT_TYPE_RUNS(wide_runs_type, struct wide, MOAT_RUN_SLOTS(struct wide, first), MOAT_RUN_SLOTS(struct wide, far),
               MOAT_RUN_SLOTS(struct wide, many));

struct raw {
    MOAT_REF(char) slot;
    char *pointers[3];
    char *another;
};
MOAT_TYPE(raw_type, struct raw, slot, pointers, another); /* bare pointers[0] in raw_type + 3 */

/* On one line: the complaint names the line where the macro begins. */
/* clang-format off */
MOAT_TYPE(unnamed_type, struct { int x; MOAT_REF(char) slot; }); /* lacks slot in unnamed_type */
/* clang-format on */

typedef struct {
    int x;
    MOAT_REF(char) slot; /* lacks slot in alias_type */
} alias;
MOAT_TYPE(alias_type, alias);
