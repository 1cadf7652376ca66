"""The plugin's errors and warnings: each snippet gets the message that it should, and its legal twin none.

SPDX-License-Identifier: MIT"""
import os
import re
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

import plugin as p  # noqa: E402 pylint: disable=wrong-import-position
from lib import cases  # noqa: E402 pylint: disable=wrong-import-position

HEAD = """
#include <moat.h>
#include <string.h>
struct node { struct node *next, *other; int value; struct node *hidden; };
MOAT_TYPE(node_type, struct node, next, other);
static MOAT_ROOT(struct node) root;
void take(const void *p);
"""

# name: what is refused, a part of the message, the twin.
REFUSED = {
    "assembly_writes_a_slot": (
        'void f(struct node *a, struct node *b) { __asm__("mov %0, %1" : "=r"(a->next) : "r"(b)); }',
        r"error: moat: assembly writes 'a->next', which may be a slot",
        'void f(struct node *a, struct node *b) { struct node *c; __asm__("mov %0, %1" : "=r"(c) : "r"(b)); '
        'a->next = c; }'),
    "assembly_writes_memory": (
        'void f(struct node *a, struct node *b) { __asm__("str %1, %0" : "=m"(a->next) : "r"(b)); }',
        r"error: moat: assembly writes",
        'void f(struct node *a, int n) { __asm__("str %1, %0" : "=m"(a->value) : "r"(n)); }'),
    "assembly_writes_data_over_a_slot": (
        'union u { struct node *n; int w; }; void f(union u *a) { __asm__("mov %0, #1" : "=r"(a->w)); }',
        r"error: moat: assembly writes 'a->w', which may be a slot",
        'union u { struct { struct node *n; int more; } s; struct { int a, b; } d; }; '
        'void f(union u *a) { __asm__("mov %0, #1" : "=r"(a->d.b)); }'),
    "assembly_writes_memory_over_a_slot": (
        'union u { struct node *n; char bytes[4]; }; '
        'void f(union u *a) { __asm__("strb r0, %0" : "=m"(a->bytes[1])); }',
        r"error: moat: assembly writes 'a->bytes\[1\]', which may be a slot",
        'union u { char bytes[4]; int w; }; void f(union u *a) { __asm__("strb r0, %0" : "=m"(a->bytes[1])); }'),
    "assembly_takes_a_pointer": (
        'void f(struct node *a) { __asm__ volatile("str %0, [sp]" :: "r"(a) : "memory"); }',
        r"error: moat: assembly may store a pointer to 'struct node'",
        'void f(struct node *a) { __asm__ volatile("" :: "r"(a) : "memory"); }'),
    "atomic_addition": (
        "void f(struct node *a) { __atomic_fetch_add(&a->next, 4, __ATOMIC_SEQ_CST); }",
        r"error: moat: '__atomic_fetch_add_4' on a slot has no barrier",
        "void f(struct node *a) { __atomic_fetch_add(&a->value, 4, __ATOMIC_SEQ_CST); }"),
    "memset_by_a_byte": (
        "void f(struct node *a) { memset(a, 0xff, sizeof *a); }",
        r"error: moat: 'memset' fills slots",
        "void f(struct node *a) { memset(&a->value, 0xff, sizeof a->value); }"),
    "aggregate_of_varying_length": (
        "void f(int n, void *to, void *from) { struct s { struct node *item[n]; } *a = to, *b = from; *a = *b; }",
        r"error: moat: 'struct s' has no type: its length varies",
        "void f(int n, void *to, void *from) { struct s { int item[n]; } *a = to, *b = from; *a = *b; }"),
    "packed_slot": (
        "struct s { char c; struct node *n; } __attribute__((packed)); void *f(void) { return MOAT_NEW_OF(struct s); }",
        r"error: moat: 'struct s' has no type: a pointer in it is packed",
        "struct s { char c; struct node *n; }; void *f(void) { return MOAT_NEW_OF(struct s); }"),
    "ambiguous_word_in_a_long_tail": (
        "struct e { int many[64]; union { struct node *n; uintptr_t w; } u; }; struct s { int n; struct e tail[]; }; "
        "void *f(void) { return MOAT_NEW_FLEX_OF(struct s, 4); }",
        r"error: moat: 'struct s' has no type: an element of its tail is long, and a word of it is a pointer in one",
        "struct e { int many[64]; union { struct node *n; char *w; } u; }; struct s { int n; struct e tail[]; }; "
        "void *f(void) { return MOAT_NEW_FLEX_OF(struct s, 4); }"),
    "long_copy_over_a_slot": (
        "union u { struct node *n; struct { int many[9]; } d; }; void f(union u *a, union u *b) { a->d = b->d; }",
        r"error: moat: a copy to 'a->d' goes over slots of a union, more than 8 words",
        "union u { struct node *n; struct { int many[8]; } d; }; void f(union u *a, union u *b) { a->d = b->d; }"),
    "atomic_number_over_a_slot": (
        "union u { struct node *n; int w; }; void f(union u *a) { __atomic_store_n(&a->w, 4, __ATOMIC_SEQ_CST); }",
        r"error: moat: '__atomic_store_4' on a slot has no barrier",
        "union u { struct node *n; struct { char *p; int w; } s; }; "
        "void f(union u *a) { __atomic_store_n(&a->s.w, 4, __ATOMIC_SEQ_CST); }"),
    "two_words_by_another_type": (
        "struct s { struct node *n; int w; }; void f(struct s *a, struct s *b) { *(long long *)a = *(long long *)b; }",
        r"error: moat: a store to 'MEM\[\(long long int \*\)a\]' goes over slots of 'struct s' by another type",
        "struct s { struct node *n; int v, w; }; "
        "void f(struct s *a, struct s *b) { *(long long *)&a->v = *(long long *)&b->v; memcpy(a, b, sizeof *a); }"),
    "atomic_struct": (
        "struct s { struct node *n; int w; }; _Atomic struct s a; void f(struct s b) { a = b; }",
        r"error: moat: '__atomic_store_8' on a slot has no barrier",
        "struct s { int v, w; }; _Atomic struct s a; void f(struct s b) { a = b; }"),
    "overaligned": (
        "struct s { struct node *n; } __attribute__((aligned(64))); void *f(void) { return MOAT_NEW_OF(struct s); }",
        r"error: moat: 'struct s' has no type: it needs a larger alignment",
        "struct s { struct node *n; } __attribute__((aligned(8))); void *f(void) { return MOAT_NEW_OF(struct s); }"),
    "attribute_on_a_variable": (
        "MOAT_NO_BARRIER int x;", r"error: moat: 'moat_no_barrier' stands in front of a function",
        "MOAT_NO_BARRIER void f(void) {}"),
    "hidden_member": (
        "void f(struct node *a, struct node *b) { a->hidden = b; }",
        r"warning: moat: 'a->hidden' holds a pointer to 'struct node', but no type names it",
        "void f(struct node *a, struct node *b) { a->next = b; a->hidden = NULL; }"),
    "static_without_root": (
        "static struct node *kept; void f(struct node *a) { kept = a; } void g(void) { take(kept); }",
        r"warning: moat: 'kept' points at 'struct node' and is no root",
        "static MOAT_ROOT(struct node) kept; void f(struct node *a) { kept = a; } void g(void) { take(kept); }"),
    "static_array_without_root": (
        "static struct node *kept[3]; void f(struct node *a) { kept[1] = a; } void g(void) { take(kept[1]); }",
        r"warning: moat: 'kept' points at 'struct node' and is no root",
        "static struct node *kept[3]; void g(void) { (void)moat_root_add(kept, NULL, 3); take(kept[1]); }"),
    "pointer_as_an_integer": (
        "uintptr_t word; void f(struct node *a) { word = (uintptr_t)a; }",
        r"warning: moat: 'word' keeps a pointer to 'struct node' as an integer",
        "uintptr_t word; void f(struct node *a) { word = (uintptr_t)(a == NULL); take((void *)(uintptr_t)a); }"),
    "pointer_before_its_object": (
        "void f(void) { struct node *a = MOAT_NEW_ARRAY(node_type, 3); root = a - 1; }",
        r"warning: moat: 'root' holds a pointer 16 bytes before its object",
        "void f(void) { struct node *a = MOAT_NEW_ARRAY(node_type, 3); root = a + 1; }"),
    "pointer_far_past_its_object": (
        "void f(void) { struct node *a = MOAT_NEW(node_type); root = a + 5; }",
        r"warning: moat: 'root' holds a pointer 64 bytes past its object",
        "void f(void) { struct node *a = MOAT_NEW(node_type); root = a + 1; }"),
}


