#!/usr/bin/python3
"""What documents own up to, or advise, since it broke once, has a case that shows it.

SPDX-License-Identifier: MIT"""
import re

from _checks import ROOT, expect, main

# A claim is known by a few of its words; the file is one of test/.
CLAIMS = (
    ("README.md", "dead word in", "suite/ambiguous.c", "a_word_keeps_all_within_its_reach"),
    ("docs/mistakes.md", "noinline", "suite/ambiguous.c", "a_list_of_a_function_that_returned_is_freed"),
    ("core/include/moat_barrier.h", "MOAT_STORE reads the slot first", "build/check0.py",
     "macros_are_the_barrier_by_hand"),
    ("docs/guard.md", "MOAT_CONFIG_AUDIT_STATIC=1", "suite/guard_audit.c",
     "a_variable_of_no_region_is_audited_on_demand"),
    ("docs/guard.md", "memory that C has freed keeps", "guard/rows_calls.h",
     "audit_reports_what_c_freed_unless_cleared"),
    ("docs/guard.md", "member of a union was stored last", "guard/rows_calls.h", "number_in_a_union_with_a_slot"),
    ("docs/guard.md", "Tags in the low bits", "guard/rows_calls.h", "tagged_pointer"),
    ("docs/guard.md", "local struct or compound literal", "guard/rows_calls.h", "local_struct_that_is_filled"),
    ("docs/guard.md", "middle of an object shows the slot", "guard/rows_calls.h", "struct_of_bytes_and_length"),
    ("docs/debugging.md", "generate-core-file", "gdb/test_gdb.py", "check_core"),
    ("docs/porting.md", "ABI is incompatible", "build/isa_flags.py", "the_library_is_found"),
)


def claims_have_a_case(_):
    for name, words, file, case in CLAIMS:
        text = " ".join(re.sub(r"^ \* ", "", (ROOT / name).read_text(), flags=re.MULTILINE).split())
        expect(words in text, f"{name} does not say '{words}'")
        expect(re.search(rf"\b{case}\b", (ROOT / "test" / file).read_text()),
               f"{name} says '{words}', and test/{file} has no {case}")


main(claims_have_a_case)