def messages(text, arguments=("managed",)):
    with tempfile.NamedTemporaryFile("w", suffix=".c") as file:
        file.write(text)
        file.flush()
        compiled = p.Compiled(file.name, "arm", ["-std=gnu11", "-O1"], arguments)
        return [line for line in compiled.messages.splitlines() if re.search("(error|warning): ", line)]


def refused(name):
    def case():
        bad, message, good = REFUSED[name]
        said = messages(HEAD + bad)
        if not any(re.search(message, line) for line in said):
            return f"it says {said}, not {message}"
        said = [line for line in messages(HEAD + good) if "moat:" in line]
        return f"of the twin it says {said}" if said else None
    return name, case


def without_the_header():
    said = messages("struct s { char *p; }; void f(struct s *s, char *p) { s->p = p; }", ("check",))
    return None if any("does not include moat.h" in line for line in said) else f"it says {said}"


def both_modes():
    said = messages(HEAD, ("check", "managed"))
    return None if any("give one of the two" in line for line in said) else f"it says {said}"


def unknown_argument():
    said = messages(HEAD, ("reprot",))
    return None if any("the arguments are managed, check and report" in line for line in said) else f"it says {said}"


def report_names_each_store():
    with tempfile.NamedTemporaryFile("w", suffix=".c") as file:
        file.write(HEAD + "void f(struct node *a, struct node *b) {\n  a->next = b;\n  a->other = NULL;\n}\n")
        file.flush()
        said = p.Compiled(file.name, "arm", ["-std=c11", "-O1"], ("managed", "report")).messages
    for line, text in ((9, "store to a->next, a slot: checked, barrier"), (10, "store to a->other, a slot: barrier"),
                       (10, "its barrier is tested with the one of line 9")):
        if not re.search(rf":{line}:\d+: note: moat: {re.escape(text)}", said):
            return f"line {line} does not have '{text}': {said}"
    return None


test_cases = cases.as_pytest([*(refused(name) for name in REFUSED), ("without_the_header", without_the_header),
                              ("both_modes", both_modes), ("unknown_argument", unknown_argument),
                              ("report_names_each_store", report_names_each_store)])
